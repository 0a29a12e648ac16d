"""Every byte of a small log flipped or cut: noticed, and never silently dropped."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from rialto.engine.errors import LogDamaged
from rialto.engine.log import Log, LogEnd
from rialto.engine.log_end import prove_command_log
from rialto.engine.mark import Acknowledged, MarkFound
from rialto.engine.records import HEADER_BYTES, Stamp
from rialto.engine.segments import SEGMENT_HEADER_BYTES, PreparedSegments, segment_paths

SEGMENT_BYTES = 1024
RECORDS = 22  # over three segments, the last with room left


@dataclass
class SmallLog:
    """A log on disk with what is known of it: the end, and where the last record begins."""

    directory: Path
    contents: dict[Path, bytes]
    ends: list[LogEnd]  # after each record

    @property
    def end(self) -> LogEnd:
        return self.ends[-1]

    def mark(self, records: int = RECORDS) -> MarkFound:
        end = self.ends[records]
        return MarkFound(Acknowledged(1, end.sequence, end.chain), 0)

    def restore(self) -> None:
        for path in segment_paths(self.directory):
            path.unlink()
        for path, content in self.contents.items():
            path.write_bytes(content)

    def outcome(self, mark: MarkFound, caplog: pytest.LogCaptureFixture) -> tuple[int, bool]:
        """(the last sequence, whether anything was said); LogDamaged counts as sequence -1."""
        caplog.clear()
        try:
            end = prove_command_log(self.directory, mark, {})
        except LogDamaged as damage:
            return -1, "restore" in str(damage).lower()
        return end.sequence, bool(caplog.records)


@pytest.fixture
def small(tmp_path: Path) -> SmallLog:
    log = Log(tmp_path, LogEnd(), PreparedSegments(tmp_path, SEGMENT_BYTES), "test")
    ends = [LogEnd()]
    for number in range(RECORDS):
        log.append(Stamp(log.sequence + 1, 2, 1, number), [bytes([number + 1]) * 48])
        ends.append(LogEnd(log.sequence, 1, log.chain, log.segment, log.position))
    log.close()
    contents = {path: path.read_bytes() for path in segment_paths(tmp_path)}
    assert len(contents) == 3
    return SmallLog(tmp_path, contents, ends)


def used_bytes(small: SmallLog, path: Path) -> int:
    """How much of a segment is header and records."""
    return max(end.offset for end in small.ends if end.segment == path)


def test_each_flipped_byte_of_what_was_acknowledged_refuses(
    small: SmallLog, caplog: pytest.LogCaptureFixture
) -> None:
    for path, content in small.contents.items():
        used = used_bytes(small, path)
        for place in range(len(content)):
            flipped = bytearray(content)
            flipped[place] ^= 1 << place % 8
            path.write_bytes(flipped)
            expected = (-1, True) if place < used else (small.end.sequence, True)
            assert small.outcome(small.mark(), caplog) == expected, (path.name, place)
        path.write_bytes(content)


def test_each_cut_into_what_was_acknowledged_refuses(
    small: SmallLog, caplog: pytest.LogCaptureFixture
) -> None:
    for path, content in small.contents.items():
        used = used_bytes(small, path)
        for size in range(len(content)):
            path.write_bytes(content[:size])
            expected = -1 if size < used else small.end.sequence
            assert small.outcome(small.mark(), caplog)[0] == expected, (path.name, size)
        path.write_bytes(content)


def test_a_torn_last_record_is_dropped_whatever_part_of_it_was_written(
    small: SmallLog, caplog: pytest.LogCaptureFixture
) -> None:
    path, content = small.end.segment, small.contents[small.end.segment or Path()]
    assert path is not None
    before = small.ends[-2]
    for place in range(before.offset, small.end.offset):
        path.write_bytes(content[:place] + bytes(len(content) - place))
        said = any(content[before.offset : place])
        assert small.outcome(small.mark(RECORDS - 1), caplog) == (before.sequence, said)
        head = SEGMENT_HEADER_BYTES if place < before.offset + HEADER_BYTES else HEADER_BYTES
        holes = content[: before.offset + head] + bytes(48) + content[before.offset + head + 48 :]
        path.write_bytes(holes)
        assert small.outcome(small.mark(RECORDS - 1), caplog) == (before.sequence, True)
        assert path.read_bytes()[before.offset :] == bytes(len(content) - before.offset)


def test_a_whole_record_that_was_not_acknowledged_stays(
    small: SmallLog, caplog: pytest.LogCaptureFixture
) -> None:
    assert small.outcome(small.mark(RECORDS - 1), caplog) == (small.end.sequence, False)


def test_without_a_mark_a_clean_end_starts_and_a_torn_one_does_not(
    small: SmallLog, caplog: pytest.LogCaptureFixture
) -> None:
    none = MarkFound(None, 2)
    assert small.outcome(none, caplog) == (small.end.sequence, True)
    path = small.end.segment
    assert path is not None
    content = bytearray(small.contents[path])
    content[small.end.offset - 1] ^= 1
    path.write_bytes(content)
    assert small.outcome(none, caplog) == (-1, True)


def swapped(content: bytes, first: int, second: int, size: int) -> bytes:
    one, two = content[first : first + size], content[second : second + size]
    return content[:first] + two + content[first + size : second] + one + content[second + size :]


def test_records_moved_repeated_zeroed_or_of_an_older_copy_refuse(
    small: SmallLog, caplog: pytest.LogCaptureFixture
) -> None:
    size = HEADER_BYTES + 48
    path = next(iter(small.contents))
    content = small.contents[path]
    first, second = SEGMENT_HEADER_BYTES, SEGMENT_HEADER_BYTES + size
    last = small.end.segment
    assert last is not None
    damaged = {
        "swapped": (path, swapped(content, first, second, size)),
        "repeated": (path, content[:second] + content[first:second] + content[second + size :]),
        "zeroed": (path, bytes(len(content))),
        "older": (last, small.contents[last][: small.ends[-2].offset].ljust(SEGMENT_BYTES, b"\0")),
    }
    for name, (where, bad) in damaged.items():
        where.write_bytes(bad)
        assert small.outcome(small.mark(), caplog)[0] == -1, name
        small.restore()
    for path in small.contents:
        path.unlink()
        assert small.outcome(small.mark(), caplog)[0] == -1, f"without {path.name}"
        small.restore()


def test_another_history_with_the_same_sequences_refuses(
    small: SmallLog, caplog: pytest.LogCaptureFixture
) -> None:
    mark = MarkFound(Acknowledged(1, small.end.sequence, b"another chain..."), 0)
    assert small.outcome(mark, caplog)[0] == -1
    with pytest.raises(LogDamaged, match="another history"):
        prove_command_log(small.directory, small.mark(), {2: b"another chain..."})
