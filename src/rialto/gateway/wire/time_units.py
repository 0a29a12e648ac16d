"""The unit of the times in answers: milliseconds, unless a client asks for microseconds.

Of REST that is the header X-MBX-TIME-UNIT, of a WebSocket the parameter timeUnit of its address.
"""

from rialto.gateway.wire.errors import INVALID_TIME_UNIT, Refused

MICROSECOND = 1
MILLISECOND = 1_000
DIVISORS = {
    "MICROSECOND": MICROSECOND,
    "microsecond": MICROSECOND,
    "MILLISECOND": MILLISECOND,
    "millisecond": MILLISECOND,
}


def time_divisor(text: str | None) -> int:
    """What turns microseconds into the unit that was asked for; None is not asked for."""
    if text is None:
        return MILLISECOND
    if (found := DIVISORS.get(text)) is None:
        raise Refused(INVALID_TIME_UNIT)
    return found
