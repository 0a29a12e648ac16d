"""What applies to an account: its commission, its filters, and how much it may send."""

from rialto.gateway.caller import Caller
from rialto.gateway.sources import Sources
from rialto.gateway.wire.filters import asset_filters, exchange_filters, filters
from rialto.gateway.wire.requests import Nothing, OneSymbol
from rialto.gateway.wire.terms import (
    AccountCommission,
    AccountFilters,
    RateLimitUsage,
    account_commission,
    rate_limit_usage,
)


async def order_rate_limits(sources: Sources, caller: Caller, _: Nothing) -> list[RateLimitUsage]:
    limits = sources.limits
    counts = sources.weights.orders_used(caller.account, caller.received_us)
    return [
        rate_limit_usage(limit, count)
        for limit, count in zip((limits.orders_short, limits.orders_long), counts, strict=True)
    ]


async def commission(sources: Sources, caller: Caller, request: OneSymbol) -> AccountCommission:
    instrument = sources.instrument(request.symbol)
    rates = sources.folds.catalog.commission_ppm(instrument.id, caller.account)
    return account_commission(instrument.symbol, *rates)


async def my_filters(sources: Sources, _: Caller, request: OneSymbol) -> AccountFilters:
    """The same for every account."""
    instrument, catalog = sources.instrument(request.symbol), sources.folds.catalog
    return AccountFilters(
        exchange_filters(catalog.exchange_limits),
        filters(instrument),
        asset_filters(instrument, catalog.asset_limits),
    )
