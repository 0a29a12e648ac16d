"""What an order alone can be refused for: one small method a rule, in the order of the asking."""

from rialto.messages.commands import PlaceOrder
from rialto.messages.instructions import Instructions
from rialto.messages.orders import (
    CONDITIONAL_TYPES,
    Feature,
    InstrumentStatus,
    OrderType,
    PegPriceType,
    Side,
    TimeInForce,
)
from rialto.messages.rejections import Rejection as R
from tests.core.model_book import Book
from tests.core.model_state import PLAIN, STOP_LOSSES, STOP_MARKET, Market, refuse_if

AMOUNT_MAX = 2**100
PEG_OFFSET_MAX = 100
ICEBERG_PARTS_MAX = 100
TRAILING_DELTA_END = 10_000  # a whole price


def is_priced(order: PlaceOrder) -> bool:
    return order.type is not OrderType.MARKET and order.type not in STOP_MARKET


class StaticChecks(Book):
    def market_of(self, account: int, instrument: int) -> Market:
        refuse_if(account not in self.tiers, R.UNKNOWN_ACCOUNT)
        refuse_if(instrument >= len(self.markets), R.UNKNOWN_INSTRUMENT)
        return self.markets[instrument]

    def check_status(self, order: PlaceOrder, market: Market) -> None:
        if market.status is InstrumentStatus.AUCTION and not market.opening:
            asked = order.instructions or PLAIN
            pegged = asked.peg_price_type != PegPriceType.NONE or asked.peg_offset != 0
            special = asked.stop_price_ticks or asked.trailing_delta or asked.iceberg_lots
            is_plain = order.type is OrderType.LIMIT and not pegged and not special
            is_gtc = order.time_in_force is TimeInForce.GTC
            refuse_if(not is_plain or not is_gtc, R.MARKET_CLOSED)
        else:
            refuse_if(not market.is_trading, R.MARKET_CLOSED)

    def takes_cancels(self, market: Market) -> bool:
        return market.status is not InstrumentStatus.HALT and market.opening is None

    def refuse_cancels(self, market: Market) -> None:
        refuse_if(not self.takes_cancels(market), R.MARKET_CLOSED)

    def check_static(self, order: PlaceOrder, is_sized: bool = True) -> None:
        """is_sized: it has a quantity yet; the pending leg of an OPO has none."""
        market, asked = self.markets[order.instrument], order.instructions or PLAIN
        rule = market.definition
        refuse_if(not rule.allowed_order_types >> order.type & 1, R.ORDER_TYPE_NOT_ALLOWED)
        self.check_combination(order, is_sized)
        self.check_conditions(order, asked)
        if order.quote_amount:
            self.check_feature(market, Feature.QUOTE_QUANTITY_MARKET, R.QUOTE_QUANTITY_NOT_ALLOWED)
        self.check_iceberg(order, asked, market)
        self.check_trailing(order, asked, market)
        self.check_peg(order, asked, market)
        self.check_good_till(order, asked)
        refuse_if(not rule.allowed_stp_mask >> order.stp & 1, R.STP_MODE_NOT_ALLOWED)
        self.check_prices(order, asked, market)
        if is_sized:
            self.check_sizes(order, market)
            self.check_max_asset(order, market)

    def check_combination(self, order: PlaceOrder, is_sized: bool = True) -> None:
        is_gtc = order.time_in_force is TimeInForce.GTC
        if order.type is OrderType.MARKET:
            refuse_if(order.price_ticks != 0 or not is_gtc, R.UNSUPPORTED_COMBINATION)
            both_or_none = (order.quantity_lots != 0) == (order.quote_amount != 0)
            refuse_if(is_sized and both_or_none, R.UNSUPPORTED_COMBINATION)
            refuse_if(not 0 <= order.quote_amount <= AMOUNT_MAX, R.AMOUNT_OUT_OF_RANGE)
            return
        refuse_if(order.quote_amount != 0, R.UNSUPPORTED_COMBINATION)
        is_bound = order.type is OrderType.LIMIT_MAKER or order.type in STOP_MARKET
        refuse_if(is_bound and not is_gtc, R.UNSUPPORTED_COMBINATION)
        has_price = order.type in STOP_MARKET and order.price_ticks != 0
        refuse_if(has_price, R.UNSUPPORTED_COMBINATION)

    def check_conditions(self, order: PlaceOrder, asked: Instructions) -> None:
        has_condition = asked.stop_price_ticks != 0 or asked.trailing_delta != 0
        is_conditional = order.type in CONDITIONAL_TYPES
        refuse_if(has_condition is not is_conditional, R.UNSUPPORTED_COMBINATION)
        refuse_if(asked.stop_price_ticks < 0, R.PRICE_FILTER)

    def check_feature(self, market: Market, feature: Feature, rejection: R) -> None:
        refuse_if(not market.definition.features & feature, rejection)

    def check_iceberg(self, order: PlaceOrder, asked: Instructions, market: Market) -> None:
        if asked.iceberg_lots == 0:
            return
        self.check_feature(market, Feature.ICEBERG, R.ICEBERG_NOT_ALLOWED)
        is_gtc = order.time_in_force is TimeInForce.GTC
        refuse_if(not is_priced(order) or not is_gtc, R.UNSUPPORTED_COMBINATION)

    def check_trailing(self, order: PlaceOrder, asked: Instructions, market: Market) -> None:
        delta, rule = asked.trailing_delta, market.definition
        if delta == 0:
            return
        self.check_feature(market, Feature.TRAILING_STOP, R.TRAILING_STOP_NOT_ALLOWED)
        refuse_if(delta >= TRAILING_DELTA_END, R.TRAILING_DELTA)
        low, high = rule.min_trailing_below_delta, rule.max_trailing_below_delta
        if (order.type in STOP_LOSSES) is (order.side is Side.BUY):
            low, high = rule.min_trailing_above_delta, rule.max_trailing_above_delta
        refuse_if(high != 0 and not low <= delta <= high, R.TRAILING_DELTA)

    def check_peg(self, order: PlaceOrder, asked: Instructions, market: Market) -> None:
        peg, offset = asked.peg_price_type, asked.peg_offset
        if peg is PegPriceType.NONE:
            refuse_if(offset != 0, R.UNSUPPORTED_COMBINATION)
            return
        self.check_feature(market, Feature.PEG, R.PEG_NOT_ALLOWED)
        refuse_if(not is_priced(order), R.PEG_ORDER_TYPE)
        is_maker = order.type is OrderType.LIMIT_MAKER
        refuse_if(is_maker and peg is PegPriceType.MARKET, R.PEG_PRICE_TYPE)
        is_primary_limit = order.type is OrderType.LIMIT and peg is PegPriceType.PRIMARY
        is_gtc = order.time_in_force is TimeInForce.GTC
        refuse_if(is_primary_limit and not is_gtc, R.UNSUPPORTED_COMBINATION)
        refuse_if(offset > PEG_OFFSET_MAX, R.UNSUPPORTED_COMBINATION)

    def check_good_till(self, order: PlaceOrder, asked: Instructions) -> None:
        if asked.good_till_us:
            is_gtc = order.time_in_force is TimeInForce.GTC
            is_market = order.type is OrderType.MARKET
            refuse_if(is_market or not is_gtc, R.UNSUPPORTED_COMBINATION)
            refuse_if(asked.good_till_us <= self.time_us, R.GOOD_TILL_TIME_PASSED)

    def check_prices(self, order: PlaceOrder, asked: Instructions, market: Market) -> None:
        may_be_0 = asked.peg_price_type is not PegPriceType.NONE and order.price_ticks == 0
        if is_priced(order) and not may_be_0:
            self.check_price(market, order.price_ticks)
        if asked.stop_price_ticks:
            self.check_price(market, asked.stop_price_ticks)

    def check_sizes(self, order: PlaceOrder, market: Market) -> None:
        if order.quote_amount == 0:
            self.check_lot_size(market, order.quantity_lots)
        if order.type is OrderType.MARKET and order.quote_amount == 0:
            self.check_market_lot_size(market, order.quantity_lots)
        self.check_iceberg_size(market, order.instructions or PLAIN, order.quantity_lots)
        if order.price_ticks:
            self.check_notional(market, order.price_ticks, 1, order.quantity_lots)

    def check_price(self, market: Market, price: int) -> None:
        low, high = market.definition.min_price_ticks, market.definition.max_price_ticks
        refuse_if(not low <= price <= high, R.PRICE_FILTER)

    def check_lot_size(self, market: Market, lots: int) -> None:
        refuse_if(not market.definition.min_lots <= lots <= market.definition.max_lots, R.LOT_SIZE)

    def check_market_lot_size(self, market: Market, lots: int) -> None:
        rule = market.definition
        if rule.market_max_lots == 0:
            return
        outside = not rule.market_min_lots <= lots <= rule.market_max_lots
        off_step = rule.market_step_lots != 0 and lots % rule.market_step_lots != 0
        refuse_if(outside or off_step, R.MARKET_LOT_SIZE)

    def check_iceberg_size(self, market: Market, asked: Instructions, lots: int) -> None:
        if asked.iceberg_lots == 0:
            return
        self.check_lot_size(market, asked.iceberg_lots)
        refuse_if(asked.iceberg_lots >= lots, R.ICEBERG_QUANTITY)
        parts = -(-lots // asked.iceberg_lots)
        refuse_if(parts > (market.definition.iceberg_parts or ICEBERG_PARTS_MAX), R.ICEBERG_PARTS)

    def check_notional(self, market: Market, price: int, weight: int, lots: int) -> None:
        """MIN_NOTIONAL and NOTIONAL of a priced order; its price is price / weight."""
        rule = market.definition
        notional = price * lots * rule.quote_units_per_tick_lot
        refuse_if(notional < rule.min_notional * weight, R.MIN_NOTIONAL)
        refuse_if(notional < rule.notional_min * weight, R.NOTIONAL)
        refuse_if(0 < rule.notional_max * weight < notional, R.NOTIONAL)

    def check_max_asset(self, order: PlaceOrder, market: Market) -> None:
        rule = market.definition
        base = order.quantity_lots * rule.base_units_per_lot
        quote = order.price_ticks * order.quantity_lots * rule.quote_units_per_tick_lot
        for asset, amount in ((rule.base, base), (rule.quote, quote + order.quote_amount)):
            refuse_if(0 < self.asset_limits.get(asset, 0) < amount, R.MAX_ASSET)
