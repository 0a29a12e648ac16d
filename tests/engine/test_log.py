"""What is appended comes back, from any sequence, over segments, while it is written and after."""

from pathlib import Path

import pytest

from rialto.engine.errors import LogDamaged
from rialto.engine.log import Log, LogEnd
from rialto.engine.log_end import prove_command_log
from rialto.engine.log_reader import LogTail, read_records
from rialto.engine.mark import Acknowledged, Mark, MarkFound, read_mark
from rialto.engine.records import HEADER_BYTES, Stamp, decode_record
from rialto.engine.segments import (
    GrowingSegments,
    PreparedSegments,
    segment_paths,
)

SEGMENT_BYTES = 4096


def new_log(directory: Path, end: LogEnd | None = None) -> Log:
    directory.mkdir(exist_ok=True)
    segments = PreparedSegments(directory, SEGMENT_BYTES)
    return Log(directory, end or LogEnd(), segments, "test")


def payload(number: int) -> bytes:
    return bytes([number % 256]) * 8 * (1 + number % 40)


def append(log: Log, records: int, count: int = 3) -> None:
    for number in range(records):
        log.append(Stamp(log.sequence + 1, count, 1, 1000 + number), [payload(number)])
        log.sync()


def test_records_come_back_from_any_sequence_on(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    append(log, 100)
    log.close()
    assert len(segment_paths(tmp_path)) > 3
    assert [r.payload for r in read_records(tmp_path, 0)] == [payload(n) for n in range(100)]
    for after in range(0, 301, 7):
        found = list(read_records(tmp_path, after))
        assert [r.first_sequence for r in found] == list(range(1 + after // 3 * 3, 301, 3))


def test_a_log_goes_on_where_it_ended(tmp_path: Path) -> None:
    end = LogEnd()
    for _ in range(5):
        log = new_log(tmp_path, end)
        append(log, 20)
        log.close()
        end = prove_command_log(
            tmp_path, MarkFound(Acknowledged(1, log.sequence, log.chain), 0), {}
        )
        assert (end.sequence, end.chain) == (log.sequence, log.chain)
    assert [r.last_sequence for r in read_records(tmp_path, 0)] == list(range(3, 301, 3))


def test_a_record_larger_than_a_segment_has_one_of_its_own(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    append(log, 3)
    large = bytes(range(256)) * 64
    log.append(Stamp(10, 1, 1, 1), [large])
    append(log, 3)
    log.close()
    assert next(read_records(tmp_path, 9)).payload == large
    assert len(list(read_records(tmp_path, 0))) == 7


@pytest.mark.parametrize("segments", [PreparedSegments, GrowingSegments])
def test_a_tail_follows_what_another_writes(
    tmp_path: Path, segments: type[PreparedSegments] | type[GrowingSegments]
) -> None:
    tail = LogTail(tmp_path, 0)
    assert tail.read() == []
    log = Log(tmp_path, LogEnd(), segments(tmp_path, SEGMENT_BYTES), "test")
    assert tail.read() == []
    seen = []
    for number in range(200):
        log.append(Stamp(log.sequence + 1, 2, 1, number), [payload(number)])
        found = tail.read()
        assert [r.payload for r in found] == [payload(number)]
        assert tail.read() == []
        seen += found
    assert tail.sequence == 400
    log.close()
    tail.close()


def test_a_tail_never_shows_a_part_of_a_record(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    append(log, 2)
    log.close()
    (path,) = segment_paths(tmp_path)
    whole = path.read_bytes()
    last = decode_record(whole, 64 + HEADER_BYTES + len(payload(0)))
    assert last is not None
    start = 64 + HEADER_BYTES + len(payload(0))
    for cut in range(start, start + last.size):
        path.write_bytes(whole[:cut] + bytes(len(whole) - cut))
        tail = LogTail(tmp_path, 0)
        assert [r.last_sequence for r in tail.read()] == [3]
        assert tail.read() == []
        path.write_bytes(whole)
        assert [r.last_sequence for r in tail.read()] == [6]
        tail.close()


def test_a_reader_refuses_damage_before_a_whole_record(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    append(log, 5)
    log.close()
    (path,) = segment_paths(tmp_path)
    content = bytearray(path.read_bytes())
    content[64 + HEADER_BYTES] ^= 1
    path.write_bytes(content)
    with pytest.raises(LogDamaged, match="sequence 1 "):
        list(read_records(tmp_path, 0))


def test_a_reader_refuses_a_log_that_begins_too_late(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    append(log, 100)
    log.close()
    segment_paths(tmp_path)[0].unlink()
    with pytest.raises(LogDamaged, match="begins at sequence"):
        list(read_records(tmp_path, 0))


def test_the_mark_keeps_the_newest_readable_slot(tmp_path: Path) -> None:
    assert read_mark(tmp_path) == MarkFound(None, 2)
    mark = Mark(tmp_path, Acknowledged(1, 0))
    assert read_mark(tmp_path) == MarkFound(Acknowledged(1, 0), 0)
    for sequence in (5, 6, 7):
        mark.write(Acknowledged(1, sequence, bytes([sequence]) * 16))
    mark.close()
    path = tmp_path / "mark"
    assert read_mark(tmp_path).acknowledged == Acknowledged(1, 7, bytes([7]) * 16)
    content = path.read_bytes()
    for place in (0, 4096):
        for byte in range(place, place + 36):
            flipped = bytearray(content)
            flipped[byte] ^= 0x10
            path.write_bytes(flipped)
            found = read_mark(tmp_path)
            assert found.damaged == 1
            assert found.acknowledged is not None
            assert found.acknowledged.sequence in (6, 7)
