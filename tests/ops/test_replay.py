"""One recorded hour of a venue, through a real engine."""

from pathlib import Path

import pytest

from rialto.messages.orders import Side
from rialto.ops.recorded import (
    MalformedRecording,
    Op,
    RecordedFill,
    RecordedOrder,
    read_fills,
    read_orders,
    self_trades_prevented,
)
from rialto.ops.replay import Report, replay

RECORDED = Path(__file__).parents[1] / "data"
BUY, SELL = Side.BUY, Side.SELL


async def test_the_machine_reproduces_the_venues_own_fills(tmp_path: Path) -> None:
    report = await replay(
        read_orders(RECORDED / "recorded-orders.csv.gz"),
        read_fills(RECORDED / "recorded-fills.csv.gz"),
        tmp_path,
    )
    assert report == Report(
        orders=65_320,
        takers=2_933,
        takers_reproduced=2_781,
        fills=6_229,
        fills_reproduced=5_382,
        resting_bids=6_935,
        resting_asks=4_282,
        best_bid_ticks=19_240,
        best_ask_ticks=19_241,
        trades=6_252,
        rejections=0,
        commands_per_second=report.commands_per_second,
    )


def order(row: int, op: Op, side: Side, price: int, lots: int, of: int = 0) -> RecordedOrder:
    return RecordedOrder(row, row, op, of or row, side, price, lots)


async def test_a_fill_counts_only_with_the_same_maker_and_quantity(tmp_path: Path) -> None:
    orders = [
        order(1, Op.NEW, SELL, 100, 5),
        order(2, Op.NEW, SELL, 100, 5),
        order(3, Op.REDUCE, SELL, 100, 2, of=1),
        order(4, Op.TAKE, BUY, 100, 3),
        order(5, Op.TAKE, BUY, 100, 1),
        order(6, Op.CANCEL, SELL, 0, 0, of=2),
    ]
    fills = {
        4: [RecordedFill(1, 100, 2), RecordedFill(2, 100, 1)],
        5: [RecordedFill(9, 100, 1)],  # from quantity that the feed did not show
    }
    report = await replay(orders, fills, tmp_path)
    assert (report.takers, report.takers_reproduced) == (2, 1)
    assert (report.fills, report.fills_reproduced) == (3, 2)
    assert (report.resting_asks, report.best_ask_ticks, report.rejections) == (0, 0, 0)


def test_a_self_trade_that_the_venue_prevented_cancels_first() -> None:
    resting = RecordedOrder(1, 10, Op.NEW, 1, SELL, 100, 1)
    new = RecordedOrder(2, 20, Op.NEW, 2, BUY, 101, 1)
    cancel = RecordedOrder(3, 20, Op.CANCEL, 1, SELL, 0, 0)
    later = RecordedOrder(4, 21, Op.CANCEL, 2, BUY, 0, 0)
    put_right = list(self_trades_prevented([resting, new, cancel, later]))
    assert put_right == [resting, cancel, new, later]


@pytest.mark.parametrize("row", ["1,fill,1,BUY,100,1", "1,new,x,BUY,100,1", "1,new,1,LONG,100,1"])
def test_a_row_that_is_none_is_named(tmp_path: Path, row: str) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(f"time_ns,op,order_id,side,price_ticks,quantity_lots\n{row}\n")
    with pytest.raises(MalformedRecording, match="row 1"):
        list(read_orders(path))
