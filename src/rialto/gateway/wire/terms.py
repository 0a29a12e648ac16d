"""What applies to an account, as answers: commission, filters, order counts."""

from rialto.gateway.wire import decimals
from rialto.gateway.wire.account import CommissionRates
from rialto.gateway.wire.answers import Answer, Discount
from rialto.gateway.wire.commissions import NO_DISCOUNT, PPM_DECIMALS
from rialto.gateway.wire.filters import Filter
from rialto.gateway.wire.rate_limits import RateLimit


class RateLimitUsage(Answer, frozen=True):
    rate_limit_type: str
    interval: str
    interval_num: int
    limit: int
    count: int


class AccountCommission(Answer, frozen=True):
    symbol: str
    standard_commission: CommissionRates
    special_commission: CommissionRates
    tax_commission: CommissionRates
    discount: Discount


class AccountFilters(Answer, frozen=True):
    exchange_filters: list[Filter]
    symbol_filters: list[Filter]
    asset_filters: list[Filter]


def rate_limit_usage(limit: RateLimit, count: int) -> RateLimitUsage:
    return RateLimitUsage(limit.type, limit.interval, limit.interval_count, limit.limit, count)


def account_commission(symbol: str, maker_ppm: int, taker_ppm: int) -> AccountCommission:
    """There is one commission: by maker and taker, not by side."""
    nothing = CommissionRates(*(decimals.ZERO,) * 4)
    maker, taker = (decimals.fixed(ppm, PPM_DECIMALS) for ppm in (maker_ppm, taker_ppm))
    standard = CommissionRates(maker, taker, decimals.ZERO, decimals.ZERO)
    return AccountCommission(symbol, standard, nothing, nothing, NO_DISCOUNT)
