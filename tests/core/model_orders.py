"""The life of an order in the naive exchange: accepted, matched, rested, canceled, amended."""

from rialto.messages import events as e
from rialto.messages.commands import (
    ALL_INSTRUMENTS,
    AmendOrder,
    CancelAllOrders,
    CancelOrder,
    PlaceOrder,
    ReplaceOrder,
)
from rialto.messages.ids import OrderId, Sequence
from rialto.messages.orders import (
    CancelRestriction,
    ExpiryReason,
    InstrumentStatus,
    OrderType,
    ReplaceMode,
    Side,
    StpMode,
    TimeInForce,
)
from rialto.messages.rejections import Rejection as R
from tests.core.model_checks import ENDS_TAKER, Checks
from tests.core.model_state import Market, Order, Refused, RememberedId, refuse_if

REMEMBERED_US = 24 * 3600 * 1_000_000
REPLACE_KIND = 19


class Orders(Checks):
    # Placing.

    def place_order(self, order: PlaceOrder) -> None:
        try:
            market = self.market_of(order.account, order.instrument)
            if self.is_repeated(order):
                return
            refuse_if(market.status is not InstrumentStatus.TRADING, R.MARKET_CLOSED)
            self.check_static(order)
            self.accept(order, *self.check_state(order))
        except Refused as refused:
            self.emit_order_rejected(order, refused.rejection)

    def emit_order_rejected(self, order: PlaceOrder, rejection: R) -> None:
        parties = (order.account, order.instrument, order.side, order.type)
        how = (order.time_in_force, order.stp, rejection)
        size = (order.price_ticks, order.quantity_lots, order.quote_amount)
        self.emit(e.OrderRejected, *parties, *how, *size, order.client_order_id)

    def accept(self, order: PlaceOrder, lots: int, hold: int) -> None:
        self.orders_accepted += 1
        order_id = self.orders_accepted
        taker = Order(order_id, self.sequence, order, order.client_order_id, lots, lots, hold)
        memory = RememberedId(order, order_id, self.sequence, self.time_us)
        self.remember(order.account, order.client_order_id, memory)
        self.hold(order.account, self.held_asset(order), hold)
        parties = (order_id, order.account, order.instrument, order.side, order.type)
        size = (order.price_ticks, lots, order.quote_amount, hold)
        how = (order.time_in_force, order.stp)
        self.emit(e.OrderPlaced, *parties, *how, *size, order.client_order_id)
        if order.time_in_force is TimeInForce.FOK and not self.can_fill_whole(order):
            self.expire(taker, ExpiryReason.UNFILLED_FOK_ORDER)
            return
        self.match(taker)
        if taker.remaining:
            self.finish(taker)

    def finish(self, taker: Order) -> None:
        """What becomes of the lots that found no match."""
        if taker.sent.type is OrderType.MARKET:
            self.expire(taker, ExpiryReason.INSUFFICIENT_LIQUIDITY)
        elif taker.sent.time_in_force is TimeInForce.IOC:
            self.expire(taker, ExpiryReason.UNFILLED_IOC_QUANTITY)
        else:
            self.orders.append(taker)
            where = (taker.sent.account, taker.sent.instrument, taker.side, taker.sent.price_ticks)
            update_id = self.markets[taker.sent.instrument].next_update_id()
            left = taker.remaining
            self.emit(e.OrderRested, taker.order_id, *where, left, update_id, left)

    # Matching.

    def match(self, taker: Order) -> None:
        for maker in self.makers_for(taker.sent):
            if taker.remaining == 0:
                return
            if self.is_prevented(taker.sent, maker):
                self.prevent(taker, maker)
            else:
                self.trade(taker, maker)

    def trade(self, taker: Order, maker: Order) -> None:
        instrument, price = maker.sent.instrument, maker.sent.price_ticks
        market = self.markets[instrument]
        lots = min(taker.remaining, maker.remaining)
        cost, received = self.notional(instrument, price, lots), self.base_amount(instrument, lots)
        buyer, seller = (taker, maker) if taker.side is Side.BUY else (maker, taker)
        base, quote = market.definition.base, market.definition.quote
        better_price = 0
        if buyer.sent.type is not OrderType.MARKET:
            better_price = self.hold_of(buyer.sent, lots) - cost
        self.post(buyer.sent.account, quote, better_price, -(cost + better_price))
        self.post(seller.sent.account, base, 0, -received)
        buyer.held -= cost + better_price
        seller.held -= received
        is_taker_buyer = buyer is taker
        buyer_ppm = self.commission_ppm(market, buyer.sent.account, is_taker_buyer)
        seller_ppm = self.commission_ppm(market, seller.sent.account, not is_taker_buyer)
        buyer_commission = self.pay_commission(buyer.sent.account, base, received, buyer_ppm)
        seller_commission = self.pay_commission(seller.sent.account, quote, cost, seller_ppm)
        for order in (taker, maker):
            order.remaining -= lots
        self.drop_if_empty(maker)
        market.trades.append((self.time_us, price, lots))
        who = (taker.side, taker.order_id, maker.order_id, taker.sent.account, maker.sent.account)
        size = (price, lots, taker.remaining, maker.remaining, market.next_update_id())
        money = (buyer_commission, seller_commission, better_price)
        self.emit(e.TradeExecuted, len(market.trades), instrument, *who, *size, *money)

    def commission_ppm(self, market: Market, account: int, is_taker: bool) -> int:
        maker_ppm, taker_ppm = market.rates.get(self.tiers[account], market.rates[0])
        return taker_ppm if is_taker else maker_ppm

    def drop_if_empty(self, order: Order) -> None:
        if order.remaining == 0 and order in self.orders:
            self.orders.remove(order)

    def prevent(self, taker: Order, maker: Order) -> None:
        mode = taker.sent.stp
        if mode is StpMode.DECREMENT:
            self.prevent_by_decrement(taker, maker)
            return
        taker_lots = taker.remaining if mode in ENDS_TAKER else 0
        maker_lots = maker.remaining if mode is not StpMode.EXPIRE_TAKER else 0
        self.emit_prevented(taker, maker, (taker_lots, maker_lots), (0, 0), 0)
        if maker_lots:
            self.expire(maker, ExpiryReason.STP)
        if taker_lots:
            self.expire(taker, ExpiryReason.STP)

    def prevent_by_decrement(self, taker: Order, maker: Order) -> None:
        lots = min(taker.remaining, maker.remaining)
        is_market_buy = taker.sent.type is OrderType.MARKET and taker.side is Side.BUY
        taker_released = 0 if is_market_buy else self.hold_of(taker.sent, lots)
        maker_released = self.hold_of(maker.sent, lots)
        for order, released in ((taker, taker_released), (maker, maker_released)):
            self.release(order.sent.account, self.held_asset(order.sent), released)
            order.held -= released
            order.remaining -= lots
        update_id = self.markets[maker.sent.instrument].next_update_id()
        released_both = (taker_released, maker_released)
        self.emit_prevented(taker, maker, (lots, lots), released_both, update_id)
        for order in (maker, taker):
            if order.remaining == 0:
                self.emit_expired(order, ExpiryReason.STP, 0, 0, 0)
        self.drop_if_empty(maker)

    def emit_prevented(
        self,
        taker: Order,
        maker: Order,
        prevented: tuple[int, int],
        released: tuple[int, int],
        update_id: int,
    ) -> None:
        market = self.markets[taker.sent.instrument]
        market.prevented_match_id += 1
        how = (taker.sent.instrument, taker.side, taker.sent.stp, taker.sent.account)
        who = (taker.order_id, maker.order_id, maker.sent.price_ticks)
        remaining = (taker.remaining, maker.remaining)
        fields = (*how, *who, *prevented, *remaining, *released, update_id)
        self.emit(e.MatchPrevented, market.prevented_match_id, *fields, maker.sent.account)

    # Leaving.

    def take_off(self, order: Order) -> tuple[int, int, int]:
        """Release its hold, take it off the book: (remaining, released, update id or 0)."""
        remaining, released, update_id = order.remaining, order.held, 0
        self.release(order.sent.account, self.held_asset(order.sent), released)
        if order in self.orders:
            self.orders.remove(order)
            update_id = self.markets[order.sent.instrument].next_update_id()
        order.remaining = order.held = 0
        return remaining, released, update_id

    def expire(self, order: Order, reason: ExpiryReason) -> None:
        self.emit_expired(order, reason, *self.take_off(order))

    def emit_expired(
        self, order: Order, reason: ExpiryReason, remaining: int, released: int, update_id: int
    ) -> None:
        where = (order.sent.account, order.sent.instrument, order.side, reason)
        size = (order.sent.price_ticks, remaining, released, update_id)
        self.emit(e.OrderExpired, order.order_id, *where, *size)

    def cancel_order(self, cancel: CancelOrder) -> None:
        market = self.market_of(cancel.account, cancel.instrument)
        refuse_if(market.status is InstrumentStatus.HALT, R.MARKET_CLOSED)
        order = self.find_order(cancel)
        is_new = order.remaining == order.quantity
        wrong = CancelRestriction.ONLY_PARTIALLY_FILLED if is_new else CancelRestriction.ONLY_NEW
        refuse_if(cancel.restriction is wrong, R.CANCEL_RESTRICTED)
        self.cancel(order, cancel.cancel_client_order_id)

    def cancel(self, order: Order, cancel_client_order_id: str) -> None:
        where = (order.sent.account, order.sent.instrument, order.side, order.sent.price_ticks)
        size = self.take_off(order)
        self.emit(e.OrderCanceled, order.order_id, *where, *size, cancel_client_order_id)

    def find_order(self, wanted: CancelOrder | AmendOrder) -> Order:
        name = wanted.client_order_id
        for order in self.orders_of(wanted.account, wanted.instrument):
            if wanted.order_id and order.order_id == wanted.order_id:
                refuse_if(name not in ("", order.client_order_id), R.CLIENT_ORDER_ID_MISMATCH)
                return order
            if not wanted.order_id and name and order.client_order_id == name:
                return order
        raise Refused(R.UNKNOWN_ORDER)

    def cancel_all_orders(self, cancel: CancelAllOrders) -> None:
        refuse_if(cancel.account not in self.tiers, R.UNKNOWN_ACCOUNT)
        if cancel.instrument != ALL_INSTRUMENTS:
            market = self.market_of(cancel.account, cancel.instrument)
            refuse_if(market.status is InstrumentStatus.HALT, R.MARKET_CLOSED)
        wanted = [o for o in self.orders if o.sent.account == cancel.account]
        if cancel.instrument != ALL_INSTRUMENTS:
            wanted = [o for o in wanted if o.sent.instrument == cancel.instrument]
        halted = InstrumentStatus.HALT
        wanted = [o for o in wanted if self.markets[o.sent.instrument].status is not halted]
        refuse_if(wanted == [], R.UNKNOWN_ORDER)
        for order in wanted:
            self.cancel(order, "")

    # Changing.

    def replace_order(self, replace: ReplaceOrder) -> None:
        what = (replace.account, replace.instrument, replace.side, replace.type)
        how = (replace.time_in_force, replace.stp, replace.client_order_id_reusable)
        size = (replace.price_ticks, replace.quantity_lots, replace.quote_amount)
        order = PlaceOrder(*what, *how, *size, replace.client_order_id)
        try:
            market = self.market_of(order.account, order.instrument)
            if self.is_repeated(order):
                return
            refuse_if(market.status is not InstrumentStatus.TRADING, R.MARKET_CLOSED)
            self.check_static(order)
            if self.cancel_half(replace) or replace.mode is ReplaceMode.ALLOW_FAILURE:
                self.accept(order, *self.check_state(order))
        except Refused as refused:
            self.emit_order_rejected(order, refused.rejection)

    def cancel_half(self, replace: ReplaceOrder) -> bool:
        names = (replace.canceled_client_order_id, replace.cancel_client_order_id)
        where = (replace.account, replace.instrument, replace.cancel_order_id)
        try:
            self.cancel_order(CancelOrder(*where, replace.restriction, *names))
        except Refused as refused:
            fields = (refused.rejection, REPLACE_KIND, *where, replace.canceled_client_order_id)
            self.emit(e.CommandRejected, *fields)
            return False
        return True

    def amend_order(self, amend: AmendOrder) -> None:
        market = self.market_of(amend.account, amend.instrument)
        refuse_if(market.status is not InstrumentStatus.TRADING, R.MARKET_CLOSED)
        order = self.find_order(amend)
        lots, gone = amend.quantity_lots, order.quantity - order.remaining
        refuse_if(lots <= 0, R.LOT_SIZE)
        refuse_if(lots > order.quantity, R.AMEND_INCREASES_QUANTITY)
        refuse_if(lots == order.quantity, R.AMEND_CHANGES_NOTHING)
        if lots > gone:
            self.check_lot_size(market, lots)
            self.check_notional(market, order.sent.price_ticks, 1, lots)
        known = self.remembered(amend.account, amend.new_client_order_id)
        refuse_if(
            known is not None and known.order_id != order.order_id, R.DUPLICATE_CLIENT_ORDER_ID
        )
        if lots <= gone:
            self.expire(order, ExpiryReason.AMENDED_TO_NOTHING)
        else:
            self.reduce(order, lots, amend.new_client_order_id)

    def reduce(self, order: Order, lots: int, new_client_order_id: str) -> None:
        old_lots, less = order.quantity, order.quantity - lots
        released = self.hold_of(order.sent, less)
        self.release(order.sent.account, self.held_asset(order.sent), released)
        order.held -= released
        order.quantity -= less
        order.remaining -= less
        if new_client_order_id:
            if self.remembered(order.sent.account, new_client_order_id) is None:
                memory = RememberedId(None, order.order_id, order.sequence, self.time_us)
                self.remember(order.sent.account, new_client_order_id, memory)
            order.client_order_id = new_client_order_id
        update_id = self.markets[order.sent.instrument].next_update_id()
        where = (order.sent.account, order.sent.instrument, order.side, order.sent.price_ticks)
        size = (old_lots, lots, order.remaining, released, update_id)
        self.emit(e.OrderAmended, order.order_id, *where, *size, order.client_order_id)

    # Client order ids.

    def remember(self, account: int, client_order_id: str, memory: RememberedId) -> None:
        if client_order_id:
            self.client_order_ids[account, client_order_id] = memory

    def remembered(self, account: int, client_order_id: str) -> RememberedId | None:
        """Within 24 h of acceptance, and as long as an open order has it."""
        memory = self.client_order_ids.get((account, client_order_id))
        if memory is None:
            return None
        found_by_it = [o for o in self.orders if o.client_order_id == client_order_id]
        is_open = any(o.order_id == memory.order_id for o in found_by_it)
        is_recent = self.time_us - memory.time_us < REMEMBERED_US
        return memory if is_recent or is_open else None

    def is_repeated(self, order: PlaceOrder) -> bool:
        """Whether it was accepted before, and then says so; refuses an id that is another's."""
        memory = self.remembered(order.account, order.client_order_id)
        if order.client_order_id_reusable:
            used = [o for o in self.orders if o.client_order_id == order.client_order_id != ""]
            refuse_if(
                any(o.sent.account == order.account for o in used), R.DUPLICATE_CLIENT_ORDER_ID
            )
            return False
        if memory is None:
            return False
        same = memory.sent and self.parameters(order) == self.parameters(memory.sent)
        refuse_if(not same, R.DUPLICATE_CLIENT_ORDER_ID)
        original = (OrderId(memory.order_id), order.account, order.instrument)
        self.emit(e.OrderRepeated, *original, Sequence(memory.sequence), order.client_order_id)
        return True

    def parameters(self, order: PlaceOrder) -> tuple[object, ...]:
        how = (order.side, order.type, order.time_in_force, order.stp)
        return (*how, order.price_ticks, order.quantity_lots, order.quote_amount, order.instrument)
