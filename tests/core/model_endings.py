"""How orders end in the naive exchange, and what that means for the lists they belong to."""

from rialto.messages import events as e
from rialto.messages.orders import ExpiryReason
from tests.core.model_checks import Checks
from tests.core.model_state import Order, OrderList, Place


class Endings(Checks):
    def take_off(self, order: Order) -> tuple[int, int, int]:
        """Release its hold and let it go: (remaining, released, update id or 0)."""
        remaining, released, update_id = order.remaining, order.held, 0
        self.unlock(order, released)
        if order.place is Place.RESTING:
            update_id = self.market_for(order).next_update_id()
        self.let_go(order)
        order.remaining = 0
        return remaining, released, update_id

    def let_go(self, order: Order) -> None:
        order.place = Place.GONE
        self.orders.remove(order)

    def expire(self, order: Order, reason: ExpiryReason) -> None:
        order.is_expired = True
        if order.place is Place.PENDING:
            order.price = order.sent.price_ticks
        self.emit_expired(order, reason, *self.take_off(order))

    def emit_expired(
        self, order: Order, reason: ExpiryReason, remaining: int, released: int, update_id: int
    ) -> None:
        where = (order.account, order.instrument, order.side, reason)
        size = (order.price, remaining, released, update_id)
        self.emit(e.OrderExpired, order.order_id, *where, *size)

    def cancel(self, order: Order, cancel_client_order_id: str) -> None:
        """Of one order, without the others of its list."""
        where = (order.account, order.instrument, order.side, order.price)
        size = self.take_off(order)
        self.emit(e.OrderCanceled, order.order_id, *where, *size, cancel_client_order_id)

    # Lists.

    def leg_traded(self, leg: Order, bought: int, is_filled: bool) -> None:
        """bought: base amount that it got after commission."""
        found = leg.order_list
        if found is None or found not in self.lists:
            return
        if found.is_working(leg):
            self.hold_proceeds(found, bought)
            if is_filled:
                self.queue_release(found)
        elif leg in found.pair:
            self.expire_partner(found, leg)
        self.end_if_done(found)

    def leg_expired(self, leg: Order) -> None:
        found = leg.order_list
        if found is None or found not in self.lists:
            return
        if found.is_working(leg):
            self.hold_proceeds(found, -found.proceeds)
            for pending in found.pending:
                self.expire(pending, ExpiryReason.OTO_PHASE_ONE)
        elif leg in found.pair:
            self.expire_partner(found, leg)
        self.end_if_done(found)

    def partner_of(self, leg: Order) -> Order | None:
        """The other leg of its pair, while it is open."""
        if leg.order_list is None or leg not in leg.order_list.pair:
            return None
        others = [other for other in leg.order_list.pair if other is not leg and other.is_open]
        return others[0] if others else None

    def expire_partner(self, found: OrderList, leg: Order) -> None:
        partner = self.partner_of(leg)
        if partner is not None:
            self.expire(partner, ExpiryReason.OCO_TRIGGER)

    def hold_proceeds(self, found: OrderList, amount: int) -> None:
        """Lock what the working order of an OPO bought; a negative amount is unlocked."""
        if not self.keeps_proceeds(found) or amount == 0:
            return
        base = self.markets[found.instrument].definition.base
        self.hold(found.account, base, amount)
        found.proceeds += amount
        self.emit(e.ProceedsHeld, found.list_id, found.account, found.instrument, amount)

    def keeps_proceeds(self, found: OrderList) -> bool:
        return found.list_type.name.startswith("OPO")

    def queue_release(self, found: OrderList) -> None:
        self.due.append(("release", found.list_id, False))

    def end_if_done(self, found: OrderList) -> None:
        if not found.open_legs and found in self.lists:
            self.lists.remove(found)
            self.emit(e.OrderListDone, found.list_id, found.account, found.instrument)

    def cancel_with_list(self, order: Order, cancel_client_order_id: str) -> None:
        """By its owner: first the order, then the rest of its list."""
        self.cancel(order, cancel_client_order_id)
        if order.order_list is not None:
            self.cancel_list(order.order_list, cancel_client_order_id)

    def cancel_list(self, found: OrderList, cancel_client_order_id: str) -> None:
        self.hold_proceeds(found, -found.proceeds)
        for leg in found.open_legs:
            self.cancel(leg, cancel_client_order_id)
        self.end_if_done(found)
