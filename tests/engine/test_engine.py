"""Commands in, durable events out; refusals at the door; the same state after every start."""

import asyncio
from itertools import islice
from pathlib import Path

import pytest

from rialto.engine.engine import Engine
from rialto.engine.errors import DirectoryInUse, EngineStopped, Overloaded
from rialto.engine.limits import EngineLimits
from rialto.engine.snapshots import snapshot_paths
from rialto.messages.codec import decode_events
from rialto.messages.commands import Command
from rialto.messages.events import Event, OrderRepeated, OrderRested, TradeExecuted
from rialto.messages.ids import AccountId
from rialto.messages.orders import Side
from tests.engine.market import (
    ACCOUNTS,
    SMALL,
    frames,
    order,
    random_orders,
    setup_commands,
)


class Heard:
    """A publisher that keeps what it hears."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def publish(self, events: list[Event]) -> None:
        self.events += events


async def opened(
    directory: Path, heard: Heard | None = None, limits: EngineLimits = SMALL
) -> Engine:
    return await Engine.open(directory, heard, limits)


async def with_market(directory: Path, heard: Heard | None = None) -> Engine:
    engine = await opened(directory, heard)
    await engine.submit_frames(frames(setup_commands()), len(setup_commands()))
    return engine


async def test_each_caller_gets_the_events_of_its_command(tmp_path: Path) -> None:
    heard = Heard()
    engine = await with_market(tmp_path, heard)
    sell = order(ACCOUNTS[0], Side.SELL, 100, 5)
    buy = order(ACCOUNTS[1], Side.BUY, 100, 3)
    rested, traded, other = await asyncio.gather(
        engine.submit(sell), engine.submit(buy), engine.submit(order(ACCOUNTS[2], Side.BUY, 90, 1))
    )
    assert isinstance(rested[-1], OrderRested)
    assert isinstance(traded[-1], TradeExecuted)
    assert isinstance(other[-1], OrderRested)
    assert heard.events[-len(rested + traded + other) :] == rested + traded + other
    assert engine.sequence == other[0].sequence == len(setup_commands()) + 3
    assert engine.events_of(traded[0].sequence) == traded
    read = [event for batch in engine.read_events(0) for event in batch]
    assert read == heard.events
    assert [e for batch in engine.read_events(rested[0].sequence) for e in batch] == traded + other
    await engine.close()


async def test_a_batch_is_answered_with_its_own_frames(tmp_path: Path) -> None:
    engine = await with_market(tmp_path)
    batches = [list(islice(random_orders(seed), 50)) for seed in range(20)]
    answers = await asyncio.gather(*[engine.submit_frames(frames(b), 50) for b in batches])
    first = len(setup_commands()) + 1
    for place, answer in enumerate(answers):
        sequences = {event.sequence for event in decode_events(answer)}
        assert sequences == set(range(first + 50 * place, first + 50 * (place + 1)))
    await engine.close()


async def test_malformed_frames_are_refused_and_change_nothing(tmp_path: Path) -> None:
    engine = await with_market(tmp_path)
    before, sequence = engine.core.state_hash(), engine.sequence
    good = frames([order(ACCOUNTS[0], Side.BUY, 90, 1)])
    for bad in (b"\x01", bytes(24), good[:-8], good + b"\xff" * 8):
        with pytest.raises(ValueError, match="frame"):
            await engine.submit_frames(bad, 1)
    for count, too_many in ((0, b""), (5000, good), (1, bytes(2 << 20))):
        with pytest.raises(ValueError, match=r"1 to|at most"):
            await engine.submit_frames(too_many, count)
    assert (engine.core.state_hash(), engine.sequence) == (before, sequence)
    await engine.submit_frames(good, 1)
    assert engine.sequence == sequence + 1
    await engine.close()


async def test_a_full_inbox_refuses_at_once_and_loses_nothing(tmp_path: Path) -> None:
    limits = EngineLimits(inbox_commands_max=100, segment_bytes=1 << 16)
    engine = await opened(tmp_path, limits=limits)
    await engine.submit_frames(frames(setup_commands()), len(setup_commands()))
    one = order(ACCOUNTS[0], Side.BUY, 90, 1)
    outcomes = await asyncio.gather(
        *[engine.submit(one) for _ in range(150)], return_exceptions=True
    )
    assert [isinstance(outcome, Overloaded) for outcome in outcomes] == [False] * 100 + [True] * 50
    assert engine.sequence == len(setup_commands()) + 100
    await engine.submit(one)
    await engine.close()


async def test_a_caller_that_goes_away_disturbs_nobody(tmp_path: Path) -> None:
    engine = await with_market(tmp_path)
    gone = asyncio.ensure_future(engine.submit(order(ACCOUNTS[0], Side.BUY, 90, 1)))
    await asyncio.sleep(0)
    gone.cancel()
    (event, *_) = await engine.submit(order(ACCOUNTS[0], Side.BUY, 90, 1))
    assert event.sequence == len(setup_commands()) + 2
    await engine.close()


async def test_closing_answers_what_was_taken_and_takes_no_more(tmp_path: Path) -> None:
    engine = await with_market(tmp_path)
    waiting = [asyncio.ensure_future(engine.submit(c)) for c in islice(random_orders(1), 30)]
    await asyncio.sleep(0)
    await engine.close()
    assert all(isinstance(future.result(), list) for future in waiting)
    with pytest.raises(EngineStopped):
        await engine.submit(order(ACCOUNTS[0], Side.BUY, 90, 1))
    await (await opened(tmp_path)).close()


async def test_a_second_engine_on_a_directory_is_refused(tmp_path: Path) -> None:
    engine = await opened(tmp_path)
    with pytest.raises(DirectoryInUse, match="in use by another process"):
        await opened(tmp_path)
    await engine.close()


async def test_the_epoch_rises_at_every_start(tmp_path: Path) -> None:
    epochs = []
    for _ in range(3):
        engine = await opened(tmp_path)
        epochs.append(engine.epoch)
        await engine.close()
    assert epochs == [1, 2, 3]


async def test_time_never_goes_back(tmp_path: Path) -> None:
    times = iter([50, 40, 60, 10])
    engine = await Engine.open(tmp_path, None, SMALL, clock=lambda: next(times))
    stamped = [(await engine.submit(command))[0].time_us for command in setup_commands()[:4]]
    assert stamped == [50, 50, 60, 60]
    await engine.close()


async def run(directory: Path, commands: list[Command], batch: int) -> bytes:
    """Submit in batches with a clock that stands still; the state hash."""
    engine = await Engine.open(directory, None, SMALL, clock=lambda: 1_000_000)
    for start in range(0, len(commands), batch):
        part = commands[start : start + batch]
        await engine.submit_frames(frames(part), len(part))
    reached = engine.core.state_hash()
    await engine.close()
    return reached


async def test_the_state_does_not_depend_on_batches_or_snapshots(tmp_path: Path) -> None:
    commands = setup_commands() + list(islice(random_orders(7, client_ids=True), 600))
    hashes = {await run(tmp_path / str(n), commands, n) for n in (1, 7, 100, 612)}
    assert len(hashes) == 1
    again = await opened(tmp_path / "7")
    assert {again.core.state_hash()} == hashes
    await again.close()
    for path in snapshot_paths(tmp_path / "7" / "snapshots"):
        path.unlink()
    from_nothing = await opened(tmp_path / "7")
    assert {from_nothing.core.state_hash()} == hashes
    await from_nothing.close()


async def test_a_repeated_order_leads_to_its_original_events(tmp_path: Path) -> None:
    engine = await with_market(tmp_path)
    once = order(ACCOUNTS[0], Side.BUY, 90, 1, "mine")
    original = await engine.submit(once)
    await engine.close()
    engine = await opened(tmp_path)
    (again,) = await engine.submit(once)
    assert isinstance(again, OrderRepeated)
    assert engine.events_of(again.original_sequence) == original
    with pytest.raises(LookupError):
        engine.events_of(again.sequence + 1)
    await engine.close()


class Broken:
    def publish(self, events: list[Event]) -> None:
        if events[0].sequence > 1:
            raise RuntimeError("cannot follow")


async def test_a_reader_that_breaks_stops_the_engine(tmp_path: Path) -> None:
    engine = await Engine.open(tmp_path, Broken(), SMALL)
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    first, second, *_ = setup_commands()
    await engine.submit(first)
    with pytest.raises(EngineStopped, match="cannot follow"):
        await engine.submit(second)
    assert "cannot follow" in str(await engine.failed)
    with pytest.raises(EngineStopped):
        await engine.submit(second)
    await engine.close()


async def test_unknown_accounts_are_events_like_any_other(tmp_path: Path) -> None:
    engine = await with_market(tmp_path)
    (rejected,) = await engine.submit(order(AccountId(99), Side.BUY, 1, 1))
    assert type(rejected).__name__ == "OrderRejected"
    await engine.close()
