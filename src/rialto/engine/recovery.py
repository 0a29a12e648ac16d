"""From a data directory to a running machine: the ordinary start is the recovery.

DIR/lock, DIR/commands/*.log with its mark, DIR/events/*.log, DIR/snapshots/*.snapshot. The command
log is the truth: newest good snapshot, then every command after it; the event log is completed on
the way.
"""

import fcntl
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rialto._core import Exchange, core_version
from rialto.engine.errors import DirectoryInUse, LogDamaged
from rialto.engine.event_log import EventLog
from rialto.engine.limits import REPLAY_COMMANDS_PER_RECORD, EngineLimits
from rialto.engine.log import Log, LogEnd
from rialto.engine.log_end import cut_event_log, prove_command_log
from rialto.engine.log_reader import read_records
from rialto.engine.mark import Acknowledged, Mark, read_mark
from rialto.engine.records import Stamp
from rialto.engine.segments import FILE_MODE, PreparedSegments, sync_directory
from rialto.engine.snapshots import Snapshot, read_snapshot, remove_unfinished, snapshot_paths

log = logging.getLogger(__name__)

LOCK_NAME = "lock"


@dataclass(slots=True)
class Recovered:
    """Everything the sequencer goes on from. replay_cost: what a start right now would replay."""

    core: Exchange
    command_log: Log
    event_log: EventLog
    mark: Mark
    epoch: int
    replay_cost: int


@dataclass(frozen=True, slots=True)
class Directories:
    root: Path

    @property
    def commands(self) -> Path:
        return self.root / "commands"

    @property
    def events(self) -> Path:
        return self.root / "events"

    @property
    def snapshots(self) -> Path:
        return self.root / "snapshots"

    def create(self) -> None:
        for directory in (self.commands, self.events, self.snapshots):
            directory.mkdir(parents=True, exist_ok=True)
        sync_directory(self.root)
        sync_directory(self.root.parent)


def lock_directory(root: Path) -> int:
    """The descriptor that holds the lock until it is closed or the process ends. DirectoryInUse
    if another has it.
    """
    root.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(root / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
        os.close(descriptor)
        raise DirectoryInUse(
            f"{root} is in use by another process (pid {holder}). "
            "Stop it, or choose another directory."
        ) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor


def recover(root: Path, limits: EngineLimits) -> Recovered:
    """Under the lock. LogDamaged if what was acknowledged cannot be had whole."""
    directories = Directories(root)
    directories.create()
    remove_unfinished(directories.snapshots)
    snapshots = snapshot_paths(directories.snapshots)
    newest = next(_readable(snapshots), None)
    known = {newest.sequence: newest.chain} if newest else {}
    found = read_mark(directories.commands)
    end = prove_command_log(directories.commands, found, known)
    event_end = cut_event_log(directories.events, newest.sequence if newest else 0)
    if event_end.sequence > end.sequence:
        raise LogDamaged(
            f"{directories.commands}: ends at sequence {end.sequence}, but events up to "
            f"{event_end.sequence} were published. "
            "Restore its last file from a copy and start again."
        )
    epoch = 1 + max(
        end.epoch,
        newest.epoch if newest else 0,
        found.acknowledged.epoch if found.acknowledged else 0,
    )
    version = core_version()
    event_log = EventLog(directories.events, event_end, limits.segment_bytes, version)
    try:
        core, cost = _replay(directories, end, event_log)
    except BaseException:
        event_log.abandon()
        raise
    segments = PreparedSegments(directories.commands, limits.segment_bytes)
    command_log = Log(directories.commands, end, segments, version)
    mark = Mark(directories.commands, Acknowledged(epoch, end.sequence, end.chain))
    log.info("recovered to sequence %d, epoch %d", end.sequence, epoch)
    return Recovered(core, command_log, event_log, mark, epoch, cost)


def _readable(paths: list[Path]) -> Iterator[Snapshot]:
    for path in paths:
        snapshot = read_snapshot(path)
        if snapshot is None:
            log.warning("%s: damaged, passed over for an older one", path)
        else:
            yield snapshot


def _restore(paths: list[Path], sequence_max: int) -> Exchange:
    """The core of the newest good snapshot that is not beyond a sequence, or a new one."""
    for snapshot in _readable([path for path in paths if int(path.stem) <= sequence_max]):
        try:
            core = Exchange.restore(snapshot.state)
        except ValueError as error:
            log.warning("snapshot %d: %s, passed over for an older one", snapshot.sequence, error)
            continue
        if core.sequence == snapshot.sequence:
            return core
        log.warning("snapshot %d: is of sequence %d", snapshot.sequence, core.sequence)
    return Exchange()


def _replay(directories: Directories, end: LogEnd, event_log: EventLog) -> tuple[Exchange, int]:
    """The core after every command of the log, and what that cost; missing events are appended
    on the way.
    """
    paths = snapshot_paths(directories.snapshots)
    core = _restore(paths, min(end.sequence, event_log.sequence))
    cost = 0
    for record in read_records(directories.commands, core.sequence, until=end.sequence):
        events = core.apply(record.first_sequence, record.time_us, record.payload)
        if core.sequence != record.last_sequence:
            raise LogDamaged(
                f"{directories.commands}: the record of sequence {record.first_sequence} does not "
                f"hold the {record.count} commands it says. "
                "Another version wrote it, or it is damaged."
            )
        cost += record.count + REPLAY_COMMANDS_PER_RECORD
        if record.last_sequence > event_log.sequence:
            stamp = Stamp(record.first_sequence, record.count, record.epoch, record.time_us)
            event_log.note(event_log.append(stamp, [events]))
    return core, cost
