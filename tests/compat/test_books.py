"""Local books that unmodified clients keep from diff depth equal the snapshot of REST."""

import asyncio
import random
from contextlib import AsyncExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

from rialto.messages.events import OrderPlaced
from tests.compat.driving import Driver, at, driving
from tests.compat.environments import CLIENTS
from tests.gateway.doors import open_doors
from tests.gateway.test_streams_book import trade_at_random
from tests.gateway.venue import Venue, WallClock

SYMBOL = "BTCUSDT"
COMMANDS = 10_000
AT_ONCE = 100
CONNECTED_AFTER = 40  # batches; what comes before is in the clients' snapshots
SNAPSHOT = ("GET /api/v3/depth", f"symbol={SYMBOL}&limit=5000")


async def test_books_of_all_clients_after_ten_thousand_commands(tmp_path: Path) -> None:
    rng, placed = random.Random(3), list[OrderPlaced]()
    async with AsyncExitStack() as stack:
        opened = open_doors(tmp_path, clock=WallClock())
        venue, _ = await stack.enter_async_context(opened)
        starting = (stack.enter_async_context(driving(each, *at(venue))) for each in CLIENTS)
        drivers = [await each for each in starting]
        following: asyncio.Task[Any] | None = None
        for batch in range(COMMANDS // AT_ONCE):
            await trade_at_random(venue, rng, placed)
            if batch == CONNECTED_AFTER:
                following = asyncio.create_task(_follow(drivers))
        assert following is not None
        while not following.done():  # some clients wait for the first event
            await trade_at_random(venue, rng, placed)
        await following
        await trade_at_random(venue, rng, placed)
        await _compare(venue, drivers)


async def _follow(drivers: list[Driver]) -> None:
    """At the same time, each with the procedure that it has or that Binance describes."""
    await asyncio.gather(*(driver.call("alice", "follow", symbol=SYMBOL) for driver in drivers))


async def _compare(venue: Venue, drivers: list[Driver]) -> None:
    snapshot = (await venue.anyone.call(*SNAPSHOT)).json
    expected = _numbers(snapshot)
    assert len(expected["bids"]) > 10 and len(expected["asks"]) > 10
    for driver in drivers:
        book = await driver.call("alice", "book", update_id=snapshot["lastUpdateId"])
        assert _numbers(book) == expected, driver.client
    said = await drivers[-1].call("alice", "warnings")
    assert said == []


def _numbers(book: Any) -> dict[str, Any]:
    sides = {s: [(Decimal(p), Decimal(q)) for p, q in book[s]] for s in ("bids", "asks")}
    return {"lastUpdateId": book["lastUpdateId"], **sides}
