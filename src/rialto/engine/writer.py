"""The one thread that makes batches durable: write, flush, mark, say so.

It does nothing else and decides nothing; the first OSError ends it, and with it the engine.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread

from rialto.engine.log import Log
from rialto.engine.mark import Acknowledged, Mark
from rialto.engine.records import Stamp

MARK_SYNC_DELAY_S = 0.02
JOIN_TIMEOUT_S = 60.0


@dataclass(slots=True)
class Job:
    """One batch to be made durable; chain is set when it is."""

    stamp: Stamp
    payload: list[bytes]
    chain: bytes = field(default=b"")


class Writer:
    def __init__(
        self,
        command_log: Log,
        mark: Mark,
        durable: Callable[[Job], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """durable and failed are called on the writer's thread, for each job in order and at
        most once.
        """
        self._log = command_log
        self._mark = mark
        self._durable = durable
        self._failed = failed
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="rialto-writer", daemon=True)
        self._thread.start()

    def put(self, job: Job) -> None:
        self._jobs.put(job)

    def close(self) -> None:
        """Finish what was put and close the log."""
        self._jobs.put(None)
        self._thread.join(JOIN_TIMEOUT_S)
        if self._thread.is_alive():
            raise TimeoutError(f"the log writer did not finish within {JOIN_TIMEOUT_S} s")

    def _run(self) -> None:
        try:
            while (job := self._next()) is not None:
                self._write(job)
                self._durable(job)
            self._mark.close()
            self._log.close()
        except Exception as error:  # noqa: BLE001 the thread's outermost loop: whatever it is, nothing is durable any more
            self._failed(error)
            self._log.abandon()

    def _next(self) -> Job | None:
        if not self._mark.synced:
            try:
                return self._jobs.get(timeout=MARK_SYNC_DELAY_S)
            except Empty:
                self._mark.sync()
        return self._jobs.get()

    def _write(self, job: Job) -> None:
        self._log.append(job.stamp, job.payload)
        self._log.sync()
        job.chain = self._log.chain
        stamp = job.stamp
        last = stamp.first_sequence + stamp.count - 1
        self._mark.write(Acknowledged(stamp.epoch, last, job.chain))
