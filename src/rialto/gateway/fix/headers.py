"""The standard header of a message that came."""

import re
from typing import NamedTuple

from rialto.gateway.fix import times
from rialto.gateway.fix.bodies import Mistake
from rialto.gateway.fix.framing import Field
from rialto.gateway.wire.errors import INVALID_PARAMETER, MANDATORY_PARAMETER
from rialto.gateway.wire.fix_errors import TAG_ORDER, TAG_TWICE

VENUE = "SPOT"
SENDER, TARGET, SEQUENCE, SENT, WINDOW = 49, 56, 34, 52, 25000
_NEEDED = (SENDER, TARGET, SEQUENCE, SENT)
_HEADER = frozenset((*_NEEDED, WINDOW))
SEQUENCE_MAX = 2**32 - 1
_NUMBER = re.compile(r"[0-9]{1,10}")


class Incoming(NamedTuple):
    """fields: behind the header. window: RecvWindow in milliseconds as it was sent."""

    type: str
    sender: str
    sequence: int
    sent_us: int
    window: str | None
    signed: tuple[str, ...]  # what a Logon's signature covers
    fields: list[Field]


def read_header(fields: list[Field]) -> Incoming:
    kind, header, at = fields[0][1], dict[int, str](), 1
    while at < len(fields) and fields[at][0] in _HEADER:
        tag, value = fields[at]
        if tag in header:
            raise Mistake(TAG_TWICE, tag, tag=tag)
        header[tag] = value
        at += 1
    for tag, _ in fields[at:]:
        if tag in _HEADER:
            raise Mistake(TAG_ORDER, tag, tag=tag)
    for tag in _NEEDED:
        if tag not in header:
            raise Mistake(MANDATORY_PARAMETER, tag, tag=tag)
    if header[TARGET] != VENUE:
        raise Mistake(INVALID_PARAMETER, "TargetCompID(56)", tag=TARGET)
    signed = (kind, header[SENDER], header[TARGET], header[SEQUENCE], header[SENT])
    sequence = header[SEQUENCE]
    if _NUMBER.fullmatch(sequence) is None or int(sequence) > SEQUENCE_MAX:
        raise Mistake(INVALID_PARAMETER, "MsgSeqNum(34)", tag=SEQUENCE)
    sent_us = times.read(header[SENT])
    return Incoming(
        kind, header[SENDER], int(sequence), sent_us, header.get(WINDOW), signed, fields[at:]
    )


def next_sequence(sequence: int) -> int:
    """After the greatest comes 0."""
    return 0 if sequence == SEQUENCE_MAX else sequence + 1
