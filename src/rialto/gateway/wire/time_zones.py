"""The timeZone parameter: hours from UTC, with minutes if wanted."""

import re

from rialto.gateway.wire.errors import INVALID_PARAMETER, Refused
from rialto.gateway.wire.parameters import Kind
from rialto.messages.klines import HOUR_US, MINUTE_US

OFFSET_US_MIN = -12 * HOUR_US
OFFSET_US_MAX = 14 * HOUR_US
_ZONE = re.compile(r"([+-]?)([0-9]{1,2})(?::([0-5][0-9]))?")


def offset_us(name: str, text: str) -> int:
    """Of `-1:00`, `05:45`, `0` or `8`; Refused outside -12:00 .. +14:00."""
    match = _ZONE.fullmatch(text)
    if match is None:
        raise Refused(INVALID_PARAMETER, name)
    size = int(match[2]) * HOUR_US + int(match[3] or 0) * MINUTE_US
    offset = -size if match[1] == "-" else size
    if not OFFSET_US_MIN <= offset <= OFFSET_US_MAX:
        raise Refused(INVALID_PARAMETER, name)
    return offset


TIME_ZONE = Kind(
    offset_us,
    {
        "type": "string",
        "pattern": r"^[+-]?[0-9]{1,2}(:[0-5][0-9])?$",
        "examples": ["0", "8", "-1:00", "05:45"],
        "default": "0",
    },
)
