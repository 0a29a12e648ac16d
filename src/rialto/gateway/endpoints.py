"""THE TABLE: every endpoint is a row. REST, weights, documentation and tests all read it; the
WebSocket API, which is not there yet, has its names here.

A handler is called with (sources, caller, request) and gives what the answer's JSON says.
"""

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Any

import msgspec

from rialto.gateway import order_list_rows
from rialto.gateway.caller import Caller, Security
from rialto.gateway.handlers import (
    account,
    amendments,
    elsewhere,
    general,
    listen_keys,
    market,
    open_orders,
    public_trades,
    records,
    replacements,
    rules,
    sapi,
    terms,
    tickers,
    trading,
)
from rialto.gateway.sources import Sources
from rialto.gateway.weighing import (
    Weight,
    by_levels,
    by_order,
    by_order_prevented,
    by_rates,
    by_rules,
    by_symbol,
    by_symbols,
    by_windows,
)
from rialto.gateway.wire import account_requests as a
from rialto.gateway.wire import order_requests as o
from rialto.gateway.wire import requests as r
from rialto.gateway.wire import sapi_requests as s
from rialto.gateway.wire.requests import Request

Handler = Callable[[Sources, Caller, Any], Awaitable[Any]]


class Source(Enum):
    """Where the answer comes from, the newest first."""

    ENGINE = "Matching Engine"
    MEMORY = "Memory"
    DATABASE = "Database"
    MEMORY_THEN_DATABASE = "Memory => Database"


class Endpoint(msgspec.Struct, frozen=True):
    rest: str  # method and path
    ws: str | None  # method name in the WebSocket API, once there is one; None if it has none
    weight: int | Weight
    security: Security
    source: Source
    handler: Handler
    request: type[Request]

    @property
    def orders(self) -> int:
        """That it adds to the unfilled order count."""
        return ORDERS_OF.get(self.rest, 0)

    @property
    def counts_itself(self) -> bool:
        """The handler adds to that count, not the dispatch."""
        return self.rest in COUNT_THEMSELVES

    @property
    def may_be_done_in_part(self) -> bool:
        return self.rest in DONE_IN_PARTS

    @property
    def is_free_when_done(self) -> bool:
        """Trading calls weigh nothing when they succeed."""
        return self.source is Source.ENGINE and self.rest not in NEVER_FREE

    @property
    def method(self) -> str:
        return self.rest.partition(" ")[0]

    @property
    def path(self) -> str:
        return self.rest.partition(" ")[2]


PREFIX = "/api/v3/"
ORDERS_OF = {
    "POST /api/v3/order": 1,
    "POST /api/v3/order/cancelReplace": 1,
    **order_list_rows.ORDERS_OF,
}
# A cancel-replace counts its order itself, since it may go on without it; an amend that does not
# end the order weighs what it weighs.
COUNT_THEMSELVES = DONE_IN_PARTS = frozenset(("POST /api/v3/order/cancelReplace",))
NEVER_FREE = frozenset(("PUT /api/v3/order/amend/keepPriority",))
ENGINE, MEMORY, DATABASE = Source.ENGINE, Source.MEMORY, Source.DATABASE
BOTH = Source.MEMORY_THEN_DATABASE


def _rows(security: Security, usual: Source) -> Callable[..., Endpoint]:
    """Writes rows of one security; a path that starts at the root is not below PREFIX."""

    def row(
        rest: str,
        ws: str | None,
        weight: int | Weight,
        handler: Handler,
        request: type[Request],
        source: Source = usual,
    ) -> Endpoint:
        method, _, name = rest.partition(" ")
        path = name if name.startswith("/") else PREFIX + name
        return Endpoint(f"{method} {path}", ws, weight, security, source, handler, request)

    return row


public = _rows(Security.NONE, MEMORY)
keyed = _rows(Security.KEY, MEMORY)
trade = _rows(Security.TRADE, ENGINE)
private = _rows(Security.USER_DATA, BOTH)

# The wallet around the exchange. Binance weighs these by another count; the weights are ours.
SAPI: tuple[Endpoint, ...] = (
    public("GET /sapi/v1/system/status", None, 1, sapi.system_status, r.Nothing),
    private("GET /sapi/v1/capital/config/getall", None, 10, sapi.coins, r.Nothing),
    private("GET /sapi/v1/asset/tradeFee", None, 1, sapi.commission_rates, s.TradeFee, MEMORY),
    private("POST /sapi/v3/asset/getUserAsset", None, 5, sapi.user_assets, s.UserAsset),
    private(
        "POST /sapi/v1/asset/get-funding-asset", None, 1, sapi.funding_assets, s.UserAsset, MEMORY
    ),
    private(
        "GET /sapi/v1/account/apiRestrictions", None, 1, sapi.api_restrictions, r.Nothing, MEMORY
    ),
    private("GET /sapi/v1/account/status", None, 1, sapi.account_status, r.Nothing, MEMORY),
    private(
        "GET /sapi/v1/account/apiTradingStatus", None, 1, sapi.api_trading_status, r.Nothing, MEMORY
    ),
    private("GET /sapi/v1/account/info", None, 1, sapi.account_description, r.Nothing, MEMORY),
    private(
        "GET /sapi/v1/accountSnapshot", None, 20, sapi.account_snapshot, s.AccountSnapshot, MEMORY
    ),
    private("GET /sapi/v1/capital/deposit/hisrec", None, 10, sapi.deposits, s.Deposits, DATABASE),
    private(
        "GET /sapi/v1/capital/withdraw/history", None, 10, sapi.withdrawals, s.Withdrawals, DATABASE
    ),
    private("GET /sapi/v1/asset/transfer", None, 1, sapi.no_transfers, s.Transfers, MEMORY),
    private("GET /sapi/v1/asset/assetDividend", None, 1, sapi.no_dividends, s.Dividends, MEMORY),
    private("GET /sapi/v1/asset/dribblet", None, 1, sapi.no_dribblets, s.Dribblets, MEMORY),
    private("GET /sapi/v1/spot/delist-schedule", None, 1, sapi.no_delistings, r.Nothing, MEMORY),
    private(
        "GET /sapi/v1/convert/exchangeInfo", None, 1, sapi.no_conversions, s.ConvertPairs, MEMORY
    ),
    private(
        "POST /sapi/v1/capital/withdraw/apply", None, 1, sapi.refuse_withdrawal, s.Withdraw, MEMORY
    ),
    private(
        "GET /sapi/v1/capital/deposit/address",
        None,
        1,
        sapi.refuse_deposit_address,
        s.DepositAddress,
        MEMORY,
    ),
    private("POST /sapi/v1/asset/transfer", None, 1, sapi.refuse_transfer, s.Transfer, MEMORY),
)

ENDPOINTS: tuple[Endpoint, ...] = (
    public("GET ping", "ping", 1, general.ping, r.Nothing),
    public("GET time", "time", 1, general.time, r.Nothing),
    public("GET exchangeInfo", "exchangeInfo", 20, general.exchange_info, r.ExchangeInfo),
    public(
        "GET executionRules", "executionRules", by_rules, rules.execution_rules, r.ExecutionRules
    ),
    public("GET depth", "depth", by_levels, market.depth, r.Depth),
    public("GET trades", "trades.recent", 25, public_trades.trades, r.Trades),
    public(
        "GET historicalTrades",
        "trades.historical",
        25,
        public_trades.historical_trades,
        r.HistoricalTrades,
        DATABASE,
    ),
    public(
        "GET historicalBlockTrades",
        "blockTrades.historical",
        25,
        public_trades.historical_block_trades,
        r.HistoricalBlockTrades,
        DATABASE,
    ),
    public(
        "GET aggTrades",
        "trades.aggregate",
        4,
        public_trades.aggregate_trades,
        r.AggregateTrades,
        DATABASE,
    ),
    public("GET klines", "klines", 2, market.klines, r.Klines, DATABASE),
    public("GET uiKlines", "uiKlines", 2, market.ui_klines, r.Klines, DATABASE),
    public("GET avgPrice", "avgPrice", 2, market.average_price, r.OneSymbol),
    public("GET ticker/24hr", "ticker.24hr", by_symbols, tickers.ticker_24hr, r.Ticker),
    public(
        "GET ticker/tradingDay",
        "ticker.tradingDay",
        by_windows,
        tickers.ticker_trading_day,
        r.TradingDayTicker,
    ),
    public("GET ticker", "ticker", by_windows, tickers.ticker, r.RollingTicker),
    public("GET ticker/price", "ticker.price", by_symbol(2, 4), tickers.ticker_price, r.Prices),
    public("GET ticker/bookTicker", "ticker.book", by_symbol(2, 4), tickers.ticker_book, r.Prices),
    public("GET referencePrice", "referencePrice", 2, rules.reference_price, r.OneSymbol),
    public(
        "GET referencePrice/calculation",
        "referencePrice.calculation",
        2,
        rules.reference_price_calculation,
        r.ReferencePriceCalculation,
    ),
    trade("POST order", "order.place", 1, trading.place_order, o.NewOrder),
    trade("POST order/test", "order.test", by_rates, trading.try_order, o.TestOrder, MEMORY),
    trade("DELETE order", "order.cancel", 1, trading.cancel_order, o.CancelOrder),
    trade(
        "POST order/cancelReplace",
        "order.cancelReplace",
        1,
        replacements.replace_order,
        o.ReplaceOrder,
    ),
    trade(
        "PUT order/amend/keepPriority",
        "order.amend.keepPriority",
        amendments.AMEND_WEIGHT,
        amendments.amend_order,
        o.AmendOrder,
    ),
    trade("DELETE openOrders", "openOrders.cancelAll", 1, open_orders.cancel_all, r.OneSymbol),
    *(trade(*row) for row in order_list_rows.TRADE),
    *(trade(*row, MEMORY) for row in order_list_rows.TEST),
    *(private(*row) for row in order_list_rows.QUERY),
    private("GET account", "account.status", 20, account.account, a.Account),
    private("GET order", "order.status", 4, account.order, a.FindOrder),
    private(
        "GET openOrders", "openOrders.status", by_symbol(6, 80), account.open_orders, a.OpenOrders
    ),
    private("GET allOrders", "allOrders", 20, account.all_orders, a.AllOrders, DATABASE),
    private("GET myTrades", "myTrades", by_order, account.my_trades, a.MyTrades),
    private(
        "GET rateLimit/order",
        "account.rateLimits.orders",
        40,
        terms.order_rate_limits,
        r.Nothing,
        MEMORY,
    ),
    private(
        "GET myPreventedMatches",
        "myPreventedMatches",
        by_order_prevented,
        records.prevented_matches,
        a.PreventedMatches,
        DATABASE,
    ),
    private("GET myAllocations", "myAllocations", 20, records.allocations, a.Allocations, DATABASE),
    private(
        "GET account/commission", "account.commission", 20, terms.commission, r.OneSymbol, DATABASE
    ),
    private(
        "GET order/amendments", "order.amendments", 4, records.amendments, a.Amendments, DATABASE
    ),
    private("GET myFilters", "myFilters", 40, terms.my_filters, r.OneSymbol, MEMORY),
    keyed("POST userDataStream", "userDataStream.start", 2, listen_keys.create, r.Nothing),
    keyed("PUT userDataStream", "userDataStream.ping", 2, listen_keys.renew, r.ListenKey),
    keyed("DELETE userDataStream", "userDataStream.stop", 2, listen_keys.delete, r.ListenKey),
    # What ccxt asks for when it loads markets with nothing but its URLs changed.
    public("GET /fapi/v1/exchangeInfo", None, 1, elsewhere.no_contracts, r.Nothing),
    public("GET /dapi/v1/exchangeInfo", None, 1, elsewhere.no_contracts, r.Nothing),
    private("GET /sapi/v1/margin/allPairs", None, 1, elsewhere.no_margin, r.Nothing, MEMORY),
    private(
        "GET /sapi/v1/margin/isolated/allPairs", None, 10, elsewhere.no_margin, r.Nothing, MEMORY
    ),
    *SAPI,
)
