"""One record: a header that names and proves its payload, and the frames of one batch.

    0  4s   magic             24  u64  time_us                 48  u32  crc32c of the payload
    4  u32  payload bytes     32  16s  chain of the record     52  u32  crc32c of bytes 0..52
    8  u64  first sequence             before this one
    16 u32  count                                              56  payload (a multiple of 8 bytes)
    20 u32  epoch

chain(record) = BLAKE2b-16 of its header, which holds the CRC of its payload and the chain before
it: so a record that is missing, moved, repeated or from another log does not fit between its
neighbours.
"""

from collections.abc import Sequence as Run
from hashlib import blake2b
from struct import Struct

import msgspec
from google_crc32c import extend, value

MAGIC = b"RREC"
HEADER = Struct("<4sIQIIQ16sI")
SIZE = HEADER_CRC = Struct("<I")
HEADER_BYTES = HEADER.size + HEADER_CRC.size
CHAIN_BYTES = 16
NO_CHAIN = bytes(CHAIN_BYTES)
RECORD_BYTES_MAX = 1 << 30
ALIGNMENT = 8


class Record(msgspec.Struct, frozen=True, gc=False):
    """payload: command frames or event frames of the commands first_sequence..last_sequence."""

    first_sequence: int
    count: int
    epoch: int
    time_us: int
    previous: bytes
    chain: bytes
    payload: bytes

    @property
    def last_sequence(self) -> int:
        return self.first_sequence + self.count - 1

    @property
    def size(self) -> int:
        return HEADER_BYTES + len(self.payload)


class Stamp(msgspec.Struct, frozen=True, gc=False):
    """What the sequencer decides about a batch before it is written."""

    first_sequence: int
    count: int
    epoch: int
    time_us: int


def chain_of(header: bytes) -> bytes:
    return blake2b(header, digest_size=CHAIN_BYTES).digest()


def encode_header(stamp: Stamp, previous: bytes, payload: Run[bytes]) -> bytes:
    """The header in front of a payload given in pieces; its bytes also make the next chain
    (chain_of).
    """
    size, crc = 0, 0
    for piece in payload:
        size += len(piece)
        crc = extend(crc, piece)
    assert 0 < size <= RECORD_BYTES_MAX and size % ALIGNMENT == 0, size
    head = HEADER.pack(
        MAGIC,
        size,
        stamp.first_sequence,
        stamp.count,
        stamp.epoch,
        stamp.time_us,
        previous,
        crc,
    )
    return head + HEADER_CRC.pack(value(head))


def decode_record(buffer: bytes, offset: int) -> Record | None:
    """The record at an offset, None if there is no whole and undamaged one."""
    start = offset + HEADER_BYTES
    header = buffer[offset:start]
    size = payload_size(header)
    if size is None:
        return None
    payload = buffer[start : start + size]
    _, _, first, count, epoch, time_us, previous, crc = HEADER.unpack_from(header)
    if len(payload) != size or value(payload) != crc:
        return None
    return Record(first, count, epoch, time_us, previous, chain_of(header), payload)


def payload_size(header: bytes) -> int | None:
    """Of the record that these HEADER_BYTES begin, None if they are not an undamaged header."""
    if len(header) < HEADER_BYTES or not header.startswith(MAGIC):
        return None
    if value(header[: HEADER.size]) != HEADER_CRC.unpack_from(header, HEADER.size)[0]:
        return None
    size: int = SIZE.unpack_from(header, len(MAGIC))[0]
    return size


def find_record(buffer: bytes, offset: int) -> Record | None:
    """The first whole record at or after an offset, wherever it stands."""
    while (offset := buffer.find(MAGIC, offset)) >= 0:
        record = decode_record(buffer, offset)
        if record is not None:
            return record
        offset += 1
    return None
