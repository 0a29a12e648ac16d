"""Replies of the WebSocket API: a status, a result or an error, and what is used of the limits by
now. REST says the same in a status line, a body and headers.

In:  who asked, and what came of it.
Out: one reply in UTF-8.
"""

from typing import Any

import msgspec

from rialto.gateway.weights import Weights
from rialto.gateway.wire import ws_requests
from rialto.gateway.wire.errors import Refused
from rialto.gateway.wire.rate_limits import RateLimit
from rialto.gateway.wire.ws_requests import NO_ID
from rialto.gateway.ws_session import Session


class Asking(msgspec.Struct, gc=False):
    """A request that is being answered. account: whose orders are counted with it, if any are."""

    session: Session
    now_us: int
    shows_limits: bool
    id_text: str = NO_ID
    account: int | None = None


class Replies:
    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        limits = weights.limits
        self._weight = _all_but_count(limits.weight)
        self._short = _all_but_count(limits.orders_short)
        self._long = _all_but_count(limits.orders_long)

    def result(self, asking: Asking, result: Any) -> bytes:
        return ws_requests.reply(asking.id_text, result, self._limits(asking))

    def refusal(self, asking: Asking, refused: Refused) -> bytes:
        error, wait_seconds = refused.body, refused.retry_after_seconds
        if wait_seconds is not None and refused.data is None:
            divisor, now_us = asking.session.divisor, asking.now_us
            until_us = now_us + wait_seconds * 1_000_000
            error["data"] = {"serverTime": now_us // divisor, "retryAfter": until_us // divisor}
        return ws_requests.refusal(asking.id_text, refused.status, error, self._limits(asking))

    def _limits(self, asking: Asking) -> str:
        """As JSON; "" if they are not wanted."""
        if not asking.shows_limits:
            return ""
        used = self._weights.used(asking.session.address, asking.now_us)
        if asking.account is None:
            return f"[{self._weight}{used}}}]"
        short, long = self._weights.orders_used(asking.account, asking.now_us)
        return f"[{self._short}{short}}},{self._long}{long}}},{self._weight}{used}}}]"


def _all_but_count(limit: RateLimit) -> str:
    return (
        f'{{"rateLimitType":"{limit.type}","interval":"{limit.interval}",'
        f'"intervalNum":{limit.interval_count},"limit":{limit.limit},"count":'
    )
