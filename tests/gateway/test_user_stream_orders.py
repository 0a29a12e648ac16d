"""Stops, trailing stops, icebergs, pegs and order lists, as the user stream tells of them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from rialto.messages.commands import (
    AmendOrder,
    CancelOrder,
    PlaceOrder,
    PlaceOrderList,
    SetTradeGroup,
)
from rialto.messages.ids import AccountId, InstrumentId, OrderId
from rialto.messages.instructions import Instructions, OrderLeg
from rialto.messages.orders import (
    OrderListType,
    OrderType,
    PegPriceType,
    Side,
    StpMode,
    TimeInForce,
)
from tests.gateway.doors import Ear, ear, open_doors
from tests.gateway.test_user_stream import ALICE, BOB, told, user_stream
from tests.gateway.venue import Venue

BTCUSDT = InstrumentId(0)
BUY, SELL = Side.BUY, Side.SELL
GTC = TimeInForce.GTC
T = OrderType
ONE = 100_000  # lots of a bitcoin
AT = 2_000_000  # ticks of 20,000 USDT


class Story(NamedTuple):
    venue: Venue
    alice: Ear

    async def do(self, *commands: Any) -> list[dict[str, Any]]:
        """What alice hears of it."""
        for command in commands:
            await self.venue.engine.submit(command)
        heard: list[dict[str, Any]] = await self.alice.hear_all()
        return heard


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    async with (
        open_doors(tmp_path) as (venue, _),
        ear(venue, await user_stream(venue.alice)) as alice,
    ):
        yield Story(venue, alice)


def order(
    account: AccountId,
    side: Side,
    type_: OrderType,
    price: int,
    lots: int = ONE,
    wants: Instructions | None = None,
) -> PlaceOrder:
    return PlaceOrder(
        account, BTCUSDT, side, type_, GTC, StpMode.NONE, False, price, lots, instructions=wants
    )


def trade_at(price: int) -> list[PlaceOrder]:
    """Bob buys a little from himself, which moves the last price."""
    return [order(BOB, SELL, T.LIMIT, price, 100), order(BOB, BUY, T.LIMIT, price, 100)]


def reports(heard: list[dict[str, Any]], *letters: str) -> list[tuple[Any, ...]]:
    return [told(each, *letters) for each in heard if each["e"] == "executionReport"]


async def test_a_stop_is_told_when_it_waits_when_it_is_triggered_and_as_it_trades(
    story: Story,
) -> None:
    stop = Instructions(stop_price_ticks=AT - 1000, strategy_id=7, strategy_type=1_000_001)
    await story.do(*trade_at(AT))
    heard = await story.do(order(ALICE, SELL, T.STOP_LOSS, 0, ONE, stop))
    assert [each["e"] for each in heard] == ["executionReport", "outboundAccountPosition"]
    (waiting,) = heard[:1]
    assert told(waiting, "x", "X", "o", "P", "w", "W", "j", "J") == (
        "NEW",
        "NEW",
        "STOP_LOSS",
        "19990.00000000",
        False,
        None,
        7,
        1_000_001,
    )
    await story.do(order(BOB, BUY, T.LIMIT, AT - 2000, 2 * ONE))
    story.venue.clock.now_us += 1_000_000
    heard = await story.do(*trade_at(AT - 1000))
    assert reports(heard, "x", "X", "w", "l", "P") == [
        ("NEW", "NEW", True, "0.00000000", "19990.00000000"),
        ("TRADE", "FILLED", False, "1.00000000", "19990.00000000"),
    ]
    assert heard[0]["W"] == story.venue.clock.now_us // 1000
    assert heard[-1]["e"] == "outboundAccountPosition"


async def test_a_trailing_stop_tells_its_delta_and_since_when_it_follows(story: Story) -> None:
    await story.do(*trade_at(AT))
    wants = Instructions(stop_price_ticks=AT + 1000, trailing_delta=100)
    (new, _) = await story.do(order(ALICE, SELL, T.TAKE_PROFIT, 0, ONE, wants))
    assert told(new, "d", "D", "w") == (100, -1, False)
    assert await story.do(*trade_at(AT + 1000)) == []
    began_ms = story.venue.clock.now_us // 1000
    canceled, _ = await story.do(CancelOrder(ALICE, BTCUSDT, OrderId(new["i"])))
    assert told(canceled, "x", "d", "D") == ("CANCELED", 100, began_ms)


async def test_an_iceberg_tells_its_visible_part_and_all_that_trades(story: Story) -> None:
    wants = Instructions(iceberg_lots=ONE // 2)
    heard = await story.do(order(ALICE, SELL, T.LIMIT, AT, 2 * ONE, wants))
    heard += await story.do(order(BOB, BUY, T.LIMIT, AT, 2 * ONE))
    assert reports(heard, "x", "X", "F", "z") == [
        ("NEW", "NEW", "0.50000000", "0.00000000"),
        ("TRADE", "PARTIALLY_FILLED", "0.50000000", "0.50000000"),
        ("TRADE", "PARTIALLY_FILLED", "0.50000000", "1.00000000"),
        ("TRADE", "PARTIALLY_FILLED", "0.50000000", "1.50000000"),
        ("TRADE", "FILLED", "0.50000000", "2.00000000"),
    ]


async def test_a_pegged_order_is_told_once_with_the_price_it_got(story: Story) -> None:
    await story.do(*(order(BOB, BUY, T.LIMIT, AT - step) for step in (100, 200)))
    wants = Instructions(peg_price_type=PegPriceType.PRIMARY, peg_offset=1)
    heard = await story.do(order(ALICE, BUY, T.LIMIT, 0, ONE, wants))
    assert reports(heard, "x", "p", "gP", "gOT", "gOV", "gp", "w") == [
        ("NEW", "0.00000000", "PRIMARY_PEG", "PRICE_LEVEL", 1, "19998.00000000", True)
    ]


def leg(side: Side, type_: OrderType, price: int, stop: int = 0, name: str = "") -> OrderLeg:
    wants = Instructions(stop_price_ticks=stop) if stop else None
    return OrderLeg(side, type_, GTC, price, ONE, name, wants)


def order_list(list_type: OrderListType, *legs: OrderLeg) -> PlaceOrderList:
    return PlaceOrderList(ALICE, BTCUSDT, list_type, StpMode.NONE, False, "both", legs)


def oco() -> PlaceOrderList:
    return order_list(
        OrderListType.OCO,
        leg(SELL, T.LIMIT_MAKER, AT + 1000, name="above"),
        leg(SELL, T.STOP_LOSS_LIMIT, AT - 2000, AT - 1000, "below"),
    )


async def test_a_pair_is_told_before_its_balances_and_ends_when_one_leg_trades(
    story: Story,
) -> None:
    await story.do(*trade_at(AT))
    above, below, status, position = await story.do(oco())
    assert told(above, "x", "X", "g", "w") == ("NEW", "NEW", 1, True)
    assert told(below, "x", "X", "g", "w") == ("NEW", "NEW", 1, False)
    now_ms = story.venue.clock.now_us // 1000
    assert status == {
        "e": "listStatus",
        "E": now_ms,
        "s": "BTCUSDT",
        "g": 1,
        "c": "OCO",
        "l": "EXEC_STARTED",
        "L": "EXECUTING",
        "r": "NONE",
        "C": "both",
        "T": now_ms,
        "O": [
            {"s": "BTCUSDT", "i": above["i"], "c": "above"},
            {"s": "BTCUSDT", "i": below["i"], "c": "below"},
        ],
    }
    assert position["e"] == "outboundAccountPosition"
    heard = await story.do(order(BOB, BUY, T.LIMIT, AT + 1000))
    assert reports(heard, "c", "x", "X", "eR") == [
        ("above", "TRADE", "FILLED", None),
        ("below", "EXPIRED", "EXPIRED", "OCO_TRIGGER"),
    ]
    assert [told(each, "l", "L") for each in heard if each["e"] == "listStatus"] == [
        ("ALL_DONE", "ALL_DONE")
    ]
    assert heard[-1]["e"] == "outboundAccountPosition"


async def test_a_stop_of_a_pair_that_is_triggered_takes_the_other_leg_with_it(
    story: Story,
) -> None:
    await story.do(*trade_at(AT), oco())
    heard = await story.do(*trade_at(AT - 1000))
    assert reports(heard, "c", "x", "X", "w", "eR") == [
        ("above", "EXPIRED", "EXPIRED", False, "OCO_TRIGGER"),
        ("below", "NEW", "NEW", True, None),
    ]


async def test_a_pending_leg_is_pending_until_the_working_order_is_filled(story: Story) -> None:
    placed = order_list(
        OrderListType.OTO,
        leg(BUY, T.LIMIT, AT, name="first"),
        leg(SELL, T.LIMIT, AT + 1000, name="second"),
    )
    heard = await story.do(placed)
    assert reports(heard, "c", "x", "X", "w", "W") == [
        ("first", "NEW", "NEW", True, story.venue.clock.now_us // 1000),
        ("second", "NEW", "PENDING_NEW", False, None),
    ]
    assert [told(each, "c", "l") for each in heard if each["e"] == "listStatus"] == [
        ("OTO", "EXEC_STARTED")
    ]
    heard = await story.do(order(BOB, SELL, T.LIMIT, AT))
    assert reports(heard, "c", "x", "X", "w") == [
        ("first", "TRADE", "FILLED", False),
        ("second", "NEW", "NEW", True),
    ]


async def test_a_pending_leg_expires_with_the_working_order(story: Story) -> None:
    legs = (
        OrderLeg(BUY, T.LIMIT, TimeInForce.IOC, AT, ONE, "first"),
        leg(SELL, T.LIMIT, AT + 1000, name="second"),
    )
    heard = await story.do(order_list(OrderListType.OTO, *legs))
    assert reports(heard, "c", "x", "X", "eR") == [
        ("first", "NEW", "NEW", None),
        ("second", "NEW", "PENDING_NEW", None),
        ("first", "EXPIRED", "EXPIRED", "UNFILLED_IOC_QUANTITY_EXPIRED"),
        ("second", "EXPIRED", "EXPIRED", "OTO_PHASE_ONE_EXPIRED"),
    ]
    steps = [told(each, "l", "L") for each in heard if each["e"] == "listStatus"]
    assert steps == [("EXEC_STARTED", "EXECUTING"), ("ALL_DONE", "ALL_DONE")]


async def test_an_amend_that_renames_a_leg_is_told_of_the_list_too(story: Story) -> None:
    await story.do(*trade_at(AT))
    above, *_ = await story.do(oco())
    amend = AmendOrder(ALICE, BTCUSDT, OrderId(above["i"]), ONE // 2, "", "renamed")
    heard = await story.do(amend)
    assert reports(heard, "x", "c", "C", "q") == [
        ("REPLACED", "renamed", "above", "0.50000000"),
        ("REPLACED", "below", "below", "0.50000000"),
    ]
    (status,) = [each for each in heard if each["e"] == "listStatus"]
    assert told(status, "l", "L") == ("UPDATED", "EXECUTING")
    assert [each["c"] for each in status["O"]] == ["renamed", "below"]


async def test_a_match_within_a_group_is_told_to_both_accounts(story: Story) -> None:
    venue = story.venue
    async with ear(venue, await user_stream(venue.bob)) as bob:
        mine = order(ALICE, SELL, T.LIMIT, AT)
        theirs = order(BOB, BUY, T.LIMIT, AT)
        heard = await story.do(
            SetTradeGroup(ALICE, 5),
            SetTradeGroup(BOB, 5),
            with_stp(mine, StpMode.DECREMENT),
            with_stp(theirs, StpMode.DECREMENT),
        )
        letters = ("x", "X", "v", "A", "B", "u", "U", "Cs", "pl", "pL", "pY")
        one, price, quote = "1.00000000", "20000.00000000", "20000.00000000"
        prevented = ("TRADE_PREVENTION", "EXPIRED_IN_MATCH", 1, one, one, 5)
        rest = ("BTCUSDT", one, price, quote)
        assert reports(heard, *letters)[1:] == [(*prevented, 2, *rest)]
        assert reports(await bob.hear_all(), *letters)[1:] == [(*prevented, 1, *rest)]


def with_stp(placed: PlaceOrder, stp: StpMode) -> PlaceOrder:
    return PlaceOrder(
        placed.account,
        placed.instrument,
        placed.side,
        placed.type,
        placed.time_in_force,
        stp,
        False,
        placed.price_ticks,
        placed.quantity_lots,
    )


async def test_a_list_names_its_orders_also_when_one_is_long_gone_and_after_a_restart(
    tmp_path: Path,
) -> None:
    placed = order_list(
        OrderListType.OTO,
        leg(BUY, T.LIMIT, AT, name="first"),
        leg(SELL, T.LIMIT, AT + 1000, name="second"),
    )
    async with open_doors(tmp_path) as (venue, _):
        await venue.engine.submit(placed)
        await venue.engine.submit(order(BOB, SELL, T.LIMIT, AT))
    async with (
        open_doors(tmp_path) as (venue, _),
        ear(venue, await user_stream(venue.alice)) as alice,
    ):
        (open_order,) = venue.gateway.sources.folds.orders.all_open()
        await venue.engine.submit(CancelOrder(ALICE, BTCUSDT, open_order.id))
        (status,) = [each for each in await alice.hear_all() if each["e"] == "listStatus"]
        assert told(status, "l", "L") == ("ALL_DONE", "ALL_DONE")
        assert [each["c"] for each in status["O"]] == ["first", "second"]
