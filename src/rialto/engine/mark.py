"""The mark: which record was acknowledged last. Without it, a damaged last record looks like a
torn one.

Two slots in two pages, written in turn after each flush of the log and before the answers, so a
torn write of one leaves the other. The write is not flushed by itself: it outlives the process at
once, and a loss of power when the writer has been idle for a moment or the log was closed
(docs/decisions: torn tail or damage).
"""

import os
from dataclasses import dataclass
from pathlib import Path
from struct import Struct

from google_crc32c import value

from rialto.engine.records import NO_CHAIN
from rialto.engine.segments import FILE_MODE, opened, sync_directory, write_all

NAME = "mark"
MAGIC = b"RMRK"
SLOT = Struct("<4sIQ16s")
CRC = Struct("<I")
SLOT_BYTES = SLOT.size + CRC.size
SLOT_STRIDE_BYTES = 4096
SLOTS = 2


@dataclass(frozen=True, slots=True, order=True)
class Acknowledged:
    """Every command up to sequence is durable, and the chain of its record is this."""

    epoch: int
    sequence: int
    chain: bytes = NO_CHAIN

    def encode(self) -> bytes:
        body = SLOT.pack(MAGIC, self.epoch, self.sequence, self.chain)
        return body + CRC.pack(value(body))


def _decode(slot: bytes) -> Acknowledged | None:
    if len(slot) != SLOT_BYTES or CRC.unpack_from(slot, SLOT.size)[0] != value(slot[: SLOT.size]):
        return None
    magic, epoch, sequence, chain = SLOT.unpack_from(slot)
    return Acknowledged(epoch, sequence, chain) if magic == MAGIC else None


@dataclass(frozen=True, slots=True)
class MarkFound:
    """acknowledged: the newest readable slot, None if there is none. damaged: how many slots
    are not readable.
    """

    acknowledged: Acknowledged | None
    damaged: int


def read_mark(directory: Path) -> MarkFound:
    try:
        with opened(directory / NAME, os.O_RDONLY) as descriptor:
            slots = [
                os.pread(descriptor, SLOT_BYTES, place * SLOT_STRIDE_BYTES)
                for place in range(SLOTS)
            ]
    except FileNotFoundError:
        return MarkFound(None, SLOTS)
    readable = [found for slot in slots if (found := _decode(slot)) is not None]
    return MarkFound(max(readable, default=None), SLOTS - len(readable))


class Mark:
    """The file being written. One thread at a time."""

    def __init__(self, directory: Path, acknowledged: Acknowledged) -> None:
        """Starts the file over with what recovery found; durable when this returns."""
        unnamed = directory / (NAME + ".tmp")
        with opened(unnamed, os.O_RDWR | os.O_CREAT | os.O_TRUNC) as descriptor:
            for place in range(SLOTS):
                write_all(descriptor, [acknowledged.encode()], place * SLOT_STRIDE_BYTES)
            os.fsync(descriptor)
        os.rename(unnamed, directory / NAME)
        sync_directory(directory)
        self._descriptor = os.open(directory / NAME, os.O_RDWR | os.O_CLOEXEC, FILE_MODE)
        self._place = 0
        self.synced = True

    def write(self, acknowledged: Acknowledged) -> None:
        self._place = (self._place + 1) % SLOTS
        write_all(self._descriptor, [acknowledged.encode()], self._place * SLOT_STRIDE_BYTES)
        self.synced = False

    def sync(self) -> None:
        os.fdatasync(self._descriptor)
        self.synced = True

    def close(self) -> None:
        self.sync()
        os.close(self._descriptor)
