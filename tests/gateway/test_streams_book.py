"""A book kept from the diff stream, as Binance's documentation says, equals the one REST shows."""

import asyncio
import random
from collections import Counter
from pathlib import Path
from typing import Any

from rialto.messages.commands import AmendOrder, CancelOrder, PlaceOrder
from rialto.messages.events import Event, OrderPlaced
from rialto.messages.ids import AccountId, InstrumentId, OrderId
from rialto.messages.instructions import Instructions
from rialto.messages.orders import OrderType, Side, StpMode, TimeInForce
from tests.gateway.doors import Ear, ear, open_doors
from tests.gateway.venue import Venue

COMMANDS = 10_000
AT_ONCE = 100
PRICES = {  # in ticks of 0.01
    Side.BUY: range(1_999_900, 2_000_020),
    Side.SELL: range(1_999_980, 2_000_100),
}
STOPS = range(1_999_985, 2_000_015)  # where it trades
EXPECTED = (
    "TradeExecuted",
    "OrderCanceled",
    "OrderAmended",
    "OrderExpired",
    "MatchPrevented",
    "OrderTriggered",
    "IcebergRefreshed",
)
DEPTH = "GET /api/v3/depth"


class LocalBook:
    """Follows the rules for a local book strictly: a gap or an old event is an error."""

    def __init__(self, snapshot: dict[str, Any]) -> None:
        self.update_id = snapshot["lastUpdateId"]
        self.sides = {side: dict(snapshot[side]) for side in ("bids", "asks")}
        self.events = 0

    def apply(self, event: dict[str, Any]) -> None:
        assert event["U"] == self.update_id + 1 <= event["u"], "a gap"
        self.update_id = event["u"]
        self.events += 1
        for side, changes in (("bids", event["b"]), ("asks", event["a"])):
            for price, quantity in changes:
                if quantity == "0.00000000":
                    self.sides[side].pop(price, None)
                else:
                    self.sides[side][price] = quantity


def random_command(rng: random.Random, placed: list[OrderPlaced]) -> Any:
    """Some refer to orders that are gone, and are refused."""
    account, instrument = AccountId(rng.choice((1, 2))), InstrumentId(0)
    if placed and rng.random() < 0.35:
        order = placed.pop(rng.randrange(len(placed)))
        if rng.random() < 0.3 and order.quantity_lots > 1:
            left = rng.randrange(1, order.quantity_lots)
            return AmendOrder(order.account, instrument, order.order_id, left)
        return CancelOrder(order.account, instrument, OrderId(order.order_id))
    side = rng.choice(list(Side))
    type_, time_in_force, wants = random_kind(rng)
    return PlaceOrder(
        account,
        instrument,
        side,
        type_,
        time_in_force,
        rng.choice(list(StpMode)),
        False,
        rng.choice(PRICES[side]),
        rng.randrange(100, 5000),
        instructions=wants,
    )


def random_kind(rng: random.Random) -> tuple[OrderType, TimeInForce, Instructions | None]:
    """Plain orders half of the time, else icebergs, stops and trailing stops."""
    price = rng.choice(STOPS)
    match rng.randrange(8):
        case 0:
            return OrderType.LIMIT, TimeInForce.GTC, Instructions(iceberg_lots=rng.randrange(9, 99))
        case 1:
            stop = Instructions(stop_price_ticks=price)
            return OrderType.STOP_LOSS_LIMIT, TimeInForce.GTC, stop
        case 2:
            stop = Instructions(stop_price_ticks=price, iceberg_lots=50)
            return OrderType.TAKE_PROFIT_LIMIT, TimeInForce.GTC, stop
        case 3:
            trailing = Instructions(trailing_delta=rng.randrange(10, 20))
            return OrderType.STOP_LOSS_LIMIT, TimeInForce.GTC, trailing
    return OrderType.LIMIT, rng.choice(list(TimeInForce)), None


async def trade_at_random(
    venue: Venue, rng: random.Random, placed: list[OrderPlaced]
) -> list[Event]:
    commands = [random_command(rng, placed) for _ in range(AT_ONCE)]
    found = await asyncio.gather(*(venue.engine.submit(each) for each in commands))
    events = [event for each in found for event in each]
    placed += [event for event in events if isinstance(event, OrderPlaced)]
    return events


async def follow(book: LocalBook, heard: Ear, update_id: int) -> None:
    while book.update_id < update_id:
        book.apply(await heard.hear())


async def test_a_local_book_equals_the_snapshot_after_thousands_of_commands(
    tmp_path: Path,
) -> None:
    rng, placed = random.Random(11), list[OrderPlaced]()
    kinds: Counter[str] = Counter()
    async with (
        open_doors(tmp_path) as (venue, _),
        ear(venue, "/ws/btcusdt@depth@100ms") as heard,
        ear(venue, "/ws/btcusdt@depth") as heard_slowly,
        ear(venue, "/ws/btcusdt@depth20@100ms") as top,
    ):
        empty = {"lastUpdateId": 0, "bids": [], "asks": []}
        books = {heard: LocalBook(empty), heard_slowly: LocalBook(empty)}
        for _ in range(COMMANDS // AT_ONCE):
            events = await trade_at_random(venue, rng, placed)
            kinds.update(type(event).__name__ for event in events)
        assert min(kinds[each] for each in EXPECTED) > 10, kinds
        snapshot = (await venue.anyone.call(DEPTH, "symbol=BTCUSDT&limit=5000")).json
        assert len(snapshot["bids"]) > 10 and len(snapshot["asks"]) > 10
        for ear_of_book, book in books.items():
            await follow(book, ear_of_book, snapshot["lastUpdateId"])
            assert book.update_id == snapshot["lastUpdateId"]
            for side in ("bids", "asks"):
                assert book.sides[side] == dict(snapshot[side])
        assert books[heard].events > books[heard_slowly].events > 0
        while (shown := await top.hear())["lastUpdateId"] < snapshot["lastUpdateId"]:
            pass
        assert [shown[side] for side in ("bids", "asks")] == [
            snapshot[side][:20] for side in ("bids", "asks")
        ]


async def test_a_book_that_starts_late_goes_on_from_the_snapshot(tmp_path: Path) -> None:
    rng, placed = random.Random(12), list[OrderPlaced]()
    async with open_doors(tmp_path) as (venue, _):
        await trade_at_random(venue, rng, placed)
        async with ear(venue, "/ws/btcusdt@depth@100ms") as heard:
            await trade_at_random(venue, rng, placed)
            first = await heard.hear()
            snapshot = (await venue.anyone.call(DEPTH, "symbol=BTCUSDT&limit=5000")).json
            assert first["U"] <= snapshot["lastUpdateId"] + 1
            book = LocalBook(snapshot)
            await trade_at_random(venue, rng, placed)
            after = (await venue.anyone.call(DEPTH, "symbol=BTCUSDT&limit=5000")).json
            while book.update_id < after["lastUpdateId"]:
                event = await heard.hear()
                if event["u"] > snapshot["lastUpdateId"]:
                    book.apply(event)
            assert book.sides == {side: dict(after[side]) for side in ("bids", "asks")}
