"""exchangeInfo: what is listed, under which rules, and how much may be asked for."""

from collections.abc import Iterable

from rialto.gateway.wire.answers import Answer
from rialto.gateway.wire.filters import Filter, exchange_filters, filters
from rialto.gateway.wire.rate_limits import RateLimit
from rialto.messages.catalog import NO_EXCHANGE_LIMITS, ExchangeLimits
from rialto.messages.instruments import Instrument
from rialto.messages.orders import Feature, InstrumentStatus, OrderType, StpMode

PERMISSION_SETS = [["SPOT"]]
STATUSES = {status: status.name for status in InstrumentStatus} | {
    InstrumentStatus.AUCTION: "AUCTION_MATCH"
}


class RateLimitRow(Answer, frozen=True):
    rate_limit_type: str
    interval: str
    interval_num: int
    limit: int


class SymbolInfo(Answer, frozen=True):
    symbol: str
    status: str
    base_asset: str
    base_asset_precision: int
    quote_asset: str
    quote_precision: int
    quote_asset_precision: int
    base_commission_precision: int
    quote_commission_precision: int
    order_types: list[str]
    iceberg_allowed: bool
    oco_allowed: bool
    oto_allowed: bool
    opo_allowed: bool
    quote_order_qty_market_allowed: bool
    allow_trailing_stop: bool
    cancel_replace_allowed: bool
    amend_allowed: bool
    peg_instructions_allowed: bool
    is_spot_trading_allowed: bool
    is_margin_trading_allowed: bool
    filters: list[Filter]
    permissions: list[str]
    permission_sets: list[list[str]]
    default_self_trade_prevention_mode: str
    allowed_self_trade_prevention_modes: list[str]


class ExchangeInfo(Answer, frozen=True):
    timezone: str
    server_time: int
    rate_limits: list[RateLimitRow]
    exchange_filters: list[Filter]
    symbols: list[SymbolInfo]


def exchange_info(
    instruments: Iterable[Instrument],
    limits: Iterable[RateLimit],
    server_time: int,
    *,
    permission_sets: bool = True,
    exchange_limits: ExchangeLimits = NO_EXCHANGE_LIMITS,
) -> ExchangeInfo:
    return ExchangeInfo(
        "UTC",
        server_time,
        [
            RateLimitRow(limit.type, limit.interval, limit.interval_count, limit.limit)
            for limit in limits
        ],
        exchange_filters(exchange_limits),
        [symbol_info(one, PERMISSION_SETS if permission_sets else []) for one in instruments],
    )


def symbol_info(instrument: Instrument, permission_sets: list[list[str]]) -> SymbolInfo:
    definition, base, quote = instrument.definition, instrument.base, instrument.quote
    features = Feature(definition.features)
    return SymbolInfo(
        symbol=instrument.symbol,
        status=STATUSES[instrument.status],
        base_asset=base.symbol,
        base_asset_precision=base.decimals,
        quote_asset=quote.symbol,
        quote_precision=quote.decimals,
        quote_asset_precision=quote.decimals,
        base_commission_precision=base.decimals,
        quote_commission_precision=quote.decimals,
        order_types=[kind.name for kind in OrderType if definition.allowed_order_types >> kind & 1],
        iceberg_allowed=Feature.ICEBERG in features,
        oco_allowed=Feature.OCO in features,
        oto_allowed=Feature.OTO in features,
        opo_allowed=Feature.OPO in features,
        quote_order_qty_market_allowed=Feature.QUOTE_QUANTITY_MARKET in features,
        allow_trailing_stop=Feature.TRAILING_STOP in features,
        cancel_replace_allowed=Feature.CANCEL_REPLACE in features,
        amend_allowed=Feature.AMEND in features,
        peg_instructions_allowed=Feature.PEG in features,
        is_spot_trading_allowed=True,
        is_margin_trading_allowed=False,
        filters=filters(instrument),
        permissions=[],
        permission_sets=permission_sets,
        default_self_trade_prevention_mode=definition.default_stp.name,
        allowed_self_trade_prevention_modes=[
            mode.name for mode in StpMode if definition.allowed_stp_mask >> mode & 1
        ],
    )
