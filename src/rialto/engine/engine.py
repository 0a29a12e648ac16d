"""The engine as the rest of Rialto sees it: commands in, events out, everything durable in
between.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from rialto._core import Exchange
from rialto.engine.batch import EventsAnswer
from rialto.engine.errors import EngineStopped
from rialto.engine.limits import CLOSE_TIMEOUT_S, EngineLimits
from rialto.engine.recovery import Directories, Recovered, lock_directory, recover
from rialto.engine.sequencer import Publisher, Sequencer
from rialto.engine.snapshots import Snapshot, write_snapshot
from rialto.messages.codec import encode_command
from rialto.messages.commands import Command
from rialto.messages.events import Event
from rialto.messages.ids import Sequence

log = logging.getLogger(__name__)


def clock_us() -> int:
    """Microseconds since 1970."""
    return time.time_ns() // 1000


class Engine:
    """One per data directory. Open it, submit, read back, close it; `failed` is done when it
    stopped by itself.
    """

    def __init__(self, root: Path, lock: int, recovered: Recovered, sequencer: Sequencer) -> None:
        """Use open()."""
        self._directories = Directories(root)
        self._lock = lock
        self._core = recovered.core
        self._event_log = recovered.event_log
        self._sequencer = sequencer
        self._numbers = count(1)
        self.epoch = recovered.epoch
        self.failed = sequencer.failed
        self._closing = False
        self._snapshotter = asyncio.create_task(self._take_snapshots())

    @classmethod
    async def open(
        cls,
        directory: Path,
        publisher: Publisher | None = None,
        limits: EngineLimits | None = None,
        clock: Callable[[], int] = clock_us,
    ) -> "Engine":
        """Recover and start. DirectoryInUse, LogDamaged or OSError, each with what to do, if it
        cannot.

        publisher.publish(events) is called for every durable batch, in order, before its answers.
        Events from before this start are read with read_events.
        """
        limits = limits or EngineLimits()
        lock = lock_directory(directory)
        try:
            recovered = await asyncio.to_thread(recover, directory, limits)
            return cls(directory, lock, recovered, Sequencer(recovered, publisher, clock, limits))
        except BaseException:
            os.close(lock)
            raise

    @property
    def sequence(self) -> Sequence:
        """Of the last command that is durable and published."""
        return Sequence(self._sequencer.sequence)

    @property
    def waiting_commands(self) -> int:
        """Taken and not yet answered."""
        return self._sequencer.waiting

    @property
    def flush_s(self) -> float:
        """How long the last flush of the command log took."""
        return self._sequencer.flush_s

    @property
    def core(self) -> Exchange:
        """To look at (state_hash, balances, open_orders); it may be ahead of what is durable."""
        return self._core

    async def submit(self, command: Command) -> list[Event]:
        """The events of one command, once it is durable.

        Overloaded at once if the inbox is full: it was not taken. EngineStopped: whether it
        happened is unknown.
        """
        answer: asyncio.Future[list[Event]] = asyncio.get_running_loop().create_future()
        self.send(command, answer)
        return await answer

    def send(self, command: Command, answer: EventsAnswer) -> None:
        """submit for whoever waits in no task: the answer is told, once the command is durable."""
        frame = encode_command(command, origin=self.epoch, number=next(self._numbers))
        self._sequencer.submit_command(frame, answer)

    async def submit_frames(self, frames: bytes, count: int) -> bytes:
        """Command frames in, the frames of their events out; ValueError if malformed, and then
        none was taken.

        The caller chooses the command ids in its frames; origin 0 asks for no check, this epoch's
        is submit's.
        """
        return await self._sequencer.submit_frames(frames, count)

    def events_of(self, sequence: int) -> list[Event]:
        """What a published command led to, from the event log. LookupError if there is no such
        command.
        """
        return self._event_log.events_of(sequence)

    def read_events(self, after: int) -> Iterator[list[Event]]:
        """Events after a sequence from the event log, a batch at a time, up to where it ends
        now.
        """
        return self._event_log.read(after)

    async def close(self) -> None:
        """Answer what was taken, take a snapshot, release the directory. After a failure, only
        release it. EngineStopped if it fails on the way: what was answered is durable all the same.
        """
        failed_before = self.failed.done()
        self._closing = True
        self._sequencer.budget_spent.set()
        await self._snapshotter
        try:
            if not self.failed.done():
                async with asyncio.timeout(CLOSE_TIMEOUT_S):
                    await self._sequencer.drain()
                    if self._sequencer.replay_cost:
                        await self._take_snapshot()
        except BaseException as error:
            self._sequencer.stop(f"could not be closed in order: {error!r}")
            raise
        finally:
            await asyncio.to_thread(self._sequencer.close_log)
            self._event_log.abandon()
            os.close(self._lock)
        if self.failed.done() and not failed_before:
            raise self.failed.result()

    async def _take_snapshots(self) -> None:
        try:
            while True:
                await self._sequencer.budget_spent.wait()
                if self._closing or self.failed.done():
                    return
                await self._take_snapshot()
        except EngineStopped:
            return
        except Exception as error:  # noqa: BLE001 the task's outermost loop
            self._sequencer.stop(f"no snapshot could be taken: {error}")

    async def _take_snapshot(self) -> None:
        """Nothing is applied while the core writes its state down; saving it goes on beside the
        next commands.
        """
        sequencer, core = self._sequencer, self._core
        await sequencer.hold()
        try:
            started = time.perf_counter()
            state = await asyncio.to_thread(core.snapshot)
            paused_ms = (time.perf_counter() - started) * 1000
            snapshot = Snapshot(
                sequencer.sequence, self.epoch, core.time_us, sequencer.chain, state
            )
            sequencer.forget_replay_cost()
        finally:
            sequencer.resume()
        await asyncio.to_thread(self._save, snapshot)
        log.info("snapshot %d: %d bytes, %.1f ms pause", snapshot.sequence, len(state), paused_ms)

    def _save(self, snapshot: Snapshot) -> None:
        self._event_log.sync()  # a start from this snapshot writes no events of before it again
        write_snapshot(self._directories.snapshots, snapshot)
