"""Times as FIX writes them: UTC, from whole seconds to microseconds."""

import re
from datetime import UTC, datetime

from rialto.gateway.fix.bodies import Mistake
from rialto.gateway.wire.errors import INVALID_PARAMETER

SENDING_TIME = 52
SECOND_US = 1_000_000
_TIME = re.compile(r"(\d{8}-\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?", re.ASCII)


def written(time_us: int) -> str:
    seconds, rest = divmod(time_us, SECOND_US)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y%m%d-%H:%M:%S}.{rest:06d}"


def read(text: str) -> int:
    """Microseconds since 1970 of a SendingTime."""
    match = _TIME.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        whole = datetime.strptime(match[1], "%Y%m%d-%H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        raise Mistake(INVALID_PARAMETER, "SendingTime(52)", tag=SENDING_TIME) from None
    return int(whole.timestamp()) * SECOND_US + int((match[2] or "").ljust(6, "0"))
