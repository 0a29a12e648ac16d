"""One FIX message on the wire: BeginString, BodyLength, fields, CheckSum.

In:  bytes of a connection.
Out: a message whose frame is right, as (tag, value) pairs in their order; or Refused.
Never: a frame that is longer than MESSAGE_BYTES_MAX, and no guess where the next one begins.
"""

import asyncio
import re
from collections.abc import Iterable

from rialto.gateway.wire.errors import Refused
from rialto.gateway.wire.fix_errors import GARBLED, INVALID_TAG, TAG_ORDER

BEGIN = b"8=FIX.4.4\x01"
SOH = b"\x01"
BODY_BYTES_MAX = 16_384
LENGTH_DIGITS_MAX = 5
TRAILER_BYTES = 7  # 10=NNN and SOH
MSG_TYPE = 35
UTF8_TAGS = frozenset((15, 138, 55, 25019, 25028, 107))
_TAG = re.compile(rb"[1-9][0-9]{0,5}")
_PRINTABLE = re.compile(rb"[ -~]+")
_LENGTH = re.compile(rb"9=([1-9][0-9]{0,4})\x01")
_LENGTH_BYTES_MAX = len("9=") + LENGTH_DIGITS_MAX + 1

Field = tuple[int, str]


def encode(fields: Iterable[tuple[int, object]]) -> bytes:
    """A whole message; fields from MsgType on."""
    body = b"".join(b"%d=%b\x01" % (tag, str(value).encode()) for tag, value in fields)
    head = b"%b9=%d\x01%b" % (BEGIN, len(body), body)
    return b"%b10=%03d\x01" % (head, sum(head) % 256)


async def read(reader: asyncio.StreamReader) -> list[Field]:
    """The next message. IncompleteReadError when there is none; after Refused, read no more."""
    if await reader.readexactly(len(BEGIN)) != BEGIN:
        raise Refused(GARBLED, "BeginString(8) must be the first tag, and FIX.4.4.")
    length_field = await _length_field(reader)
    length = int(length_field[2:-1])
    if length > BODY_BYTES_MAX:
        raise Refused(GARBLED, f"BodyLength(9) is more than {BODY_BYTES_MAX}.")
    body = await reader.readexactly(length)
    trailer = await reader.readexactly(TRAILER_BYTES)
    if not body.endswith(SOH) or trailer[:3] != b"10=" or trailer[-1:] != SOH:
        raise Refused(GARBLED, "BodyLength(9) contains an incorrect value.")
    total = (sum(BEGIN) + sum(length_field) + sum(body)) % 256
    if trailer[3:6] != b"%03d" % total:
        raise Refused(GARBLED, "CheckSum(10) contains an incorrect value.")
    return _fields(body)


async def _length_field(reader: asyncio.StreamReader) -> bytes:
    found = b""
    while len(found) < _LENGTH_BYTES_MAX and not found.endswith(SOH):
        found += await reader.readexactly(1)
    if _LENGTH.fullmatch(found) is None:
        raise Refused(GARBLED, "BodyLength(9) must be the second tag, and a number.")
    return found


def _fields(body: bytes) -> list[Field]:
    fields = []
    for pair in body[:-1].split(SOH):
        name, equals, raw = pair.partition(b"=")
        if not equals or _TAG.fullmatch(name) is None:
            raise Refused(INVALID_TAG)
        fields.append((int(name), _value(int(name), raw)))
    if fields[0][0] != MSG_TYPE:
        raise Refused(TAG_ORDER, MSG_TYPE)
    return fields


def _value(tag: int, raw: bytes) -> str:
    try:
        if not raw or (tag not in UTF8_TAGS and _PRINTABLE.fullmatch(raw) is None):
            raise ValueError
        return raw.decode()
    except ValueError:
        raise Refused(GARBLED, f"Tag {tag} is empty, or has characters that it may not.") from None
