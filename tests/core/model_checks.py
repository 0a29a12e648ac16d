"""The rules that refuse an order: one small method each, in the order in which they are asked."""

from rialto.messages.commands import PlaceOrder
from rialto.messages.orders import OrderType, Side, StpMode, TimeInForce
from rialto.messages.rejections import Rejection as R
from tests.core.model_state import Market, Order, State, refuse_if

AMOUNT_MAX = 2**100
MINUTE_US = 60_000_000
ENDS_TAKER = (StpMode.EXPIRE_TAKER, StpMode.EXPIRE_BOTH)


class Checks(State):
    def market_of(self, account: int, instrument: int) -> Market:
        refuse_if(account not in self.tiers, R.UNKNOWN_ACCOUNT)
        refuse_if(instrument >= len(self.markets), R.UNKNOWN_INSTRUMENT)
        return self.markets[instrument]

    # What the order alone can be refused for.

    def check_static(self, order: PlaceOrder) -> None:
        market = self.markets[order.instrument]
        self.check_combination(order)
        refuse_if(not market.definition.allowed_stp_mask >> order.stp & 1, R.STP_MODE_NOT_ALLOWED)
        if order.type is not OrderType.MARKET:
            self.check_price(order, market)
        if order.quote_amount == 0:
            self.check_lot_size(market, order.quantity_lots)
        if order.type is OrderType.MARKET and order.quote_amount == 0:
            self.check_market_lot_size(market, order.quantity_lots)
        if order.type is not OrderType.MARKET:
            self.check_notional(market, order.price_ticks, 1, order.quantity_lots)

    def check_combination(self, order: PlaceOrder) -> None:
        is_gtc = order.time_in_force is TimeInForce.GTC
        if order.type is OrderType.MARKET:
            refuse_if(order.price_ticks != 0 or not is_gtc, R.UNSUPPORTED_COMBINATION)
            both_or_none = (order.quantity_lots != 0) == (order.quote_amount != 0)
            refuse_if(both_or_none, R.UNSUPPORTED_COMBINATION)
            refuse_if(not 0 <= order.quote_amount <= AMOUNT_MAX, R.AMOUNT_OUT_OF_RANGE)
            return
        refuse_if(order.quote_amount != 0, R.UNSUPPORTED_COMBINATION)
        is_maker = order.type is OrderType.LIMIT_MAKER
        refuse_if(is_maker and not is_gtc, R.UNSUPPORTED_COMBINATION)

    def check_price(self, order: PlaceOrder, market: Market) -> None:
        low, high = market.definition.min_price_ticks, market.definition.max_price_ticks
        refuse_if(not low <= order.price_ticks <= high, R.PRICE_FILTER)

    def check_lot_size(self, market: Market, lots: int) -> None:
        refuse_if(not market.definition.min_lots <= lots <= market.definition.max_lots, R.LOT_SIZE)

    def check_market_lot_size(self, market: Market, lots: int) -> None:
        rule = market.definition
        if rule.market_max_lots == 0:
            return
        outside = not rule.market_min_lots <= lots <= rule.market_max_lots
        off_step = rule.market_step_lots != 0 and lots % rule.market_step_lots != 0
        refuse_if(outside or off_step, R.MARKET_LOT_SIZE)

    def check_notional(self, market: Market, price: int, weight: int, lots: int) -> None:
        """MIN_NOTIONAL and NOTIONAL of a priced order; its price is price / weight."""
        rule = market.definition
        notional = price * lots * rule.quote_units_per_tick_lot
        refuse_if(notional < rule.min_notional * weight, R.MIN_NOTIONAL)
        refuse_if(notional < rule.notional_min * weight, R.NOTIONAL)
        refuse_if(0 < rule.notional_max * weight < notional, R.NOTIONAL)

    # What the state can refuse it for. Gives the lots of the order and its hold.

    def check_state(self, order: PlaceOrder) -> tuple[int, int]:
        market = self.markets[order.instrument]
        lots = order.quantity_lots or self.plan_lots(order, market)
        if order.type is OrderType.MARKET:
            self.check_market_notional(order, market)
        else:
            self.check_percent_price(order, market)
        self.check_max_num_orders(order, market)
        self.check_max_position(order, market, lots)
        if order.type is OrderType.LIMIT_MAKER:
            refuse_if(self.makers_for(order) != [], R.WOULD_TAKE)
        hold = self.hold_for(order, lots)
        free = self.free.get((order.account, self.held_asset(order)), 0)
        refuse_if(free < hold, R.INSUFFICIENT_BALANCE)
        return lots, hold

    def plan_lots(self, order: PlaceOrder, market: Market) -> int:
        """How many lots the quote amount of a market order buys or sells on the book as it is."""
        rule = market.definition
        budget, lots = order.quote_amount, 0
        offers = self.offers_to(order)
        refuse_if(offers == [], R.NO_LIQUIDITY)
        for maker in offers:
            lot_cost = self.notional(order.instrument, maker.sent.price_ticks, 1)
            taken = min(maker.remaining, budget // lot_cost)
            lots += taken
            budget -= taken * lot_cost
            if taken < maker.remaining:
                break
        refuse_if(lots == 0, R.QUOTE_QUANTITY_BELOW_LOT)
        lots = min(lots, rule.max_lots)
        if rule.market_max_lots:
            lots = min(lots, rule.market_max_lots)
            lots -= lots % rule.market_step_lots if rule.market_step_lots else 0
        refuse_if(lots < rule.min_lots, R.LOT_SIZE)
        self.check_market_lot_size(market, lots)
        return lots

    def reference(self, market: Market) -> tuple[int, int] | None:
        """The price N / Q that filters compare with, or None before the first trade."""
        if not market.trades:
            return None
        minute = self.time_us // MINUTE_US
        first_minute = minute - market.definition.average_price_minutes + 1
        recent = [t for t in market.trades if first_minute <= t[0] // MINUTE_US]
        if recent:
            return sum(price * lots for _, price, lots in recent), sum(t[2] for t in recent)
        return market.trades[-1][1], 1

    def check_market_notional(self, order: PlaceOrder, market: Market) -> None:
        rule = market.definition
        if order.quote_amount:
            notional, weight = order.quote_amount, 1
        elif (reference := self.reference(market)) is not None:
            price, weight = reference
            notional = self.notional(order.instrument, price, order.quantity_lots)
        else:
            return
        if rule.min_notional_applies_to_market:
            refuse_if(notional < rule.min_notional * weight, R.MIN_NOTIONAL)
        if rule.notional_min_applies_to_market:
            refuse_if(notional < rule.notional_min * weight, R.NOTIONAL)
        if rule.notional_max_applies_to_market:
            refuse_if(0 < rule.notional_max * weight < notional, R.NOTIONAL)

    def check_percent_price(self, order: PlaceOrder, market: Market) -> None:
        rule, reference = market.definition, self.reference(market)
        if reference is None:
            return
        up, down = rule.ask_multiplier_up, rule.ask_multiplier_down
        if order.side is Side.BUY:
            up, down = rule.bid_multiplier_up, rule.bid_multiplier_down
        price, weight = reference
        scaled = order.price_ticks * 10_000 * weight
        refuse_if(up != 0 and scaled > up * price, R.PERCENT_PRICE_BY_SIDE)
        refuse_if(down != 0 and scaled < down * price, R.PERCENT_PRICE_BY_SIDE)

    def orders_of(self, account: int, instrument: int) -> list[Order]:
        of_account = [o for o in self.orders if o.sent.account == account]
        return [o for o in of_account if o.sent.instrument == instrument]

    def check_max_num_orders(self, order: PlaceOrder, market: Market) -> None:
        count = len(self.orders_of(order.account, order.instrument)) + 1
        refuse_if(0 < market.definition.max_num_orders < count, R.MAX_NUM_ORDERS)

    def check_max_position(self, order: PlaceOrder, market: Market, lots: int) -> None:
        if order.side is Side.SELL or market.definition.max_position == 0:
            return
        key = (order.account, market.definition.base)
        orders = self.orders_of(order.account, order.instrument)
        lots += sum(o.remaining for o in orders if o.side is Side.BUY)
        position = self.free.get(key, 0) + self.locked.get(key, 0)
        position += self.base_amount(order.instrument, lots)
        refuse_if(position > market.definition.max_position, R.MAX_POSITION)

    # What an order would meet on the book.

    def makers_for(self, order: PlaceOrder) -> list[Order]:
        """Resting orders it crosses, best price first, then the earlier one."""
        facing = [o for o in self.orders if o.sent.instrument == order.instrument]
        facing = [o for o in facing if o.side is not order.side]
        if order.side is Side.BUY:
            facing.sort(key=lambda o: (o.sent.price_ticks, o.order_id))
            return [
                o
                for o in facing
                if self.is_market(order) or o.sent.price_ticks <= order.price_ticks
            ]
        facing.sort(key=lambda o: (-o.sent.price_ticks, o.order_id))
        return [
            o for o in facing if self.is_market(order) or o.sent.price_ticks >= order.price_ticks
        ]

    def is_market(self, order: PlaceOrder) -> bool:
        return order.type is OrderType.MARKET

    def is_prevented(self, order: PlaceOrder, maker: Order) -> bool:
        return order.stp is not StpMode.NONE and maker.sent.account == order.account

    def offers_to(self, order: PlaceOrder) -> list[Order]:
        """Makers that use up its lots, by trade or DECREMENT, until prevention would end it."""
        offers = []
        for maker in self.makers_for(order):
            if not self.is_prevented(order, maker) or order.stp is StpMode.DECREMENT:
                offers.append(maker)
            elif order.stp in ENDS_TAKER:
                break
        return offers

    def can_fill_whole(self, order: PlaceOrder) -> bool:
        lots = 0
        for maker in self.makers_for(order):
            if not self.is_prevented(order, maker):
                lots += maker.remaining
            elif order.stp is not StpMode.EXPIRE_MAKER:
                break
            if lots >= order.quantity_lots:
                return True
        return lots >= order.quantity_lots

    def hold_for(self, order: PlaceOrder, lots: int) -> int:
        if order.side is Side.SELL or order.type is not OrderType.MARKET:
            return self.hold_of(order, lots)
        cost = 0
        for maker in self.makers_for(order):
            taken = min(lots, maker.remaining)
            if not self.is_prevented(order, maker):
                cost += self.notional(order.instrument, maker.sent.price_ticks, taken)
                lots -= taken
            elif order.stp in ENDS_TAKER:
                break
            elif order.stp is StpMode.DECREMENT:
                lots -= taken
        return cost
