"""The projector as a process: it follows the event log that another process writes.

In:  the event log on disk; lines on standard input, each saying that there is more to read.
Out: rows in SQL. It ends when standard input does (nobody writes events any more) or on SIGTERM,
     always between two transactions.
"""

import fcntl
import os
import select
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from rialto.engine.log_reader import LogTail
from rialto.messages.codec import decode_events
from rialto.messages.ids import Sequence
from rialto.projections.database import FILE_NAME, Database
from rialto.projections.projector import Projector

EVENTS_DIRECTORY = "events"
LOCK_NAME = "projector.lock"
LOCK_TIMEOUT_S = 10.0
LOCK_POLL_S = 0.05
LOOK_AGAIN_S = 1.0  # if nobody says that there is more
WAKE_BYTES = 65_536
# A transaction costs a millisecond and a flush however little it writes, so a busy log is gathered.
TRANSACTION_S_MIN = 0.02
TRANSACTION_BYTES = 4 << 20  # of event frames, about; more only if one record is larger


class ProjectorRunning(Exception):
    """Another projector of this data directory did not end in time."""


def follow(directory: Path, wake_descriptor: int) -> Sequence:
    """Project DIR/events into DIR/rialto.sqlite until told to stop; the checkpoint reached.

    Call it in the main thread: it takes over SIGTERM and SIGINT.
    """
    with alone(directory), _stop_signal() as stop, _opened(directory) as database:
        projector = Projector(database)
        tail = LogTail(directory / EVENTS_DIRECTORY, projector.sequence)
        try:
            more = True
            while more and not stop.is_set:
                started = time.monotonic()
                if _project_some(projector, tail):
                    _pause(started + TRANSACTION_S_MIN, stop.descriptor)
                else:
                    more = _wait(wake_descriptor, stop.descriptor)
            # Whoever wrote the log has ended, and it is whole: what is left of it is soon read.
            while not stop.is_set and _project_some(projector, tail):
                pass
        finally:
            tail.close()
        return projector.sequence


def rebuild(directory: Path) -> Sequence:
    """Throw the rows away and fold the whole event log again; the checkpoint reached."""
    with alone(directory), _opened(directory) as database:
        database.empty()
        return project(directory, database)


def project(directory: Path, database: Database) -> Sequence:
    """Bring SQL up to the end of the event log, for whoever holds the data directory."""
    projector = Projector(database)
    tail = LogTail(directory / EVENTS_DIRECTORY, projector.sequence)
    try:
        while _project_some(projector, tail):
            pass
    finally:
        tail.close()
    return projector.sequence


def _project_some(projector: Projector, tail: LogTail) -> bool:
    """One transaction; False if there was nothing to read."""
    payloads: list[bytes] = []
    size = 0
    while size < TRANSACTION_BYTES and (records := tail.read()):
        for record in records:
            payloads.append(record.payload)
            size += len(record.payload)
    projector.apply(map(decode_events, payloads))
    return bool(payloads)


class _Stop:
    """Set by SIGTERM or SIGINT; its descriptor then becomes readable."""

    def __init__(self) -> None:
        self.is_set = False
        self.descriptor, self._write = os.pipe()

    def set(self, _signal: int, _frame: FrameType | None) -> None:
        self.is_set = True
        os.write(self._write, b"!")

    def close(self) -> None:
        os.close(self.descriptor)
        os.close(self._write)


@contextmanager
def _stop_signal() -> Iterator[_Stop]:
    stop = _Stop()
    before = {number: signal.signal(number, stop.set) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        stop.close()


@contextmanager
def _opened(directory: Path) -> Iterator[Database]:
    database = Database.open(directory / FILE_NAME)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """With no projector at work; waits for one to end, ProjectorRunning if it does not."""
    descriptor = os.open(directory / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        until = time.monotonic() + LOCK_TIMEOUT_S
        while not _locked(descriptor):
            if time.monotonic() >= until:
                raise ProjectorRunning(f"{directory}: another projector is running; stop it first")
            time.sleep(LOCK_POLL_S)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait(wake: int, stop: int) -> bool:
    """For a word, a stop or LOOK_AGAIN_S; False when there will be no more words."""
    readable, _, _ = select.select([wake, stop], [], [], LOOK_AGAIN_S)
    return wake not in readable or bool(os.read(wake, WAKE_BYTES))


def _pause(until: float, stop: int) -> None:
    select.select([stop], [], [], max(0.0, until - time.monotonic()))
