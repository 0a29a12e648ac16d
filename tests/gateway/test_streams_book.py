"""A book kept from the diff stream, as Binance's documentation says, equals the one REST shows."""

import asyncio
import random
from pathlib import Path
from typing import Any

from rialto.messages.commands import AmendOrder, CancelOrder, PlaceOrder
from rialto.messages.events import OrderRested
from rialto.messages.ids import AccountId, InstrumentId, OrderId
from rialto.messages.orders import OrderType, Side, StpMode, TimeInForce
from tests.gateway.doors import Ear, ear, open_doors
from tests.gateway.venue import Venue

COMMANDS = 4_000
AT_ONCE = 40
PRICES = {  # in ticks of 0.01
    Side.BUY: range(1_999_900, 2_000_020),
    Side.SELL: range(1_999_980, 2_000_100),
}
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


def random_command(rng: random.Random, resting: list[OrderRested]) -> Any:
    account, instrument = AccountId(rng.choice((1, 2))), InstrumentId(0)
    if resting and rng.random() < 0.35:
        order = resting.pop(rng.randrange(len(resting)))
        if rng.random() < 0.3 and order.remaining_lots > 1:
            return AmendOrder(order.account, instrument, order.order_id, 1)
        return CancelOrder(order.account, instrument, OrderId(order.order_id))
    side = rng.choice(list(Side))
    return PlaceOrder(
        account,
        instrument,
        side,
        OrderType.LIMIT,
        rng.choice(list(TimeInForce)),
        rng.choice(list(StpMode)),
        False,
        rng.choice(PRICES[side]),
        rng.randrange(100, 5000),
    )


async def trade_at_random(venue: Venue, rng: random.Random, resting: list[OrderRested]) -> None:
    commands = [random_command(rng, resting) for _ in range(AT_ONCE)]
    for events in await asyncio.gather(*(venue.engine.submit(each) for each in commands)):
        resting += [event for event in events if isinstance(event, OrderRested)]


async def follow(book: LocalBook, heard: Ear, update_id: int) -> None:
    while book.update_id < update_id:
        book.apply(await heard.hear())


async def test_a_local_book_equals_the_snapshot_after_thousands_of_commands(
    tmp_path: Path,
) -> None:
    rng, resting = random.Random(11), list[OrderRested]()
    async with (
        open_doors(tmp_path) as (venue, _),
        ear(venue, "/ws/btcusdt@depth@100ms") as heard,
        ear(venue, "/ws/btcusdt@depth") as heard_slowly,
    ):
        empty = {"lastUpdateId": 0, "bids": [], "asks": []}
        books = {heard: LocalBook(empty), heard_slowly: LocalBook(empty)}
        for _ in range(COMMANDS // AT_ONCE):
            await trade_at_random(venue, rng, resting)
        snapshot = (await venue.anyone.call(DEPTH, "symbol=BTCUSDT&limit=5000")).json
        assert len(snapshot["bids"]) > 10 and len(snapshot["asks"]) > 10
        for ear_of_book, book in books.items():
            await follow(book, ear_of_book, snapshot["lastUpdateId"])
            assert book.update_id == snapshot["lastUpdateId"]
            for side in ("bids", "asks"):
                assert book.sides[side] == dict(snapshot[side])
        assert books[heard].events > books[heard_slowly].events > 0


async def test_a_book_that_starts_late_goes_on_from_the_snapshot(tmp_path: Path) -> None:
    rng, resting = random.Random(12), list[OrderRested]()
    async with open_doors(tmp_path) as (venue, _):
        await trade_at_random(venue, rng, resting)
        async with ear(venue, "/ws/btcusdt@depth@100ms") as heard:
            await trade_at_random(venue, rng, resting)
            first = await heard.hear()
            snapshot = (await venue.anyone.call(DEPTH, "symbol=BTCUSDT&limit=5000")).json
            assert first["U"] <= snapshot["lastUpdateId"] + 1
            book = LocalBook(snapshot)
            await trade_at_random(venue, rng, resting)
            after = (await venue.anyone.call(DEPTH, "symbol=BTCUSDT&limit=5000")).json
            while book.update_id < after["lastUpdateId"]:
                event = await heard.hear()
                if event["u"] > snapshot["lastUpdateId"]:
                    book.apply(event)
            assert book.sides == {side: dict(after[side]) for side in ("bids", "asks")}
