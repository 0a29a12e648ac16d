"""A venue's recorded orders through the running machine, compared with what the venue reported.

In:  recorded orders and fills (recorded.py).
Out: how many takers and fills came out the same: same makers in the same order, same quantities.
Never: a shortcut around the engine. Every order is a durable command.
"""

import time
from collections.abc import Iterable
from pathlib import Path

import msgspec

from rialto.engine.engine import Engine
from rialto.messages import events as e
from rialto.messages.codec import encode_command
from rialto.messages.commands import (
    ANY_ORDER,
    AddAsset,
    AmendOrder,
    CancelOrder,
    Command,
    Deposit,
    ListInstrument,
    OpenAccount,
    PlaceOrder,
)
from rialto.messages.ids import AccountId, AssetId, InstrumentId, OrderId
from rialto.messages.orders import OrderType, Side, StpMode, TimeInForce
from rialto.ops.listings import Listing, definition
from rialto.ops.recorded import Op, RecordedFill, RecordedOrder, self_trades_prevented

BATCH_COMMANDS_MAX = 1_000
FUNDS = 1 << 90  # of each asset, for the one account that buys and the one that sells
CONTRACT, POINT = AssetId(0), AssetId(1)
INSTRUMENT = InstrumentId(0)
MEMBER = {Side.BUY: AccountId(1), Side.SELL: AccountId(2)}
# One tick and one lot are one, and no filter is in the venue's way.
LISTING = Listing(
    base="CONTRACT",
    quote="POINT",
    tick_size="1",
    lot_size="1",
    price_max="1000000",
    quantity_max="1000000",
    market_quantity_max="0",
    notional_min="0",
    notional_max="0",
    percent_up=0,
    percent_down="0",
    orders_max=0,
    maker_ppm=0,
    taker_ppm=0,
)


class Report(msgspec.Struct, frozen=True):
    orders: int
    takers: int
    takers_reproduced: int
    fills: int
    fills_reproduced: int
    resting_bids: int
    resting_asks: int
    best_bid_ticks: int  # 0: none
    best_ask_ticks: int
    trades: int
    rejections: int
    commands_per_second: int


class RestingOrder(msgspec.Struct):
    row: int
    side: Side
    price_ticks: int
    remaining_lots: int


class Tape:
    """What the machine answered, by the rows of the recording. It is the engine's publisher."""

    def __init__(self) -> None:
        self.rows: dict[OrderId, int] = {}
        self.fills: dict[int, list[tuple[int, int, int]]] = {}  # (maker's row, ticks, lots)
        self.executed_lots: dict[int, int] = {}
        self.resting: dict[OrderId, RestingOrder] = {}
        self.trades = 0
        self.rejections = 0

    def publish(self, events: list[e.Event]) -> None:
        for event in events:
            match event:
                case e.OrderPlaced():
                    self.rows[event.order_id] = int(event.client_order_id)
                case e.OrderRested():
                    self.resting[event.order_id] = RestingOrder(
                        self.rows[event.order_id],
                        event.side,
                        event.price_ticks,
                        event.remaining_lots,
                    )
                case e.TradeExecuted():
                    self._trade(event)
                case e.OrderAmended():
                    self.resting[event.order_id].remaining_lots = event.remaining_lots
                case e.OrderCanceled() | e.OrderExpired():
                    self.resting.pop(event.order_id, None)
                case e.OrderRejected() | e.CommandRejected():
                    self.rejections += 1

    def _trade(self, trade: e.TradeExecuted) -> None:
        self.trades += 1
        taker, maker = self.rows[trade.taker_order_id], self.rows[trade.maker_order_id]
        self.fills.setdefault(taker, []).append((maker, trade.price_ticks, trade.quantity_lots))
        for row in (taker, maker):
            self.executed_lots[row] = self.executed_lots.get(row, 0) + trade.quantity_lots
        if trade.maker_remaining_lots:
            self.resting[trade.maker_order_id].remaining_lots = trade.maker_remaining_lots
        else:
            del self.resting[trade.maker_order_id]

    def prices(self, side: Side) -> list[int]:
        """Of every resting order of one side."""
        return [order.price_ticks for order in self.resting.values() if order.side is side]


class Replay:
    """Feeds the orders in batches; an order's row is its client order id, for it is unique."""

    def __init__(self, engine: Engine, tape: Tape) -> None:
        self.engine = engine
        self.tape = tape
        self.row_of: dict[int, int] = {}  # the venue's order id -> the row that last placed it
        self.placed_as: dict[int, int] = {}  # a row -> the venue's order id
        self.takers: list[int] = []
        self.orders = 0
        self._frames: list[bytes] = []

    async def set_up(self) -> None:
        assets = {LISTING.base: CONTRACT, LISTING.quote: POINT}
        commands: list[Command] = [AddAsset(decimals=0, symbol=symbol) for symbol in assets]
        commands.append(ListInstrument(definition(LISTING, assets, dict.fromkeys(assets, 0))))
        for account in MEMBER.values():
            commands += [OpenAccount(account), Deposit(account, CONTRACT, FUNDS)]
            commands.append(Deposit(account, POINT, FUNDS))
        for command in commands:
            await self._add(command)
        await self._flush()

    async def feed(self, orders: Iterable[RecordedOrder]) -> None:
        for order in self_trades_prevented(orders):
            self.orders += 1
            if order.op is Op.REDUCE:
                await self._flush()  # its new total needs what was executed until now
            await self._add(self._command(order))
        await self._flush()

    def _command(self, order: RecordedOrder) -> Command:
        if order.op is Op.NEW or order.op is Op.TAKE:
            return self._place(order)
        row = self.row_of[order.order_id]
        account = MEMBER[order.side]
        if order.op is Op.CANCEL:
            return CancelOrder(account, INSTRUMENT, ANY_ORDER, client_order_id=str(row))
        total_lots = self.tape.executed_lots.get(row, 0) + order.quantity_lots
        return AmendOrder(account, INSTRUMENT, ANY_ORDER, total_lots, client_order_id=str(row))

    def _place(self, order: RecordedOrder) -> PlaceOrder:
        self.placed_as[order.row] = order.order_id
        if order.op is Op.TAKE:
            self.takers.append(order.row)
        else:
            self.row_of[order.order_id] = order.row
        return PlaceOrder(
            account=MEMBER[order.side],
            instrument=INSTRUMENT,
            side=order.side,
            type=OrderType.LIMIT,
            time_in_force=TimeInForce.IOC if order.op is Op.TAKE else TimeInForce.GTC,
            stp=StpMode.NONE,
            client_order_id_reusable=False,
            price_ticks=order.price_ticks,
            quantity_lots=order.quantity_lots,
            client_order_id=str(order.row),
        )

    async def _add(self, command: Command) -> None:
        self._frames.append(encode_command(command))
        if len(self._frames) == BATCH_COMMANDS_MAX:
            await self._flush()

    async def _flush(self) -> None:
        if self._frames:
            frames, self._frames = self._frames, []
            await self.engine.submit_frames(b"".join(frames), len(frames))

    def report(self, venue: dict[int, list[RecordedFill]], seconds: float) -> Report:
        reproduced = [row for row in self.takers if self._fills(row) == venue.get(row, [])]
        bids, asks = self.tape.prices(Side.BUY), self.tape.prices(Side.SELL)
        return Report(
            orders=self.orders,
            takers=len(self.takers),
            takers_reproduced=len(reproduced),
            fills=sum(map(len, venue.values())),
            fills_reproduced=sum(len(venue.get(row, [])) for row in reproduced),
            resting_bids=len(bids),
            resting_asks=len(asks),
            best_bid_ticks=max(bids, default=0),
            best_ask_ticks=min(asks, default=0),
            trades=self.tape.trades,
            rejections=self.tape.rejections,
            commands_per_second=round(self.orders / seconds),
        )

    def _fills(self, row: int) -> list[RecordedFill]:
        """What the machine filled a taker with, in the venue's words."""
        return [
            RecordedFill(self.placed_as[maker], price_ticks, quantity_lots)
            for maker, price_ticks, quantity_lots in self.tape.fills.get(row, [])
        ]


async def replay(
    orders: Iterable[RecordedOrder], fills: dict[int, list[RecordedFill]], directory: Path
) -> Report:
    """Run the recording on an exchange of its own in an empty directory."""
    tape = Tape()
    engine = await Engine.open(directory, tape)
    try:
        run = Replay(engine, tape)
        await run.set_up()
        started = time.perf_counter()
        await run.feed(orders)
        return run.report(fills, time.perf_counter() - started)
    finally:
        await engine.close()
