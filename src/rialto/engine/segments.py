"""The files of a log: DIR/<first sequence, 20 digits>.log, each a header and then records back to
back.

     0  8s   magic             16  u64  first sequence      40  16s  version of the core
     8  u32  format            24  16s  chain before it     56  u32  0
    12  u32  CRC32C of bytes 16..64                         60  u32  0

A segment appears under its name whole (written aside, synced, renamed, directory synced), so a
damaged header is never the mark of a crash. PreparedSegments are filled with zeros ahead of need:
overwriting costs a flush about half of what growing does (docs/decisions). GrowingSegments are for
a log that is not flushed per batch.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from threading import Thread

from google_crc32c import value

from rialto.engine.errors import LogDamaged

MAGIC = b"RIALTOLG"
FORMAT = 1
START = Struct("<8sII")
HEADER = Struct("<Q16s16s8x")
SEGMENT_HEADER_BYTES = START.size + HEADER.size
SEGMENT_BYTES = 32 << 20
FILL_BYTES = 1 << 20
FILE_MODE = 0o640
SUFFIX = ".log"
NEXT_NAME = "next.tmp"
PREPARE_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class SegmentHeader:
    first_sequence: int
    chain: bytes  # of the last record before this segment
    core_version: str

    def encode(self) -> bytes:
        body = HEADER.pack(self.first_sequence, self.chain, self.core_version.encode()[:16])
        return START.pack(MAGIC, FORMAT, value(body)) + body


def decode_segment_header(path: Path, content: bytes) -> SegmentHeader:
    """LogDamaged if it is not one, or not the one this file must have."""
    head = content[:SEGMENT_HEADER_BYTES]
    if len(head) == SEGMENT_HEADER_BYTES:
        magic, format_, crc = START.unpack_from(head)
        if (magic, format_, crc) == (MAGIC, FORMAT, value(head[START.size :])):
            first, chain, version = HEADER.unpack_from(head, START.size)
            if first == first_sequence_of(path):
                return SegmentHeader(first, chain, version.rstrip(b"\0").decode())
    raise LogDamaged(
        f"{path}: the header of the segment is damaged, so nothing from sequence "
        f"{first_sequence_of(path)} on can be trusted. "
        "Restore this file from a copy and start again."
    )


def segment_path(directory: Path, first_sequence: int) -> Path:
    return directory / f"{first_sequence:020d}{SUFFIX}"


def first_sequence_of(path: Path) -> int:
    return int(path.stem)


def segment_paths(directory: Path) -> list[Path]:
    """In order of sequence; empty if there is no log."""
    return sorted(directory.glob("[0-9]" * 20 + SUFFIX))


def sync_directory(directory: Path) -> None:
    with opened(directory, os.O_RDONLY | os.O_DIRECTORY) as descriptor:
        os.fsync(descriptor)


@contextmanager
def opened(path: Path, flags: int) -> Iterator[int]:
    descriptor = os.open(path, flags | os.O_CLOEXEC, FILE_MODE)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def write_all(descriptor: int, pieces: list[bytes], offset: int) -> None:
    """A positioned write that is whole or raises OSError."""
    written = os.pwritev(descriptor, pieces, offset)
    size = sum(map(len, pieces))
    while written < size:  # a signal or a nearly full disk cut it short; the next try tells which
        offset += written
        rest = b"".join(pieces)[-(size - written) :]
        pieces, size = [rest], size - written
        written = os.pwritev(descriptor, pieces, offset)


def publish_segment(unnamed: Path, header: SegmentHeader) -> int:
    """Give a file written aside its header and its name; an open descriptor of it."""
    directory = unnamed.parent
    descriptor = os.open(unnamed, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
    write_all(descriptor, [header.encode()], 0)
    os.fdatasync(descriptor)
    os.rename(unnamed, segment_path(directory, header.first_sequence))
    sync_directory(directory)
    return descriptor


class GrowingSegments:
    """Segments that grow by appending."""

    def __init__(self, directory: Path, segment_bytes: int) -> None:
        self.directory = directory
        self.segment_bytes = segment_bytes

    def open_next(self, header: SegmentHeader, record_bytes: int) -> tuple[int, int]:
        """A new segment that has room for a record: its descriptor and its size."""
        unnamed = self.directory / NEXT_NAME
        unnamed.unlink(missing_ok=True)
        size = max(self.segment_bytes, SEGMENT_HEADER_BYTES + record_bytes)
        return publish_segment(unnamed, header), size

    def prepare(self) -> None:
        """Nothing to do ahead."""

    def close(self) -> None:
        """Nothing is under way."""


class PreparedSegments:
    """Segments filled with zeros by a thread of their own while the one before is in use."""

    def __init__(self, directory: Path, segment_bytes: int) -> None:
        self.directory = directory
        self.segment_bytes = segment_bytes
        self._thread: Thread | None = None
        self._error: OSError | None = None
        self._closing = False

    def prepare(self) -> None:
        """Begin to fill the next segment."""
        self._thread = Thread(target=self._fill, name="rialto-segment", daemon=True)
        self._thread.start()

    def open_next(self, header: SegmentHeader, record_bytes: int) -> tuple[int, int]:
        """The prepared segment under its name: its descriptor and its size. OSError if filling
        it failed.
        """
        if self._thread is None:
            self.prepare()
        self._join()
        if self._error is not None:
            raise self._error
        size = SEGMENT_HEADER_BYTES + record_bytes
        if size > self.segment_bytes:  # one record larger than a segment: it gets room of its own
            fill_with_zeros(self.directory / NEXT_NAME, self.segment_bytes, size)
        descriptor = publish_segment(self.directory / NEXT_NAME, header)
        return descriptor, max(size, self.segment_bytes)

    def close(self) -> None:
        self._closing = True
        self._join()

    def _join(self) -> None:
        thread, self._thread = self._thread, None
        if thread is None:
            return
        thread.join(PREPARE_TIMEOUT_S)
        if thread.is_alive():
            raise TimeoutError(f"{self.directory}: no new segment within {PREPARE_TIMEOUT_S} s")

    def _fill(self) -> None:
        unnamed = self.directory / NEXT_NAME
        try:
            unnamed.unlink(missing_ok=True)
            for start in range(0, self.segment_bytes, FILL_BYTES):
                if self._closing:
                    return
                fill_with_zeros(unnamed, start, min(start + FILL_BYTES, self.segment_bytes))
        except OSError as error:
            self._error = error


def fill_with_zeros(path: Path, start: int, end: int) -> None:
    """Durable zeros from start to end, a part at a time so that other flushes get between."""
    with opened(path, os.O_RDWR | os.O_CREAT) as descriptor:
        for offset in range(start, end, FILL_BYTES):
            write_all(descriptor, [bytes(min(FILL_BYTES, end - offset))], offset)
            os.fdatasync(descriptor)
