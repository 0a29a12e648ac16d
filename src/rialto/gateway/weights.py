"""How much one address or one account may ask for: fixed windows, aligned to the clock.

In:  who asks, what it weighs, and what time it is.
Out: how much is used by now, or Refused with the seconds to wait.
Never: a clock. A window that has passed is forgotten whole.
"""

from rialto.gateway.bans import Bans
from rialto.gateway.wire.errors import (
    TOO_MANY_CONNECTIONS,
    TOO_MANY_ORDERS,
    TOO_MANY_RAW_REQUESTS,
    TOO_MANY_REQUESTS,
    TOO_MUCH_WEIGHT,
    Refused,
    WireError,
)
from rialto.gateway.wire.rate_limits import RateLimit, RateLimits

COUNTED_MAX = 100_000  # addresses or accounts counted in one window; whoever comes after waits
SECOND_US = 1_000_000
FIRST_FILL_AS_TAKER = 1  # what the first fill of an order takes off the unfilled order count
FIRST_FILL_AS_MAKER = 5


class Window:
    """What each one has used of one limit in the current interval."""

    def __init__(self, limit: RateLimit, error: WireError) -> None:
        self.limit = limit
        self._error = error
        self._width_us = limit.seconds * SECOND_US
        self._interval_text = f"{limit.interval_count} {limit.interval}"
        self._from_us = 0
        self._until_us = 0
        self._used: dict[str | int, int] = {}

    def used(self, who: str | int, now_us: int) -> int:
        if not self._from_us <= now_us < self._until_us:
            self._turn(now_us)
        return self._used.get(who, 0)

    def charge(self, who: str | int, count: int, now_us: int) -> int:
        """What is used now; Refused, and nothing charged, if that would be over the limit."""
        if not self._from_us <= now_us < self._until_us:
            self._turn(now_us)
        before = self._used.get(who)
        used = count if before is None else before + count
        if used > self.limit.limit:
            wait = self._wait_seconds(now_us)
            raise Refused(
                self._error, self.limit.limit, self._interval_text, retry_after_seconds=wait
            )
        if before is None and len(self._used) >= COUNTED_MAX:
            raise Refused(TOO_MANY_REQUESTS, retry_after_seconds=self._wait_seconds(now_us))
        self._used[who] = used
        return used

    def give_back(self, who: str | int, count: int) -> None:
        """Down to zero; no credit is carried."""
        if used := self._used.get(who):
            self._used[who] = max(0, used - count)

    def _turn(self, now_us: int) -> None:
        """A request that was received just before the turn may be counted just after it. Only a
        clock that was set back goes further into the past.
        """
        start_us = now_us - now_us % self._width_us
        self._from_us, self._until_us = start_us - self._width_us, start_us + self._width_us
        self._used = {}

    def _wait_seconds(self, now_us: int) -> int:
        return -(-(self._width_us - now_us % self._width_us) // SECOND_US)  # rounded up


class ConnectionAttempts:
    """How often an address may connect to one kind of WebSocket."""

    def __init__(self, limit: RateLimit, bans: Bans) -> None:
        self._window = Window(limit, TOO_MANY_CONNECTIONS)
        self._bans = bans

    def charge(self, address: str, now_us: int) -> None:
        """Before a connection is accepted; Refused with 429 or 418 and the seconds to wait."""
        self._bans.check(address, now_us)
        try:
            self._window.charge(address, 1, now_us)
        except Refused:
            self._bans.note_refusal(address, now_us)
            raise


class Weights:
    """The limits together, and the bans of whoever goes on all the same."""

    def __init__(self, limits: RateLimits) -> None:
        self.limits = limits
        self.bans = Bans()
        self.stream_connections = ConnectionAttempts(limits.connections, self.bans)
        self.api_connections = ConnectionAttempts(limits.connections, self.bans)
        self._weight = Window(limits.weight, TOO_MUCH_WEIGHT)
        self._requests = Window(limits.requests, TOO_MANY_RAW_REQUESTS)
        self._orders_short = Window(limits.orders_short, TOO_MANY_ORDERS)
        self._orders_long = Window(limits.orders_long, TOO_MANY_ORDERS)

    def charge(self, address: str, weight: int, now_us: int) -> int:
        """One more request of an address; the weight it has used in this interval."""
        self.bans.check(address, now_us)
        try:
            self._requests.charge(address, 1, now_us)
            return self._weight.charge(address, weight, now_us)
        except Refused:
            self.bans.note_refusal(address, now_us)
            raise

    def give_back(self, address: str, weight: int) -> None:
        """A trading call that succeeds weighs nothing."""
        self._weight.give_back(address, weight)

    def used(self, address: str, now_us: int) -> int:
        return self._weight.used(address, now_us)

    def charge_orders(self, account: int, count: int, now_us: int) -> None:
        """Before orders are sent; the day's count is asked first, so that it alone is not
        raised.
        """
        self._orders_short.charge(account, count, now_us)
        try:
            self._orders_long.charge(account, count, now_us)
        except Refused:
            self._orders_short.give_back(account, count)
            raise

    def give_back_orders(self, account: int, count: int) -> None:
        """Refused orders, and first fills."""
        self._orders_short.give_back(account, count)
        self._orders_long.give_back(account, count)

    def orders_used(self, account: int, now_us: int) -> tuple[int, int]:
        """(short, long) unfilled order counts."""
        return (
            self._orders_short.used(account, now_us),
            self._orders_long.used(account, now_us),
        )
