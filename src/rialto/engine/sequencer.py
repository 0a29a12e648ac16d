"""One order of commands: gather, stamp, apply, make durable, publish, answer.

A command is applied as soon as it is gathered, into the open batch; the batch goes to the writer
when the one before it is durable, so the core works while the disk does. Nothing of a batch is
seen outside before it is durable. What the core refuses as malformed never reaches the log, and a
command that would break the machine stops it before it could be replayed.

Everything here runs on the event loop's thread; only the writer's calls come from elsewhere,
through the loop.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol, TypeVar

from rialto.engine.alarm import Alarm, advance_time
from rialto.engine.batch import Batch, EventsAnswer, Run, Submission
from rialto.engine.errors import EngineStopped, Overloaded
from rialto.engine.limits import REPLAY_COMMANDS_PER_RECORD, EngineLimits
from rialto.engine.records import Stamp
from rialto.engine.recovery import Recovered
from rialto.engine.writer import Job, Writer
from rialto.messages.events import Event

T = TypeVar("T")

OVERLAP_COMMANDS = 512  # applying so many takes about as long as a flush


class Publisher(Protocol):
    def publish(self, events: list[Event]) -> None: ...


class Sequencer:
    """sequence: of the last command that is durable and published. budget_spent: a snapshot is
    due.
    """

    def __init__(
        self,
        recovered: Recovered,
        publisher: Publisher | None,
        clock: Callable[[], int],
        limits: EngineLimits,
    ) -> None:
        """clock: microseconds since 1970. publisher None: nobody listens, and nothing is
        decoded for it.
        """
        self._core = recovered.core
        self._event_log = recovered.event_log
        self._epoch = recovered.epoch
        self._publisher = publisher
        self._clock = clock
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._inbox: deque[Submission] = deque()
        self.waiting = 0  # commands taken and not yet answered
        self._open = Batch()
        self._writing: Batch | None = None
        self._publishing: Batch | None = None
        self._gather_scheduled = False
        self._held = False
        self._draining = False
        self._at_rest: asyncio.Future[None] | None = None
        self.sequence: int = recovered.core.sequence
        self.chain = recovered.command_log.chain
        self.replay_cost = recovered.replay_cost
        self.budget_spent = asyncio.Event()
        self.failed: asyncio.Future[EngineStopped] = self._loop.create_future()
        self._writer = Writer(
            recovered,
            durable=self._on_loop(self._on_durable),
            failed=self._on_loop(self._fail),
        )
        self._note_replay_cost(0)
        self._alarm = Alarm(clock, self._schedule)
        self._alarm.set(self._core.wake_at_us)

    def _on_loop(self, call: Callable[[T], None]) -> Callable[[T], None]:
        """A function for other threads that has the loop make the call."""

        def schedule(argument: T) -> None:
            self._loop.call_soon_threadsafe(call, argument)

        return schedule

    @property
    def flush_s(self) -> float:
        """How long the last flush of the command log took."""
        return self._writer.flush_s

    def submit_command(self, frame: bytes, answer: EventsAnswer) -> None:
        """Overloaded or EngineStopped at once, or later the answer is told the events of it."""
        self._take(Submission(frame, 1, answer, None))

    def submit_frames(self, frames: bytes, count: int) -> asyncio.Future[bytes]:
        """Overloaded or EngineStopped at once, or a future of the events of many commands, which
        belong to one caller and stay together in their order.
        """
        if not 0 < count <= self._limits.batch_commands_max:
            raise ValueError(f"{count} commands, 1 to {self._limits.batch_commands_max} are taken")
        if len(frames) > self._limits.batch_bytes_max:
            raise ValueError(f"{len(frames)} bytes, at most {self._limits.batch_bytes_max}")
        answer: asyncio.Future[bytes] = self._loop.create_future()
        self._take(Submission(frames, count, None, answer))
        return answer

    async def hold(self) -> None:
        """Apply nothing more, and wait until everything applied is durable and published."""
        self._held = True
        await self._rest()

    async def drain(self) -> None:
        """Take nothing more, and wait until everything taken is answered."""
        self._draining = True
        self._alarm.cancel()
        await self._rest()

    async def _rest(self) -> None:
        if self.failed.done():
            raise self.failed.result()
        self._at_rest = self._loop.create_future()
        self._note_rest()
        await self._at_rest

    def _note_rest(self) -> None:
        idle = self._writing is None and (self._held or not self._inbox)
        if idle and self._at_rest is not None and not self._at_rest.done():
            self._at_rest.set_result(None)

    def resume(self) -> None:
        self._held = False
        self._schedule()

    def stop(self, why: str) -> None:
        """Refuse everything from now on; what waits has an unknown outcome."""
        self._fail(EngineStopped(why))

    def close_log(self) -> None:
        """End the writer. Without a failure the command log and its mark are durable after it."""
        self._writer.close()

    def _take(self, submission: Submission) -> None:
        if self.failed.done():
            raise self.failed.result()
        if self._draining:
            raise EngineStopped("the engine is closing; the command was not taken")
        if self.waiting + submission.count > self._limits.inbox_commands_max:
            raise Overloaded(f"{self.waiting} commands are waiting")
        self.waiting += submission.count
        self._inbox.append(submission)
        self._schedule()

    def _schedule(self) -> None:
        if not self._gather_scheduled and not self._held:
            self._gather_scheduled = True
            self._loop.call_soon(self._gather)

    def _gather(self) -> None:
        """Apply what waits into the open batch, as far as there is room in it."""
        self._gather_scheduled = False
        if self._held or self.failed.done():
            return
        try:
            self._advance_time()
            while run := self._next_run():
                self._apply(run)
                if self._open.count >= OVERLAP_COMMANDS:
                    self._write_open_batch()  # the disk works while the core goes on
            self._write_open_batch()
            if not self._draining:
                self._alarm.set(self._core.wake_at_us)
            self._note_rest()
        except BaseException as error:  # a panic of the core is not an Exception
            self._fail(error)
            raise

    def _advance_time(self) -> None:
        """What is due inside the machine goes before what is waiting."""
        wake_at_us = self._core.wake_at_us
        if wake_at_us is None or self._draining:
            return
        now_us = self._open.time_us if self._open.count else self._clock()
        if wake_at_us <= now_us:
            self.waiting += 1
            self._inbox.appendleft(advance_time())

    def _next_run(self) -> list[Submission]:
        """Single commands in a row are applied together, each batch of a caller by itself."""
        run: list[Submission] = []
        size, count = self._open.size, self._open.count
        while self._inbox:
            first = self._inbox[0]
            size, count = size + len(first.frames), count + first.count
            full = count > self._limits.batch_commands_max or size > self._limits.batch_bytes_max
            if full or (run and (first.frames_answer or run[-1].frames_answer)):
                break
            run.append(self._inbox.popleft())
        return run

    def _apply(self, run: list[Submission]) -> None:
        batch, core = self._open, self._core
        first = core.sequence + 1
        if batch.count == 0:
            batch.first_sequence = first
            batch.time_us = max(core.time_us, self._clock())
        frames = run[0].frames if len(run) == 1 else b"".join([each.frames for each in run])
        count = sum([each.count for each in run])
        try:
            events = core.apply(first, batch.time_us, frames)
        except ValueError as malformed:  # and nothing has changed
            self.waiting -= count
            for each in run:
                each.refuse(malformed)
            return
        assert core.sequence == first + count - 1, (
            f"{core.sequence - first + 1} commands, not {count}"
        )
        batch.count += count
        batch.size += len(frames)
        batch.payload.append(frames)
        batch.runs.append(Run(run, first, events))

    def _write_open_batch(self) -> None:
        batch = self._open
        if self._writing is None and batch.count:
            self._writing, self._open = batch, Batch()
            stamp = Stamp(batch.first_sequence, batch.count, self._epoch, batch.time_us)
            events = [run.frames for run in batch.runs]
            self._writer.put(Job(stamp, batch.payload, events))

    def _on_durable(self, job: Job) -> None:
        batch, self._writing = self._writing, None
        assert batch is not None and batch.first_sequence == job.stamp.first_sequence
        if self.failed.done():
            return
        try:
            self._write_open_batch()  # keep the disk busy first
            self._publishing = batch
            self._publish(batch, job)
            self._publishing = None
        except BaseException as error:  # a reader of events that breaks has missed some: stop
            self._fail(error)
            raise
        if self._inbox:
            self._schedule()
        self._note_rest()

    def _publish(self, batch: Batch, job: Job) -> None:
        assert job.place is not None
        self._event_log.note(job.place)
        self.sequence, self.chain = self._event_log.sequence, job.chain
        self._note_replay_cost(batch.count + REPLAY_COMMANDS_PER_RECORD)
        if self._publisher is not None:
            events = [event for run in batch.runs for event in run.decoded()]
            self._publisher.publish(events)
        for run in batch.runs:
            run.answer()
        self.waiting -= batch.count

    def forget_replay_cost(self) -> None:
        """A snapshot holds everything so far."""
        self.replay_cost = 0
        self.budget_spent.clear()

    def _note_replay_cost(self, commands: int) -> None:
        self.replay_cost += commands
        if self.replay_cost >= self._limits.replay_budget_commands:
            self.budget_spent.set()

    def _fail(self, error: BaseException) -> None:
        if self.failed.done():
            return
        stopped = error
        if not isinstance(stopped, EngineStopped):
            why = f"{type(error).__name__}: {error}"
            stopped = EngineStopped(f"{why}; whether unanswered commands happened is unknown")
        self.failed.set_result(stopped)
        self._alarm.cancel()
        for batch in (self._publishing, self._writing, self._open):
            for run in batch.runs if batch else ():
                run.refuse(stopped)
        for submission in self._inbox:
            submission.refuse(stopped)
        self._inbox.clear()
        self.budget_spent.set()
        if self._at_rest is not None and not self._at_rest.done():
            self._at_rest.set_exception(stopped)
