"""Where a log ends after a crash, and how a torn tail is told from damage.

Each record is flushed before the next is written, and acknowledged (mark.py) only after that. So:
    an invalid record with a valid one after it         was acknowledged: damage
    an invalid last record that the mark covers         was acknowledged: damage
    an invalid last record that the mark does not cover was being written: a torn tail, dropped
"""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rialto.engine.errors import LogDamaged
from rialto.engine.log import LogEnd
from rialto.engine.mark import MarkFound
from rialto.engine.records import decode_record, find_record
from rialto.engine.segments import (
    FILL_BYTES,
    SEGMENT_HEADER_BYTES,
    decode_segment_header,
    fill_with_zeros,
    first_sequence_of,
    opened,
    segment_paths,
    sync_directory,
    write_all,
)

VERIFY_BYTES = 64 << 20  # at least so much of the log's end is proved at every start

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Walk:
    """A position in the log, and what has been proved on the way to it."""

    end: LogEnd
    content: bytes = b""
    last_record: tuple[int, int] = (0, 0)  # its first and last byte + 1

    def enter(self, path: Path) -> None:
        """The next segment; LogDamaged if it does not begin where the one before ended."""
        content = path.read_bytes()
        header = decode_segment_header(path, content)
        last = header.first_sequence - 1
        if self.end.segment is not None and (last, header.chain) != (
            self.end.sequence,
            self.end.chain,
        ):
            raise _damaged(self.end, f"and {path.name} begins at sequence {header.first_sequence}")
        self.content = content
        self.end = LogEnd(last, self.end.epoch, header.chain, path, SEGMENT_HEADER_BYTES)
        self.last_record = (0, 0)

    def go_through(self, wanted: Mapping[int, bytes]) -> None:
        """To the first place where no record follows the one before it.

        LogDamaged if a sequence is met whose chain is not the one wanted.
        """
        sequence, chain = self.end.sequence, self.end.chain
        epoch, offset = self.end.epoch, self.end.offset
        while (record := decode_record(self.content, offset)) is not None:
            if record.first_sequence != sequence + 1 or record.previous != chain:
                break
            size = record.size
            self.last_record = (offset, offset + size)
            sequence, chain, epoch = record.last_sequence, record.chain, record.epoch
            offset += size
            if wanted.get(sequence, chain) != chain:
                raise self.of_another_history(sequence)
        self.end = LogEnd(sequence, epoch, chain, self.end.segment, offset)

    def of_another_history(self, sequence: int) -> LogDamaged:
        return LogDamaged(
            f"{self.end.segment}: sequence {sequence} is not what was acknowledged, the log is "
            "of another history. Restore the whole data directory from one copy and start again."
        )


def _damaged(end: LogEnd, why: str) -> LogDamaged:
    return LogDamaged(
        f"{end.segment or 'commands'}: the record of sequence {end.sequence + 1} at byte "
        f"{end.offset} is damaged or missing {why}. Commands from there on were acknowledged, "
        "so they are not dropped: restore this file from a copy and start again."
    )


def _is_empty(content: bytes, start: int) -> bool:
    zeros = bytes(FILL_BYTES)
    return all(
        content[offset : offset + FILL_BYTES] == zeros[: len(content) - offset]
        for offset in range(start, len(content), FILL_BYTES)
    )


def _first_to_verify(paths: list[Path], sequence: int) -> int:
    """The place of the segment that holds a sequence, or of an earlier one to reach
    VERIFY_BYTES.
    """
    place = max(0, sum(first_sequence_of(path) <= sequence for path in paths) - 1)
    behind = sum(path.stat().st_size for path in paths[place:])
    while place > 0 and behind < VERIFY_BYTES:
        place -= 1
        behind += paths[place].stat().st_size
    return place


def prove_command_log(directory: Path, mark: MarkFound, known: Mapping[int, bytes]) -> LogEnd:
    """The end of the command log, with everything torn behind it wiped out and everything before
    it durable.

    known: chains that must be met on the way, by sequence (the mark's, the snapshots'). LogDamaged
    if any record that was acknowledged is not there as it was; then nothing is changed on disk.
    """
    paths = segment_paths(directory)
    if paths and mark.damaged:
        log.warning("%s: %d of the mark's slots are damaged", directory, mark.damaged)
    wanted = dict(known)
    if mark.acknowledged:
        wanted[mark.acknowledged.sequence] = mark.acknowledged.chain
    least = max(wanted, default=0)
    walk = _Walk(LogEnd())
    if paths and first_sequence_of(paths[0]) != 1:
        raise LogDamaged(f"{directory}: the log begins at {paths[0].name}; restore what was before")
    for path in paths[_first_to_verify(paths, least) :]:
        if walk.end.segment is not None and not _is_empty(walk.content, walk.end.offset):
            log.warning("%s: bytes that belong to no record", walk.end.segment)
        walk.enter(path)
        if wanted.get(walk.end.sequence, walk.end.chain) != walk.end.chain:
            raise walk.of_another_history(walk.end.sequence)
        walk.go_through(wanted)
    if walk.end.sequence < least:
        raise _damaged(walk.end, f"although sequence {least} was acknowledged")
    if walk.end.segment is not None:
        _end_cleanly(walk, mark)
    return walk.end


def _end_cleanly(walk: _Walk, mark: MarkFound) -> None:
    assert walk.end.segment is not None
    torn = not _is_empty(walk.content, walk.end.offset)
    if torn:
        _drop_torn_tail(walk, mark)
    elif mark.acknowledged is None and walk.end.sequence > 0:
        log.warning("%s: no readable mark; the log ends cleanly", walk.end.segment)
    with opened(walk.end.segment, os.O_RDWR) as descriptor:
        # After a failed flush the last record may be in the page cache and nowhere else, marked
        # clean (fsyncgate): it is written once more, byte for byte, before anything is built on
        # it.
        first, after = walk.last_record
        if after:
            write_all(descriptor, [walk.content[first:after]], first)
        os.fdatasync(descriptor)


def _drop_torn_tail(walk: _Walk, mark: MarkFound) -> None:
    end = walk.end
    assert end.segment is not None
    if find_record(walk.content, end.offset) is not None:
        raise _damaged(end, "while a record after it is whole")
    if mark.acknowledged is None:
        raise _damaged(end, "and no mark says whether it was acknowledged")
    size = len(walk.content.rstrip(b"\0")) - end.offset
    log.warning(
        "%s: a torn record of %d bytes after sequence %d was dropped; it was never acknowledged",
        end.segment,
        size,
        end.sequence,
    )
    fill_with_zeros(end.segment, end.offset, end.offset + size)


def cut_event_log(directory: Path, from_sequence: int) -> LogEnd:
    """The end of the whole part of the event log; everything behind it is cut off, since replay
    writes it anew.

    Proved from the segment of from_sequence on, or from an earlier one.
    """
    paths = segment_paths(directory)
    walk = _Walk(LogEnd())
    place = _first_to_verify(paths, from_sequence)
    if paths and first_sequence_of(paths[0]) != 1:
        place = len(paths)  # the beginning is lost: nothing can stay
    used = 0
    for path in paths[place:]:
        try:
            walk.enter(path)
        except LogDamaged as damage:
            log.warning("events are written anew: %s", damage)
            break
        used += 1
        walk.go_through({})
    _remove_after(walk, paths[place + used :] if place < len(paths) else paths)
    if used == 0 and 0 < place < len(paths):
        return cut_event_log(directory, 0)
    return walk.end


def _remove_after(walk: _Walk, rest: list[Path]) -> None:
    for path in reversed(rest):
        path.unlink()
    end = walk.end
    if end.segment is None:
        return
    if len(walk.content) > end.offset:
        log.warning("%s: events after sequence %d are written anew", end.segment, end.sequence)
        os.truncate(end.segment, end.offset)
    with opened(end.segment, os.O_RDWR) as descriptor:
        os.fdatasync(descriptor)
    sync_directory(end.segment.parent)
