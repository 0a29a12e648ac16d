"""What is due inside the machine happens without anybody asking, and once, also after a restart."""

import asyncio
from itertools import pairwise
from pathlib import Path

import msgspec

from rialto.engine.engine import Engine
from rialto.messages import events as e
from rialto.messages.codec import decode_events
from rialto.messages.commands import Command
from rialto.messages.events import Event
from rialto.messages.instructions import Instructions
from rialto.messages.orders import ExpiryReason, OrderType, Side
from tests.engine.market import ACCOUNTS, SMALL, frames, order, setup_commands

STOPS = 1_000
SOON_US = 50_000
PATIENCE_S = 10.0
STOP = msgspec.structs.replace(
    order(ACCOUNTS[0], Side.SELL, 90, 1),
    type=OrderType.STOP_LOSS_LIMIT,
    instructions=Instructions(stop_price_ticks=95),
)


class Heard:
    """A publisher that keeps what it hears, and says when an event has come."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._came = asyncio.Event()

    def publish(self, events: list[Event]) -> None:
        self.events += events
        self._came.set()

    def of(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]

    async def wait_for(self, kind: type[Event], count: int = 1) -> list[Event]:
        async with asyncio.timeout(PATIENCE_S):
            while len(self.of(kind)) < count:
                self._came.clear()
                await self._came.wait()
        return self.of(kind)


async def opened(directory: Path, heard: Heard) -> Engine:
    return await Engine.open(directory, heard, SMALL)


async def test_an_order_expires_at_its_time(tmp_path: Path) -> None:
    heard = Heard()
    engine = await opened(tmp_path, heard)
    await engine.submit_frames(frames(setup_commands()), len(setup_commands()))
    plain = order(ACCOUNTS[0], Side.SELL, 100, 5)
    rested = await engine.submit(plain)
    end_us = rested[0].time_us + SOON_US
    await engine.submit(
        msgspec.structs.replace(plain, instructions=Instructions(good_till_us=end_us))
    )
    (expired,) = await heard.wait_for(e.OrderExpired)
    assert isinstance(expired, e.OrderExpired)
    assert expired.reason is ExpiryReason.GOOD_TILL_TIME
    assert expired.time_us >= end_us
    await engine.close()


async def test_an_order_expires_although_the_exchange_was_down_at_its_time(tmp_path: Path) -> None:
    heard = Heard()
    engine = await opened(tmp_path, heard)
    await engine.submit_frames(frames(setup_commands()), len(setup_commands()))
    plain = order(ACCOUNTS[0], Side.SELL, 100, 5)
    end_us = (await engine.submit(plain))[0].time_us + SOON_US
    instructions = Instructions(good_till_us=end_us)
    await engine.submit(msgspec.structs.replace(plain, instructions=instructions))
    await engine.close()
    engine = await opened(tmp_path, heard)
    await heard.wait_for(e.OrderExpired)
    await engine.close()


async def test_a_thousand_stops_fire_once_each_and_do_not_hold_up_others(tmp_path: Path) -> None:
    heard = Heard()
    engine = await opened(tmp_path, heard)
    await engine.submit_frames(frames(setup_commands()), len(setup_commands()))
    await engine.submit_frames(frames([STOP] * STOPS), STOPS)
    await engine.submit(order(ACCOUNTS[1], Side.BUY, 94, 1))
    trigger = await engine.submit(order(ACCOUNTS[2], Side.SELL, 94, 1))
    other = await engine.submit(order(ACCOUNTS[1], Side.BUY, 80, 1))
    assert len(trigger) < STOPS
    assert isinstance(other[0], e.OrderPlaced)
    assert len(heard.of(e.OrderTriggered)) < STOPS, "the other order came in between"
    fired = await heard.wait_for(e.OrderTriggered, STOPS)
    ids = [event.order_id for event in fired if isinstance(event, e.OrderTriggered)]
    assert all(earlier < later for earlier, later in pairwise(ids))
    await engine.close()


async def test_what_was_due_at_the_stop_happens_after_the_start(tmp_path: Path) -> None:
    heard = Heard()
    engine = await opened(tmp_path, heard)
    await engine.submit_frames(frames(setup_commands()), len(setup_commands()))
    await engine.submit_frames(frames([STOP] * STOPS), STOPS)
    pair: list[Command] = [
        order(ACCOUNTS[1], Side.BUY, 94, 1),
        order(ACCOUNTS[2], Side.SELL, 94, 1),
    ]
    answered = decode_events(await engine.submit_frames(frames(pair), 2))
    await engine.close()
    before = [event for event in answered if isinstance(event, e.OrderTriggered)]
    assert len(before) < STOPS
    engine = await opened(tmp_path, heard)
    await heard.wait_for(e.OrderTriggered, STOPS)
    await engine.close()
