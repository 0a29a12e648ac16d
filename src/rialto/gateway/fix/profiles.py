"""The three kinds of session, and how much each may ask for."""

from typing import NamedTuple

from rialto.gateway.wire.errors import WireError
from rialto.gateway.wire.fix_errors import (
    NOT_IN_DROP_COPY,
    NOT_IN_MARKET_DATA,
    NOT_IN_ORDER_ENTRY,
)
from rialto.gateway.wire.rate_limits import RateLimit
from rialto.identity.api_keys import Permission


class Profile(NamedTuple):
    """permission: that a key needs besides FIX. not_here: for messages of the other kinds."""

    name: str
    permission: Permission
    connections_max: int  # of an account
    attempts: RateLimit  # of an account
    messages: RateLimit  # of a session
    not_here: WireError
    is_drop_copy: bool = False


ORDER_ENTRY = Profile(
    "order entry",
    Permission.TRADE,
    10,
    RateLimit("CONNECTIONS", "SECOND", 30, 15),
    RateLimit("MESSAGES", "SECOND", 10, 10_000),
    NOT_IN_ORDER_ENTRY,
)
DROP_COPY = Profile(
    "drop copy",
    Permission.READ,
    10,
    RateLimit("CONNECTIONS", "SECOND", 30, 15),
    RateLimit("MESSAGES", "SECOND", 60, 60),
    NOT_IN_DROP_COPY,
    is_drop_copy=True,
)
MARKET_DATA = Profile(
    "market data",
    Permission.READ | Permission.TRADE,
    100,
    RateLimit("CONNECTIONS", "SECOND", 300, 300),
    RateLimit("MESSAGES", "SECOND", 60, 2_000),
    NOT_IN_MARKET_DATA,
)
