"""Orders are canceled, replaced and amended in the naive exchange."""

from rialto.messages import events as e
from rialto.messages.commands import (
    ALL_INSTRUMENTS,
    AmendOrder,
    CancelAllOrders,
    CancelOrder,
    PlaceOrder,
    ReplaceOrder,
)
from rialto.messages.orders import (
    CancelRestriction,
    ExpiryReason,
    Feature,
    ReplaceMode,
    Side,
)
from rialto.messages.rejections import Rejection as R
from tests.core.model_lists import OrderLists
from tests.core.model_state import Order, Place, Refused, RememberedId, refuse_if

REPLACE_KIND = 19


class Changes(OrderLists):
    def cancel_order(self, cancel: CancelOrder) -> None:
        market = self.market_of(cancel.account, cancel.instrument)
        self.refuse_cancels(market)
        order = self.find_order(cancel)
        is_new = order.remaining == order.quantity
        wrong = CancelRestriction.ONLY_PARTIALLY_FILLED if is_new else CancelRestriction.ONLY_NEW
        refuse_if(cancel.restriction is wrong, R.CANCEL_RESTRICTED)
        self.cancel_with_list(order, cancel.cancel_client_order_id)

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
            self.refuse_cancels(self.market_of(cancel.account, cancel.instrument))
        wanted = [o for o in self.orders if o.account == cancel.account]
        if cancel.instrument != ALL_INSTRUMENTS:
            wanted = [o for o in wanted if o.instrument == cancel.instrument]
        wanted = [o for o in wanted if self.takes_cancels(self.market_for(o))]
        refuse_if(wanted == [], R.UNKNOWN_ORDER)
        for order in wanted:
            if order.is_open:
                self.cancel_with_list(order, "")

    def replace_order(self, replace: ReplaceOrder) -> None:
        what = (replace.account, replace.instrument, replace.side, replace.type)
        how = (replace.time_in_force, replace.stp, replace.client_order_id_reusable)
        size = (replace.price_ticks, replace.quantity_lots, replace.quote_amount)
        order = PlaceOrder(*what, *how, *size, replace.client_order_id, replace.instructions)
        try:
            market = self.market_of(order.account, order.instrument)
            if self.is_repeated(order):
                return
            self.check_status(order, market)
            self.check_feature(market, Feature.CANCEL_REPLACE, R.CANCEL_REPLACE_NOT_ALLOWED)
            self.check_static(order)
            if self.cancel_half(replace) or replace.mode is ReplaceMode.ALLOW_FAILURE:
                self.accept_checked(order)
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
        refuse_if(not market.is_trading, R.MARKET_CLOSED)
        self.check_feature(market, Feature.AMEND, R.AMEND_NOT_ALLOWED)
        order = self.find_order(amend)
        if order.place is Place.PENDING and order.order_list is not None:
            refuse_if(self.keeps_proceeds(order.order_list), R.AMEND_PENDING_OPO)
        lots, gone = amend.quantity_lots, order.quantity - order.remaining
        refuse_if(lots <= 0, R.LOT_SIZE)
        refuse_if(lots > order.quantity, R.AMEND_INCREASES_QUANTITY)
        refuse_if(lots == order.quantity, R.AMEND_CHANGES_NOTHING)
        if lots > gone:
            self.check_lot_size(market, lots)
            if order.price:
                self.check_notional(market, order.price, 1, lots)
        known = self.remembered(amend.account, amend.new_client_order_id)
        refuse_if(
            known is not None and known.order_id != order.order_id, R.DUPLICATE_CLIENT_ORDER_ID
        )
        most = market.definition.max_num_order_amends
        refuse_if(0 < most <= order.amends, R.MAX_NUM_ORDER_AMENDS)
        partner = self.partner_of(order)
        order.amends += 1
        self.reduce_to(order, lots, amend.new_client_order_id)
        if partner is not None and partner.is_open and lots < partner.quantity:
            self.reduce_to(partner, lots, "")

    def reduce_to(self, order: Order, lots: int, new_client_order_id: str) -> None:
        if lots <= order.quantity - order.remaining:
            self.expire(order, ExpiryReason.AMENDED_TO_NOTHING)
            self.leg_expired(order)
        else:
            self.reduce(order, lots, new_client_order_id)

    def reduce(self, order: Order, lots: int, new_client_order_id: str) -> None:
        old_lots, less = order.quantity, order.quantity - lots
        order.quantity -= less
        order.remaining -= less
        update_id = 0
        if order.place is Place.RESTING and order.remaining < order.visible:
            order.visible = order.remaining
            update_id = self.market_for(order).next_update_id()
        released = order.held - self.hold_after_amend(order, less)
        self.unlock(order, released)
        if new_client_order_id:
            if self.remembered(order.account, new_client_order_id) is None:
                memory = RememberedId(None, order.order_id, order.sequence, self.time_us)
                self.remember(order.account, new_client_order_id, memory)
            order.client_order_id = new_client_order_id
        where = (order.account, order.instrument, order.side, order.price)
        size = (old_lots, lots, order.remaining, released, update_id)
        self.emit(e.OrderAmended, order.order_id, *where, *size, order.client_order_id)

    def hold_after_amend(self, order: Order, less: int) -> int:
        if order.place is Place.PENDING:
            return 0
        if order.place is Place.RESTING:
            return order.held - self.hold_of(order, less)
        need = self.need_of(order)
        partner = self.partner_of(order)
        if partner is None or order.order_list is None:
            return need
        full, _ = self.by_hold(order.order_list.pair)
        if order is full:
            return need
        # The full holder's need once it has the new quantity too, whichever is amended first.
        full_lots = max(0, order.quantity - (full.quantity - full.remaining))
        full_need = self.base_amount(order.instrument, full_lots)
        if order.side is Side.BUY:
            price = full.price if full.place is Place.RESTING else full.hold_price
            full_need = self.notional(order.instrument, price, full_lots)
        return min(order.held, max(0, need - full_need))
