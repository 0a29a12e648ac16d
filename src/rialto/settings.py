"""What can be chosen about a running exchange, read once and never changed."""

from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec.structs import replace

from rialto.gateway.wire.rate_limits import RateLimit, RateLimits

HOST = "127.0.0.1"
PORT = 8000
DATA = Path("data")
QUOTE_ASSET = "USDT"

# Whoever tries or measures a demo is not to wait for Binance's limits.
DEMO_LIMITS = RateLimits(
    weight=RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 60_000_000),
    requests=RateLimit("RAW_REQUESTS", "MINUTE", 5, 300_000_000),
    orders_short=RateLimit("ORDERS", "SECOND", 10, 1_000_000),
    orders_long=RateLimit("ORDERS", "DAY", 1, 1_000_000_000),
    connections=RateLimit("CONNECTIONS", "MINUTE", 5, 1_000_000),
)


LIMITS = {  # the operator's names
    "weight-1m": "weight",
    "requests-5m": "requests",
    "orders-10s": "orders_short",
    "orders-1d": "orders_long",
    "connections-5m": "connections",
}


class FixSettings(msgspec.Struct, frozen=True, kw_only=True):
    """port: of order entry; drop copy and market data are on the next two. 0: any free ones."""

    port: int
    certificate: Path | None = None  # PEM files; without them, TCP as it is
    key: Path | None = None


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """port 0: any free one. quote_asset: what the first design's door trades coins against.
    other_limits: by their names in LIMITS, those that are not as usual.
    """

    data: Path = DATA
    host: str = HOST
    port: int = PORT
    demo: bool = False
    ready_file: Path | None = None
    quote_asset: str = QUOTE_ASSET
    fix: FixSettings | None = None
    other_limits: Mapping[str, int] = msgspec.field(default_factory=dict)

    @property
    def limits(self) -> RateLimits:
        """Binance's own, but in the demo, and but for those that the operator chose."""
        usual = DEMO_LIMITS if self.demo else RateLimits()
        chosen = {
            LIMITS[name]: replace(getattr(usual, LIMITS[name]), limit=limit)
            for name, limit in self.other_limits.items()
        }
        return replace(usual, **chosen)
