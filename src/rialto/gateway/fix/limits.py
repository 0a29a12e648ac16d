"""LimitResponse<XLR>: what a session may ask for, and what it has used of it."""

from rialto.gateway.fix.reports import Fields
from rialto.gateway.fix.session import Session
from rialto.gateway.weights import Weights
from rialto.gateway.wire.rate_limits import RateLimit

ORDER_LIMIT, MESSAGE_LIMIT = 1, 2
_RESOLUTIONS = {"SECOND": "s", "MINUTE": "m", "HOUR": "h", "DAY": "d"}


def limit_fields(session: Session, weights: Weights) -> Fields:
    now_us = session.place.clock()
    short, long = weights.orders_used(session.terms.key.account, now_us)
    limits = (
        (ORDER_LIMIT, short, weights.limits.orders_short),
        (ORDER_LIMIT, long, weights.limits.orders_long),
        (MESSAGE_LIMIT, session.messages_used, session.place.profile.messages),
    )
    fields: Fields = [(25003, len(limits))]
    for kind, used, limit in limits:
        fields += _limit(kind, used, limit)
    return fields


def _limit(kind: int, used: int, limit: RateLimit) -> Fields:
    return [
        (25004, kind),
        (25005, used),
        (25006, limit.limit),
        (25007, limit.interval_count),
        (25008, _RESOLUTIONS[limit.interval]),
    ]
