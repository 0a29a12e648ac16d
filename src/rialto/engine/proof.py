"""Proof of a stopped data directory: every command again from nothing, against all that is kept.

In:  the command log, the event log and the snapshots.
Out: how much was compared, and every difference in words.
Never: a change on disk.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rialto._core import Exchange
from rialto.engine.errors import LogDamaged
from rialto.engine.log_reader import read_records
from rialto.engine.mark import read_mark
from rialto.engine.records import Record
from rialto.engine.recovery import Directories
from rialto.engine.snapshots import Snapshot, read_snapshot, snapshot_paths

DIFFERENCES_MAX = 100  # then it is clear enough


Core = Exchange  # for those who look at one and may not import it
Look = Callable[[Core], None]


@dataclass(slots=True)
class Proof:
    """core: after the last command. differences: empty if everything agrees."""

    core: Exchange = field(default_factory=Exchange)
    records: int = 0
    event_bytes: int = 0
    events_sequence: int = 0  # the last command whose events were compared
    snapshots: list[int] = field(default_factory=list)  # compared, by sequence
    differences: list[str] = field(default_factory=list)

    def differ(self, what: str) -> None:
        if len(self.differences) < DIFFERENCES_MAX:
            self.differences.append(what)


def prove(root: Path, looks: Mapping[int, Look] | None = None) -> Proof:
    """Replay the command log from nothing and compare as it goes.

    looks are called with the core when it is exactly at their sequence, between two batches.
    """
    proof, directories = Proof(), Directories(root)
    snapshots = _snapshots(directories.snapshots, proof)
    try:
        for record in _replayed(directories, proof):
            snapshot = snapshots.get(record.last_sequence)
            if snapshot is not None:
                _compare_snapshot(snapshot, record, proof)
            if looks and record.last_sequence in looks:
                looks[record.last_sequence](proof.core)
    except LogDamaged as damage:
        proof.differ(str(damage))
    _compare_mark(directories, proof)
    for sequence in sorted(set(snapshots) - set(proof.snapshots)):
        proof.differ(f"snapshot {sequence}: no batch of the command log ends there")
    if snapshots and not proof.differences:
        _compare_start(directories, snapshots[max(snapshots)], proof)
    return proof


def _snapshots(directory: Path, proof: Proof) -> dict[int, Snapshot]:
    found: dict[int, Snapshot] = {}
    for path in snapshot_paths(directory):
        snapshot = read_snapshot(path)
        if snapshot is None:
            proof.differ(f"{path}: damaged")
        else:
            found[snapshot.sequence] = snapshot
    return found


def _replayed(directories: Directories, proof: Proof) -> Iterator[Record]:
    """Every command record, after the core has applied it and its events were compared."""
    stored = read_records(directories.events, 0)
    for record in read_records(directories.commands, 0):
        events = proof.core.apply(record.first_sequence, record.time_us, record.payload)
        if proof.core.sequence != record.last_sequence:
            proof.differ(f"sequence {record.first_sequence}: not {record.count} commands")
        kept = next(stored, None)
        if kept is not None:
            if (kept.first_sequence, kept.payload) != (record.first_sequence, events):
                proof.differ(f"sequence {record.first_sequence}: other events than were published")
            proof.event_bytes += len(kept.payload)
            proof.events_sequence = kept.last_sequence
        proof.records += 1
        yield record
    if next(stored, None) is not None:
        proof.differ("the event log goes on behind the last command")


def _compare_snapshot(snapshot: Snapshot, record: Record, proof: Proof) -> None:
    proof.snapshots.append(snapshot.sequence)
    if snapshot.chain != record.chain:
        proof.differ(f"snapshot {snapshot.sequence}: of another command log")
    if snapshot.state != proof.core.snapshot():
        proof.differ(f"snapshot {snapshot.sequence}: another state than a replay reaches")


def _compare_mark(directories: Directories, proof: Proof) -> None:
    acknowledged = read_mark(directories.commands).acknowledged
    if acknowledged is not None and acknowledged.sequence > proof.core.sequence:
        proof.differ(
            f"sequence {acknowledged.sequence} was acknowledged, "
            f"but the command log ends at {proof.core.sequence}"
        )


def _compare_start(directories: Directories, snapshot: Snapshot, proof: Proof) -> None:
    """The ordinary start, from the last snapshot, must reach the same state."""
    core = Exchange.restore(snapshot.state)
    for record in read_records(directories.commands, snapshot.sequence):
        core.apply(record.first_sequence, record.time_us, record.payload)
    if core.state_hash() != proof.core.state_hash():
        proof.differ(f"from snapshot {snapshot.sequence} on, a replay ends in another state")
