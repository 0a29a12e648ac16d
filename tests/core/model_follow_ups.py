"""What a command leaves to be done: triggered orders, pending legs, the trades of an auction."""

from rialto.messages import events as e
from rialto.messages.orders import ExpiryReason, InstrumentStatus, OrderType, Side
from rialto.messages.rejections import Rejection as R
from tests.core.model_matching import Matching
from tests.core.model_state import (
    Due,
    Market,
    Order,
    OrderList,
    Place,
    Refused,
    refuse_if,
)

FOLLOW_UPS_MAX = 128


class FollowUps(Matching):
    def follow_up(self) -> None:
        """At the end of every command: one unit of each in turn, a bounded number of them."""
        for _ in range(FOLLOW_UPS_MAX):
            if not self.due:
                return
            unit = self.due.pop(0)
            if self.carry_on(*unit):
                self.due.append(unit)

    def carry_on(self, kind: str, number: int, is_rising: bool) -> bool:
        """Do one unit of it; gives whether there is more to do."""
        if kind == "sweep":
            return self.sweep(self.markets[number], number, is_rising)
        if kind == "open":
            return self.trade_at_opening(number)
        self.release(number)
        return False

    def queue_parked(self, instrument: int) -> None:
        """What was dropped while the instrument did not trade."""
        for is_rising in (True, False):
            if self.markets[instrument].bounds[is_rising]:
                self.queue_once(("sweep", instrument, is_rising))
        for found in self.lists:
            working = found.legs[0]
            is_filled = not working.is_open and found.is_working(working)
            is_here = found.instrument == instrument
            if is_here and is_filled and found.pending[0].place is Place.PENDING:
                self.queue_once(("release", found.list_id, False))

    def queue_once(self, unit: Due) -> None:
        if unit not in self.due:
            self.due.append(unit)

    # Triggered orders.

    def sweep(self, market: Market, instrument: int, is_rising: bool) -> bool:
        if not market.is_trading:
            return False
        ladder, bound = self.ladder(instrument, is_rising), market.bounds[is_rising]
        if not ladder or not self.is_reached(ladder[0], bound, is_rising):
            market.bounds[is_rising] = 0
            return False
        self.fire(ladder[0])
        return True

    def fire(self, order: Order) -> None:
        partner = self.partner_of(order)
        if partner is not None:
            self.expire(partner, ExpiryReason.OCO_TRIGGER)
        order.place = Place.MEETING
        try:
            self.check_fired(order)
        except Refused:
            order.price = order.sent.price_ticks
            self.expire(order, ExpiryReason.REJECTED)
            self.leg_expired(order)
            return
        released, needed = order.held, self.need_of(order)
        self.unlock(order, released - needed)
        who = (order.order_id, order.account, order.instrument, order.side)
        self.emit(e.OrderTriggered, *who, order.price, released, needed)
        self.tell_peg(order, order.is_pegged)
        self.meet_book(order)

    def check_fired(self, order: Order) -> None:
        market = self.market_for(order)
        if order.is_market:
            self.check_market_lot_size(market, order.remaining)
            self.check_market_notional(order, market)
        else:
            if order.is_pegged:
                self.peg_within_filters(order, market)
            self.check_percent_price(order, market, order.price)
        needed = self.need_of(order)
        refuse_if(needed > self.free_for(order) + order.held, R.INSUFFICIENT_BALANCE)

    def tell_peg(self, order: Order, is_now: bool) -> None:
        if is_now:
            where = (order.account, order.instrument, order.side, order.price)
            self.emit(e.OrderPegged, order.order_id, *where)

    # Pending orders.

    def release(self, list_id: int) -> None:
        wanted = [found for found in self.lists if found.list_id == list_id]
        if not wanted or not self.markets[wanted[0].instrument].is_trading:
            return
        found = wanted[0]
        if self.keeps_proceeds(found):
            self.size_by_proceeds(found)
        try:
            self.check_released(found)
        except Refused:
            for leg in found.pending:
                self.expire(leg, ExpiryReason.REJECTED)
            self.end_if_done(found)
            return
        for leg in found.pending:
            self.hold(leg.account, self.held_asset(leg), leg.held)
            where = (leg.account, leg.instrument, leg.side, leg.price)
            self.emit(e.OrderActivated, leg.order_id, *where, leg.quantity, leg.held)
            self.tell_peg(leg, self.is_pegged_now(leg))
        for leg in found.pending:
            self.begin(leg)

    def size_by_proceeds(self, found: OrderList) -> None:
        rule = self.markets[found.instrument].definition
        lots = found.proceeds // rule.base_units_per_lot
        self.hold_proceeds(found, -found.proceeds)
        for leg in found.pending:
            rest = lots % rule.market_step_lots if leg.is_market and rule.market_step_lots else 0
            leg.quantity = leg.remaining = lots - rest

    def check_released(self, found: OrderList) -> None:
        for leg in found.pending:
            self.check_activation(leg, self.keeps_proceeds(found))
        self.set_holds(found.pending)
        needed = sum(leg.held for leg in found.pending)
        if needed > self.free_for(found.pending[0]):
            for leg in found.pending:
                leg.held = 0
            raise Refused(R.INSUFFICIENT_BALANCE)

    def check_activation(self, leg: Order, is_sized_now: bool) -> None:
        market = self.market_for(leg)
        if is_sized_now:
            self.check_lot_size(market, leg.quantity)
            self.check_iceberg_size(market, leg.asked, leg.quantity)
            if leg.sent.price_ticks:
                self.check_notional(market, leg.sent.price_ticks, 1, leg.quantity)
        if leg.type is OrderType.MARKET:
            self.check_market_lot_size(market, leg.quantity)
            self.check_market_notional(leg, market)
        self.take_peg_price(leg, market)
        self.check_percent_prices(leg, market)
        self.check_waiting(leg, market)
        if leg.type is OrderType.LIMIT_MAKER:
            refuse_if(self.makers_for(leg) != [], R.WOULD_TAKE)

    def set_holds(self, legs: list[Order]) -> None:
        """Of a pair the limit maker, else the first, holds all it needs, the other what lacks."""
        for leg in legs:
            leg.held = self.need_of(leg)
        if len(legs) > 1:
            full, other = self.by_hold(legs)
            other.held = max(0, other.held - full.held)

    def by_hold(self, pair: list[Order]) -> tuple[Order, Order]:
        first, second = pair
        is_second = second.type is OrderType.LIMIT_MAKER
        return (second, first) if is_second else (first, second)

    # Opening auction.

    def trade_at_opening(self, instrument: int) -> bool:
        market = self.markets[instrument]
        opening = market.opening
        assert opening is not None, "an auction that is over"
        bid = self.side_of_book(instrument, Side.BUY)[0]
        ask = self.side_of_book(instrument, Side.SELL)[0]
        taker, maker = (bid, ask) if bid.order_id > ask.order_id else (ask, bid)
        lots = min(bid.visible, ask.visible, opening.left)
        by_taker, by_maker = self.execute(taker, maker, opening.price, lots)
        opening.left -= lots
        self.refresh(bid)
        self.refresh(ask)
        self.leg_traded(maker, by_maker, maker.is_filled)
        self.leg_traded(taker, by_taker, taker.is_filled)
        if opening.left:
            return True
        market.opening = None
        self.set_status(instrument, InstrumentStatus.TRADING)
        self.observe(instrument, [opening.price])
        self.queue_parked(instrument)
        return False

    def set_status(self, instrument: int, status: InstrumentStatus) -> None:
        self.markets[instrument].status = status
        self.emit(e.InstrumentStatusSet, instrument, status)

    def opening_price(self, instrument: int) -> tuple[int, int] | None:
        """(price, lots) at which a crossed book opens; None if it is not crossed."""
        bids = self.side_of_book(instrument, Side.BUY)
        asks = self.side_of_book(instrument, Side.SELL)
        if not bids or not asks or bids[0].price < asks[0].price:
            return None
        last = self.markets[instrument].last_price
        prices = sorted({o.price for o in bids + asks if asks[0].price <= o.price <= bids[0].price})

        def totals(price: int) -> tuple[int, int]:
            bid_lots = sum(o.remaining for o in bids if o.price >= price)
            return bid_lots, sum(o.remaining for o in asks if o.price <= price)

        def merit(price: int) -> tuple[int, int, int, int]:
            bid_lots, ask_lots = totals(price)
            distance = abs(price - last) if last else 0
            return -min(bid_lots, ask_lots), abs(bid_lots - ask_lots), distance, price

        best = min(prices, key=merit)
        return best, min(totals(best))
