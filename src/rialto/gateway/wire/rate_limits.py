"""The limits on how much may be asked for, as exchangeInfo shows them; weights.py counts."""

import msgspec

LETTERS = {"SECOND": "S", "MINUTE": "M", "HOUR": "H", "DAY": "D"}
INTERVAL_SECONDS = {"SECOND": 1, "MINUTE": 60, "HOUR": 3600, "DAY": 86_400}


class RateLimit(msgspec.Struct, frozen=True):
    """One limit as exchangeInfo shows it."""

    type: str  # REQUEST_WEIGHT, RAW_REQUESTS or ORDERS; CONNECTIONS is ours
    interval: str
    interval_count: int
    limit: int

    @property
    def seconds(self) -> int:
        return INTERVAL_SECONDS[self.interval] * self.interval_count

    @property
    def letters(self) -> str:
        """As in the names of headers, e.g. 10S."""
        return f"{self.interval_count}{LETTERS[self.interval]}"


class RateLimits(msgspec.Struct, frozen=True):
    weight: RateLimit = RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 6_000)
    requests: RateLimit = RateLimit("RAW_REQUESTS", "MINUTE", 5, 300_000)
    orders_short: RateLimit = RateLimit("ORDERS", "SECOND", 10, 100)
    orders_long: RateLimit = RateLimit("ORDERS", "DAY", 1, 200_000)
    connections: RateLimit = RateLimit("CONNECTIONS", "MINUTE", 5, 300)  # of each kind of WebSocket

    @property
    def announced(self) -> tuple[RateLimit, ...]:
        """Those of which exchangeInfo tells."""
        return self.weight, self.requests, self.orders_short, self.orders_long
