"""The writing end of a log. One record is one batch: it is framed, checked, flushed and
acknowledged as one.

A log opens at the end that log_end.py found and proved; from there on it is only appended to.
One thread appends; sync may run beside it. An OSError from any method is final: nothing may be
appended after it.
"""

import os
from collections.abc import Sequence as Run
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Protocol

from rialto.engine.records import HEADER_BYTES, NO_CHAIN, Stamp, chain_of, encode_header
from rialto.engine.segments import (
    SEGMENT_HEADER_BYTES,
    SegmentHeader,
    segment_path,
    write_all,
)


@dataclass(frozen=True, slots=True)
class LogEnd:
    """Where a log ends: the last sequence, its epoch and chain, and the place of the next
    record.
    """

    sequence: int = 0
    epoch: int = 0
    chain: bytes = NO_CHAIN
    segment: Path | None = None
    offset: int = 0


class Segments(Protocol):
    """Where new segments come from: PreparedSegments or GrowingSegments."""

    segment_bytes: int

    def open_next(self, header: SegmentHeader, record_bytes: int) -> tuple[int, int]: ...
    def prepare(self) -> None: ...
    def close(self) -> None: ...


class Log:
    def __init__(self, directory: Path, end: LogEnd, segments: Segments, core_version: str) -> None:
        self.directory = directory
        self.sequence = end.sequence
        self.chain = end.chain
        self.position = end.offset
        self.segment = end.segment
        self._segments = segments
        self._core_version = core_version
        self._descriptor = -1
        self._size = 0
        self._switching = Lock()  # between segments, append on one thread and sync on another
        self._unsynced: list[int] = []  # full segments whose last flush is still to come
        if end.segment is not None:
            self._descriptor = os.open(end.segment, os.O_RDWR | os.O_CLOEXEC)
            self._size = max(segments.segment_bytes, end.offset)
        else:
            self._open_segment(0)
        segments.prepare()

    def append(self, stamp: Stamp, payload: Run[bytes]) -> int:
        """Write one record behind the last, not yet durable; the offset where it stands in its
        segment.
        """
        assert stamp.first_sequence == self.sequence + 1, (stamp, self.sequence)
        header = encode_header(stamp, self.chain, payload)
        size = HEADER_BYTES + sum(map(len, payload))
        if self.position + size > self._size:
            with self._switching:
                full = self._descriptor
                self._open_segment(size)
                self._unsynced.append(full)
            self._segments.prepare()
        offset = self.position
        write_all(self._descriptor, [header, *payload], offset)
        self.position += size
        self.sequence += stamp.count
        self.chain = chain_of(header)
        return offset

    def sync(self) -> None:
        """Make everything appended before this call durable; may run beside append."""
        with self._switching:
            current = self._descriptor
            full, self._unsynced = self._unsynced, []
        os.fdatasync(current)
        for descriptor in full:
            os.fdatasync(descriptor)
            os.close(descriptor)

    def close(self) -> None:
        self._segments.close()
        self.sync()
        os.close(self._descriptor)

    def abandon(self) -> None:
        """After a failure: flush nothing, since a flush that succeeds now would prove nothing."""
        self._segments.close()
        for descriptor in [*self._unsynced, self._descriptor]:
            os.close(descriptor)

    def _open_segment(self, record_bytes: int) -> None:
        first = self.sequence + 1
        header = SegmentHeader(first, self.chain, self._core_version)
        self._descriptor, self._size = self._segments.open_next(header, record_bytes)
        self.segment = segment_path(self.directory, first)
        self.position = SEGMENT_HEADER_BYTES
