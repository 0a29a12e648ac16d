"""A taker meets the book in the naive exchange, and what it trades sets other orders off."""

from typing import NamedTuple

from rialto.messages import events as e
from rialto.messages.orders import ExpiryReason, InstrumentStatus, Side, StpMode, TimeInForce
from tests.core.model_book import ENDS_TAKER, is_within
from tests.core.model_observing import Observing
from tests.core.model_state import Market, Order, Place


class Mark(NamedTuple):
    """Something that happened to a maker, for its list to hear of when the taker is done."""

    maker: Order
    bought: int | None  # None: it expired
    is_filled: bool = False


class Matching(Observing):
    def begin(self, order: Order) -> None:
        """An order that was just accepted or activated waits, or meets the book."""
        if order.asked.trailing_delta:
            order.place = Place.TRAILING
            if order.asked.stop_price_ticks == 0:
                order.is_tracking, order.extreme = True, self.market_for(order).last_price
        elif order.is_conditional:
            self.wait_in_ladder(order, order.asked.stop_price_ticks)
        elif self.market_for(order).status is InstrumentStatus.AUCTION:
            self.rest(order)
        else:
            order.place = Place.MEETING
            self.meet_book(order)

    def meet_book(self, taker: Order) -> None:
        """Match, rest or end, tell the lists, and then observe the prices of the trades."""
        market = self.market_for(taker)
        first_trade, marks = len(market.trades), list[Mark]()
        bought = 0
        if self.is_fok(taker) and not self.can_fill_whole(taker):
            self.expire(taker, ExpiryReason.UNFILLED_FOK_ORDER)
        else:
            bought = self.match(taker, marks)
        if taker.place is Place.MEETING:
            self.finish(taker)
        for mark in marks:
            self.tell_list(mark)
        if len(market.trades) > first_trade:
            self.leg_traded(taker, bought, taker.is_filled)
        if taker.is_expired:
            self.leg_expired(taker)
        self.observe(taker.instrument, [price for _, price, _ in market.trades[first_trade:]])

    def tell_list(self, mark: Mark) -> None:
        if mark.bought is None:
            self.leg_expired(mark.maker)
        else:
            self.leg_traded(mark.maker, mark.bought, mark.is_filled)

    def match(self, taker: Order, marks: list[Mark]) -> int:
        """Gives the base amount that the taker bought."""
        reach, bought = self.reach_of(taker), 0
        while taker.place is Place.MEETING:
            makers = self.makers_for(taker)
            if not makers:
                break
            maker = makers[0]
            mode = self.prevention(taker, maker)
            if not is_within(reach, maker.price):
                self.expire(taker, ExpiryReason.PRICE_RANGE)
            elif mode is StpMode.NONE:
                by_taker, by_maker = self.trade(taker, maker)
                bought += by_taker
                marks.append(Mark(maker, by_maker, maker.is_filled))
            else:
                self.prevent(taker, maker, mode)
                if maker.is_expired:
                    marks.append(Mark(maker, None))
        return bought

    def finish(self, taker: Order) -> None:
        """What becomes of the lots that found no match."""
        if taker.is_market:
            self.expire(taker, ExpiryReason.INSUFFICIENT_LIQUIDITY)
        elif taker.sent.time_in_force is TimeInForce.IOC:
            self.expire(taker, ExpiryReason.UNFILLED_IOC_QUANTITY)
        else:
            self.rest(taker)

    def rest(self, order: Order) -> None:
        order.place, order.rank, order.visible = Place.RESTING, self.next_rank(), order.shown
        where = (order.account, order.instrument, order.side, order.price, order.remaining)
        update_id = self.market_for(order).next_update_id()
        self.emit(e.OrderRested, order.order_id, *where, update_id, order.visible)

    def trade(self, taker: Order, maker: Order) -> tuple[int, int]:
        """At the maker's price. Gives what each bought, base after commission; a seller 0."""
        lots = min(taker.remaining, maker.visible)
        bought = self.execute(taker, maker, maker.price, lots)
        self.refresh(maker)
        return bought

    def execute(self, taker: Order, maker: Order, price: int, lots: int) -> tuple[int, int]:
        market = self.market_for(taker)
        buyer, seller = (taker, maker) if taker.side is Side.BUY else (maker, taker)
        better = self.exchange(buyer, seller, price, lots)
        received = self.base_amount(taker.instrument, lots)
        cost = self.notional(taker.instrument, price, lots)
        buyer_ppm = self.commission_ppm(market, buyer.account, buyer is taker)
        seller_ppm = self.commission_ppm(market, seller.account, seller is taker)
        rule = market.definition
        in_base = self.pay_commission(buyer.account, rule.base, received, buyer_ppm)
        in_quote = self.pay_commission(seller.account, rule.quote, cost, seller_ppm)
        self.use_up(taker, maker, lots)
        market.trades.append((self.time_us, price, lots))
        who = (taker.side, taker.order_id, maker.order_id, taker.account, maker.account)
        size = (price, lots, taker.remaining, maker.remaining, market.next_update_id())
        fields = (*who, *size, in_base, in_quote, better)
        self.emit(e.TradeExecuted, len(market.trades), taker.instrument, *fields)
        bought = received - in_base
        return (bought, 0) if buyer is taker else (0, bought)

    def exchange(self, buyer: Order, seller: Order, price: int, lots: int) -> int:
        """Take what both pay out of their holds; gives what the buyer pays less than it held."""
        rule = self.market_for(buyer).definition
        cost = self.notional(buyer.instrument, price, lots)
        received = self.base_amount(buyer.instrument, lots)
        better = 0 if buyer.is_market else self.hold_of(buyer, lots) - cost
        self.post(buyer.account, rule.quote, better, -(cost + better))
        self.post(seller.account, rule.base, 0, -received)
        buyer.held -= cost + better
        seller.held -= received
        return better

    def use_up(self, taker: Order, maker: Order, lots: int) -> None:
        for order in (taker, maker):
            order.remaining -= lots
            order.visible = max(0, order.visible - lots)
            if order.remaining == 0:
                self.let_go(order)

    def refresh(self, maker: Order) -> None:
        """The next visible part of an iceberg goes to the end of its level."""
        if maker.visible == 0 and maker.remaining:
            maker.visible, maker.rank = maker.shown, self.next_rank()
            where = (maker.account, maker.instrument, maker.side, maker.price, maker.visible)
            update_id = self.market_for(maker).next_update_id()
            self.emit(e.IcebergRefreshed, maker.order_id, *where, update_id)

    def commission_ppm(self, market: Market, account: int, is_taker: bool) -> int:
        maker_ppm, taker_ppm = market.rates.get(self.tiers[account], market.rates[0])
        return taker_ppm if is_taker else maker_ppm

    # Self-trade prevention.

    def prevent(self, taker: Order, maker: Order, mode: StpMode) -> None:
        if mode is StpMode.DECREMENT or mode is StpMode.TRANSFER:
            self.prevent_by_decrement(taker, maker, mode)
            return
        taker_lots = taker.remaining if mode in ENDS_TAKER else 0
        maker_lots = maker.remaining if mode is not StpMode.EXPIRE_TAKER else 0
        self.emit_prevented(taker, maker, mode, (taker_lots, maker_lots, 0, 0, 0))
        if maker_lots:
            self.expire(maker, ExpiryReason.STP)
        if taker_lots:
            self.expire(taker, ExpiryReason.STP)

    def prevent_by_decrement(self, taker: Order, maker: Order, mode: StpMode) -> None:
        lots = min(taker.remaining, maker.visible)
        if mode is StpMode.TRANSFER:
            released = self.transfer_between(taker, maker, lots)
        else:
            is_market_buy = taker.is_market and taker.side is Side.BUY
            released = (
                0 if is_market_buy else self.hold_of(taker, lots),
                self.hold_of(maker, lots),
            )
            self.unlock(taker, released[0])
            self.unlock(maker, released[1])
        self.use_up(taker, maker, lots)
        update_id = self.market_for(maker).next_update_id()
        self.emit_prevented(taker, maker, mode, (lots, lots, *released, update_id))
        self.refresh(maker)
        for order in (maker, taker):
            if order.remaining == 0:
                order.is_expired = True
                self.emit_expired(order, ExpiryReason.STP, 0, 0, 0)

    def transfer_between(self, taker: Order, maker: Order, lots: int) -> tuple[int, int]:
        """Base and quote change hands at the maker's price, free of commission."""
        buyer, seller = (taker, maker) if taker.side is Side.BUY else (maker, taker)
        rule = self.market_for(taker).definition
        better = self.exchange(buyer, seller, maker.price, lots)
        self.post(buyer.account, rule.base, self.base_amount(taker.instrument, lots), 0)
        self.post(seller.account, rule.quote, self.notional(taker.instrument, maker.price, lots), 0)
        return better, 0

    def emit_prevented(
        self, taker: Order, maker: Order, mode: StpMode, amounts: tuple[int, int, int, int, int]
    ) -> None:
        """amounts: lots of both that are prevented, released of both, update id."""
        market = self.market_for(taker)
        market.prevented_match_id += 1
        how = (taker.instrument, taker.side, mode, taker.account)
        who = (taker.order_id, maker.order_id, maker.price)
        remaining = (taker.remaining, maker.remaining)
        fields = (*how, *who, *amounts[:2], *remaining, *amounts[2:], maker.account)
        self.emit(e.MatchPrevented, market.prevented_match_id, *fields)
