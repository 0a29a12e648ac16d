"""The events of every command, in a log of the same form as the commands', one record per batch.

It is appended after the batch is durable and before anyone hears of it, and flushed only before a
snapshot: what a crash takes from its end, replay writes again, byte for byte.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from collections.abc import Sequence as Run
from pathlib import Path
from typing import BinaryIO

import msgspec

from rialto.engine.errors import LogDamaged
from rialto.engine.log import Log, LogEnd
from rialto.engine.log_reader import read_records
from rialto.engine.records import HEADER, HEADER_BYTES, Record, Stamp, decode_record, payload_size
from rialto.engine.segments import (
    SEGMENT_HEADER_BYTES,
    GrowingSegments,
    first_sequence_of,
    segment_paths,
)
from rialto.messages.codec import EVENT_HEADER, decode_events
from rialto.messages.events import Event

INDEX_STRIDE_BYTES = 64 << 10
INDEXED_SEGMENTS_MAX = 32


class _SegmentIndex:
    """Where some of the records of one segment stand: one in INDEX_STRIDE_BYTES."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._sequences: list[int] = []
        self._offsets: list[int] = []
        self._end = SEGMENT_HEADER_BYTES  # noted up to here

    def note(self, first_sequence: int, offset: int, size: int) -> None:
        """The next record; ignored if the one before it was not noted."""
        if offset != self._end:
            return
        self._end = offset + size
        if not self._offsets or offset - self._offsets[-1] >= INDEX_STRIDE_BYTES:
            self._sequences.append(first_sequence)
            self._offsets.append(offset)

    def find(self, sequence: int) -> Record | None:
        """The record that holds a sequence."""
        with self.path.open("rb") as file:
            self._note_rest(file)
            place = bisect_right(self._sequences, sequence) - 1
            if place < 0:
                return None
            offset = self._offsets[place]
            while (head := _read_head(file, offset)) is not None:
                first, count, size = head
                if sequence < first + count:
                    file.seek(offset)
                    return decode_record(file.read(size), 0)
                offset += size
        return None

    def _note_rest(self, file: BinaryIO) -> None:
        while (head := _read_head(file, self._end)) is not None:
            self.note(head[0], self._end, head[2])


def _read_head(file: BinaryIO, offset: int) -> tuple[int, int, int] | None:
    """First sequence, count and size of the record at an offset."""
    file.seek(offset)
    header = file.read(HEADER_BYTES)
    size = payload_size(header)
    if size is None:
        return None
    _, _, first, count, *_ = HEADER.unpack_from(header)
    return first, count, HEADER_BYTES + size


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where the events of a batch stand."""

    segment: Path
    stamp: Stamp
    offset: int
    size: int


class EventLog:
    """append on one thread; note, events_of and read on another; sync beside both."""

    def __init__(self, directory: Path, end: LogEnd, segment_bytes: int, core_version: str) -> None:
        self.directory = directory
        self._log = Log(directory, end, GrowingSegments(directory, segment_bytes), core_version)
        self.sequence = end.sequence  # of the last command whose events can be looked up
        self._paths = segment_paths(directory)
        self._indexes: OrderedDict[Path, _SegmentIndex] = OrderedDict()

    def append(self, stamp: Stamp, frames: Run[bytes]) -> Place:
        """Write the events of a batch; they can be looked up once the place has been noted."""
        offset = self._log.append(stamp, frames)
        assert self._log.segment is not None
        return Place(self._log.segment, stamp, offset, self._log.position - offset)

    def note(self, place: Place) -> None:
        """On the thread that looks events up."""
        self.sequence = place.stamp.first_sequence + place.stamp.count - 1
        if place.segment != self._paths[-1]:
            self._paths.append(place.segment)
        index = self._index_of(place.segment)
        index.note(place.stamp.first_sequence, place.offset, place.size)

    def sync(self) -> None:
        """Make everything appended before this call durable; may run beside append."""
        self._log.sync()

    def close(self) -> None:
        self._log.close()

    def abandon(self) -> None:
        """Close without a flush: what is missing is written again from the command log."""
        self._log.abandon()

    def events_of(self, sequence: int) -> list[Event]:
        """The events of one command that is in the log."""
        if not 1 <= sequence <= self.sequence:
            raise LookupError(f"no sequence {sequence}, the log ends at {self.sequence}")
        path = self._paths[bisect_right(self._paths, sequence, key=first_sequence_of) - 1]
        record = self._index_of(path).find(sequence)
        if record is None:
            raise LogDamaged(
                f"{path}: the events of sequence {sequence} are damaged. Stop, remove the "
                "events directory and start again: they are written anew."
            )
        return decode_events(_frames_of(record.payload, sequence))

    def read(self, after_sequence: int) -> Iterator[list[Event]]:
        """The events after a sequence, a batch at a time, as far as the log goes now."""
        for record in read_records(self.directory, after_sequence):
            if record.first_sequence > self.sequence:
                return  # appended, and about to be published
            events = decode_events(record.payload)
            if record.first_sequence <= after_sequence:
                events = [event for event in events if event.sequence > after_sequence]
            yield events

    def _index_of(self, path: Path) -> _SegmentIndex:
        index = self._indexes.get(path)
        if index is None:
            index = self._indexes[path] = _SegmentIndex(path)
            if len(self._indexes) > INDEXED_SEGMENTS_MAX:
                self._indexes.popitem(last=False)
        self._indexes.move_to_end(path)
        return index


def _frames_of(payload: bytes, sequence: int) -> bytes:
    """The run of event frames of one command."""
    offset, start = 0, -1
    while offset < len(payload):
        length, _, _, _, of_sequence, _ = EVENT_HEADER.unpack_from(payload, offset)
        if of_sequence == sequence and start < 0:
            start = offset
        elif of_sequence > sequence:
            break
        offset += length
    return payload[start:offset]
