"""Reads a log from a sequence on, also one that another process is writing.

In:  a directory of segments, whole or growing, filled ahead with zeros or not.
Out: whole records, each proved by its CRCs and by its place in the chain; never a part of one.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from rialto.engine.errors import LogDamaged
from rialto.engine.records import (
    HEADER_BYTES,
    NO_CHAIN,
    Record,
    decode_record,
    find_record,
    payload_size,
)
from rialto.engine.segments import (
    SEGMENT_HEADER_BYTES,
    decode_segment_header,
    first_sequence_of,
    segment_path,
    segment_paths,
)

READ_BYTES = 1 << 20


class LogTail:
    """Follows a log: read() gives what has been appended since the last call, [] if nothing."""

    def __init__(self, directory: Path, after_sequence: int) -> None:
        self.directory = directory
        self.sequence = after_sequence  # of the last command read
        self._last = 0  # the last sequence before the position
        self._chain = NO_CHAIN
        self._position = 0
        self._position_moved = False
        self._descriptor = -1
        self._path: Path | None = None

    def read(self) -> list[Record]:
        """The next whole records, about READ_BYTES of them at most (one record if it is larger).

        LogDamaged if what stands at the position cannot become the next record any more.
        """
        while self._descriptor >= 0 or self._open_first():
            found = self._read_segment()
            if found:
                return found
            if self._position_moved:
                continue
            if not self._open_next():
                return []
        return []

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _open_first(self) -> bool:
        """The segment that holds the next sequence, if there is any yet."""
        paths = segment_paths(self.directory)
        place = sum(first_sequence_of(path) <= self.sequence + 1 for path in paths) - 1
        if place < 0:
            if paths:
                raise LogDamaged(
                    f"{self.directory}: the log begins at sequence {first_sequence_of(paths[0])}, "
                    f"but {self.sequence + 1} is asked for. Restore the missing files from a copy."
                )
            return False
        self._open(paths[place])
        return True

    def _open_next(self) -> bool:
        path = segment_path(self.directory, self._last + 1)
        if path == self._path or not path.exists():
            return False
        before = self._chain
        self.close()
        self._open(path)
        if self._chain != before:
            raise LogDamaged(
                f"{path}: does not continue the log at sequence {self._last + 1}. "
                "Restore the file before it, or this one, from a copy."
            )
        return True

    def _open(self, path: Path) -> None:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            header = decode_segment_header(path, os.pread(descriptor, SEGMENT_HEADER_BYTES, 0))
        except LogDamaged:
            os.close(descriptor)
            raise
        self._descriptor, self._path = descriptor, path
        self._last, self._chain = header.first_sequence - 1, header.chain
        self._position = SEGMENT_HEADER_BYTES

    def _read_segment(self) -> list[Record]:
        found: list[Record] = []
        start, offset = self._position, 0
        buffer = self._bytes_ahead()
        while (record := decode_record(buffer, offset)) is not None and self._follows(record):
            offset += record.size
            self._last, self._chain = record.last_sequence, record.chain
            if record.last_sequence > self.sequence:
                found.append(record)
        self._position = start + offset
        self._position_moved = offset > 0
        if found:
            self.sequence = self._last
        elif not self._position_moved and find_record(buffer, 0) is not None:
            self._refuse_unless_whole_now()
        return found

    def _follows(self, record: Record) -> bool:
        return record.first_sequence == self._last + 1 and record.previous == self._chain

    def _bytes_ahead(self) -> bytes:
        buffer = os.pread(self._descriptor, READ_BYTES, self._position)
        size = payload_size(buffer[:HEADER_BYTES])
        if size is not None and HEADER_BYTES + size > len(buffer) == READ_BYTES:
            buffer = os.pread(self._descriptor, HEADER_BYTES + size, self._position)
        return buffer

    def _refuse_unless_whole_now(self) -> None:
        # A later record is whole, so the one before it was written whole: it may have been half
        # there when its bytes were copied, but not any more.
        record = decode_record(self._bytes_ahead(), 0)
        if record is None or not self._follows(record):
            raise LogDamaged(
                f"{self._path}: the record of sequence {self._last + 1} at byte "
                f"{self._position} is damaged. Restore this file from a copy and start again."
            )


def read_records(
    directory: Path, after_sequence: int, until: int | None = None
) -> Iterator[Record]:
    """The records with commands after a sequence, as far as the log goes now.

    With until: up to the record that holds it, and LogDamaged if the log does not reach it.
    """
    tail = LogTail(directory, after_sequence)
    try:
        while until is None or tail.sequence < until:
            records = tail.read()
            if not records:
                break
            yield from records
        if until is not None and tail.sequence < until:
            raise LogDamaged(
                f"{directory}: the log ends at sequence {tail.sequence}, but {until} was written. "
                "Restore its last file from a copy and start again."
            )
    finally:
        tail.close()
