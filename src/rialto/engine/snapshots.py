"""States of the core on disk, to start from instead of from nothing.

DIR/<sequence, 20 digits>.snapshot: a header, then the core's own bytes. Written aside, synced,
renamed, directory synced. The newest SNAPSHOTS_KEPT stay; one that is damaged is passed over for
the one before it.

    0  8s  magic      12 u32 epoch     24 u64 time_us   48 u64 bytes of the state
    8  u32 format     16 u64 sequence  32 16s chain     56 32s BLAKE2b-32 of all the rest
"""

import os
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from struct import Struct

from rialto.engine.segments import opened, sync_directory, write_all

MAGIC = b"RIALTOSN"
FORMAT = 1
HEADER = Struct("<8sIIQQ16sQ")
DIGEST_BYTES = 32
SUFFIX = ".snapshot"
SNAPSHOTS_KEPT = 3


@dataclass(frozen=True, slots=True)
class Snapshot:
    """state: the core after sequence; chain: of the command record that ends there."""

    sequence: int
    epoch: int
    time_us: int
    chain: bytes
    state: bytes


def snapshot_path(directory: Path, sequence: int) -> Path:
    return directory / f"{sequence:020d}{SUFFIX}"


def snapshot_paths(directory: Path) -> list[Path]:
    """Newest first."""
    return sorted(directory.glob("[0-9]" * 20 + SUFFIX), reverse=True)


def _header(snapshot: Snapshot) -> bytes:
    return HEADER.pack(
        MAGIC,
        FORMAT,
        snapshot.epoch,
        snapshot.sequence,
        snapshot.time_us,
        snapshot.chain,
        len(snapshot.state),
    )


def _digest(header: bytes, state: bytes) -> bytes:
    digest = blake2b(header, digest_size=DIGEST_BYTES)
    digest.update(state)
    return digest.digest()


def write_snapshot(directory: Path, snapshot: Snapshot) -> Path:
    """Durable under its name when this returns; then older ones beyond SNAPSHOTS_KEPT are
    removed.
    """
    header = _header(snapshot)
    path = snapshot_path(directory, snapshot.sequence)
    unnamed = path.with_suffix(".tmp")
    with opened(unnamed, os.O_RDWR | os.O_CREAT | os.O_TRUNC) as descriptor:
        digest = _digest(header, snapshot.state)
        write_all(descriptor, [header, digest, snapshot.state], 0)
        os.fsync(descriptor)
    os.rename(unnamed, path)
    sync_directory(directory)
    for old in snapshot_paths(directory)[SNAPSHOTS_KEPT:]:
        old.unlink()
    return path


def read_snapshot(path: Path) -> Snapshot | None:
    """None if it is damaged, or of another format."""
    with path.open("rb") as file:
        header, digest = file.read(HEADER.size), file.read(DIGEST_BYTES)
        state = file.read()
    if len(digest) != DIGEST_BYTES or digest != _digest(header, state):
        return None
    magic, format_, epoch, sequence, time_us, chain, size = HEADER.unpack(header)
    if (magic, format_, size) != (MAGIC, FORMAT, len(state)):
        return None
    return Snapshot(sequence, epoch, time_us, chain, state)


def remove_unfinished(directory: Path) -> None:
    """What a crash left half-written."""
    for unnamed in directory.glob("*.tmp"):
        unnamed.unlink()
