"""What the state of the exchange can refuse an order for, in the order of the asking."""

from rialto.messages.orders import OrderType, Side
from rialto.messages.rejections import Rejection as R
from tests.core.model_book import PERCENT
from tests.core.model_state import Market, Order, Place, refuse_if
from tests.core.model_static import StaticChecks

TRAILING_ORDERS_MAX = 8192


class Checks(StaticChecks):
    def check_state(self, order: Order, earlier: list[Order]) -> None:
        """All but the balance, of an order that is not accepted yet; it gets its size and price.

        `earlier` are the legs of its list before it, which count as placed.
        """
        market = self.market_for(order)
        if order.sent.quote_amount:
            order.quantity = order.remaining = self.plan_lots(order, order.sent.quote_amount)
            self.check_lot_size(market, order.quantity)
            self.check_market_lot_size(market, order.quantity)
        if order.type is OrderType.MARKET:
            self.check_market_notional(order, market)
        self.take_peg_price(order, market)
        self.check_percent_prices(order, market)
        self.check_counts(order, market, earlier)
        self.check_max_position(order, market, earlier)
        self.check_waiting(order, market)
        if order.type is OrderType.LIMIT_MAKER:
            refuse_if(self.makers_for(order) != [], R.WOULD_TAKE)

    def check_balance(self, order: Order) -> None:
        order.held = self.need_of(order)
        refuse_if(self.free_for(order) < order.held, R.INSUFFICIENT_BALANCE)

    def check_market_notional(self, order: Order, market: Market) -> None:
        rule = market.definition
        if order.sent.quote_amount:
            notional, weight = order.sent.quote_amount, 1
        elif (reference := self.reference(market)) is not None:
            price, weight = reference
            notional = self.notional(order.instrument, price, order.remaining)
        else:
            return
        if rule.min_notional_applies_to_market:
            refuse_if(notional < rule.min_notional * weight, R.MIN_NOTIONAL)
        if rule.notional_min_applies_to_market:
            refuse_if(notional < rule.notional_min * weight, R.NOTIONAL)
        if rule.notional_max_applies_to_market:
            refuse_if(0 < rule.notional_max * weight < notional, R.NOTIONAL)

    def take_peg_price(self, order: Order, market: Market) -> None:
        if self.is_pegged_now(order):
            self.peg_within_filters(order, market)

    def peg_within_filters(self, order: Order, market: Market) -> None:
        self.peg(order)
        self.check_price(market, order.price)
        self.check_notional(market, order.price, 1, order.remaining)

    def check_percent_prices(self, order: Order, market: Market) -> None:
        if order.sent.price_ticks:
            self.check_percent_price(order, market, order.sent.price_ticks)
        if self.is_pegged_now(order):
            self.check_percent_price(order, market, order.price)

    def check_percent_price(self, order: Order, market: Market, price: int) -> None:
        rule, reference = market.definition, self.reference(market)
        if reference is None:
            return
        up, down = rule.ask_multiplier_up, rule.ask_multiplier_down
        if order.side is Side.BUY:
            up, down = rule.bid_multiplier_up, rule.bid_multiplier_down
        average, weight = reference
        scaled = price * PERCENT * weight
        for high, low, rejection in (
            (rule.multiplier_up, rule.multiplier_down, R.PERCENT_PRICE),
            (up, down, R.PERCENT_PRICE_BY_SIDE),
        ):
            refuse_if(high != 0 and scaled > high * average, rejection)
            refuse_if(low != 0 and scaled < low * average, rejection)

    # How many there may be.

    def orders_of(self, account: int, instrument: int) -> list[Order]:
        of_account = [o for o in self.orders if o.account == account]
        return [o for o in of_account if o.instrument == instrument]

    def check_counts(self, order: Order, market: Market, earlier: list[Order]) -> None:
        rule, limits = market.definition, self.limits
        here = [*self.orders_of(order.account, order.instrument), *earlier, order]
        self.check_count(order, here, rule.max_num_orders, R.MAX_NUM_ORDERS)
        self.check_algo_count(order, here, rule.max_num_algo_orders, R.MAX_NUM_ALGO_ORDERS)
        self.check_iceberg_count(order, here, rule.max_num_iceberg_orders, R.MAX_NUM_ICEBERG_ORDERS)
        all_ = [*(o for o in self.orders if o.account == order.account), *earlier, order]
        self.check_count(order, all_, limits.orders, R.EXCHANGE_MAX_NUM_ORDERS)
        self.check_algo_count(order, all_, limits.algo_orders, R.EXCHANGE_MAX_NUM_ALGO_ORDERS)
        icebergs = R.EXCHANGE_MAX_NUM_ICEBERG_ORDERS
        self.check_iceberg_count(order, all_, limits.iceberg_orders, icebergs)

    def check_count(self, order: Order, orders: list[Order], most: int, rejection: R) -> None:
        refuse_if(0 < most < len(orders), rejection)

    def check_algo_count(self, order: Order, orders: list[Order], most: int, rejection: R) -> None:
        if order.is_conditional:
            refuse_if(0 < most < len([o for o in orders if o.is_conditional]), rejection)

    def check_iceberg_count(
        self, order: Order, orders: list[Order], most: int, rejection: R
    ) -> None:
        if order.asked.iceberg_lots:
            refuse_if(0 < most < len([o for o in orders if o.asked.iceberg_lots]), rejection)

    def check_max_position(self, order: Order, market: Market, earlier: list[Order]) -> None:
        if order.side is Side.SELL or market.definition.max_position == 0:
            return
        key = (order.account, market.definition.base)
        orders = [*self.orders_of(order.account, order.instrument), *earlier, order]
        lots = sum(o.remaining for o in orders if o.side is Side.BUY)
        position = self.free.get(key, 0) + self.locked.get(key, 0)
        position += self.base_amount(order.instrument, lots)
        refuse_if(position > market.definition.max_position, R.MAX_POSITION)

    # Orders that wait.

    def check_waiting(self, order: Order, market: Market) -> None:
        """Whether a conditional order may begin to wait; it gets the price that it holds for."""
        if not order.is_conditional:
            return
        stop, trailing = order.asked.stop_price_ticks, order.asked.trailing_delta
        refuse_if(stop != 0 and self.is_met(order, market), R.WOULD_TRIGGER)
        refuse_if(stop == 0 and market.last_price == 0, R.NO_TRAILING_REFERENCE)
        others = [o for o in self.orders if o.place is Place.TRAILING]
        count = len([o for o in others if o.instrument == order.instrument])
        refuse_if(trailing != 0 and count >= TRAILING_ORDERS_MAX, R.LIMIT_REACHED)
        order.hold_price = order.sent.price_ticks or stop
        if order.hold_price == 0:
            order.hold_price = self.trigger_price(order, market.last_price)

    def is_met(self, order: Order, market: Market) -> bool:
        """Whether its stop price was reached by the last price, or by one being served still."""
        last, bound = market.last_price, market.bounds[order.is_rising]
        seen = [price for price in (last, bound) if price]
        return any(self.meets_stop(order, price) for price in seen)

    def meets_stop(self, order: Order, price: int) -> bool:
        stop = order.asked.stop_price_ticks
        return price >= stop if order.is_rising else price <= stop

    def trigger_price(self, order: Order, extreme: int) -> int:
        """Where a trailing order triggers that has seen this price as its best."""
        delta = order.asked.trailing_delta
        if order.side is Side.BUY:
            price = -(-extreme * (PERCENT + delta) // PERCENT)
            return min(price, self.market_for(order).definition.max_price_ticks)
        return max(1, extreme * (PERCENT - delta) // PERCENT)
