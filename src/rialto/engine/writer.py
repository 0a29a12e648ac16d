"""The one thread that makes batches durable: write, flush, mark, log their events, say so.

It does nothing else and decides nothing; the first OSError ends it, and with it the engine.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread

from rialto.engine.event_log import Place
from rialto.engine.mark import Acknowledged
from rialto.engine.records import Stamp
from rialto.engine.recovery import Recovered

MARK_SYNC_DELAY_S = 0.02
JOIN_TIMEOUT_S = 60.0


@dataclass(slots=True)
class Job:
    """One batch: frames of its commands and of their events. The rest is set when it is durable:
    the chain of its command record, and where its event record stands.
    """

    stamp: Stamp
    commands: list[bytes]
    events: list[bytes]
    chain: bytes = b""
    place: Place | None = None


class Writer:
    def __init__(
        self,
        recovered: Recovered,
        durable: Callable[[Job], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """durable and failed are called on the writer's thread, for each job in order and at
        most once.
        """
        self._log = recovered.command_log
        self._mark = recovered.mark
        self._event_log = recovered.event_log
        self._durable = durable
        self._failed = failed
        self.flush_s = 0.0  # how long the last flush took
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
        self._log.append(job.stamp, job.commands)
        started = time.perf_counter()
        self._log.sync()
        self.flush_s = time.perf_counter() - started
        job.chain = self._log.chain
        stamp = job.stamp
        last = stamp.first_sequence + stamp.count - 1
        self._mark.write(Acknowledged(stamp.epoch, last, job.chain))
        job.place = self._event_log.append(stamp, job.events)
