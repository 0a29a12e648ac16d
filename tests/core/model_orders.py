"""Orders are placed in the naive exchange, one by one, and known by their client order ids."""

from rialto.messages import events as e
from rialto.messages.commands import PlaceOrder, PlaceOrderList
from rialto.messages.ids import OrderId, Sequence
from rialto.messages.rejections import Rejection as R
from tests.core.model_follow_ups import FollowUps
from tests.core.model_state import Order, Refused, RememberedId, refuse_if

REMEMBERED_US = 24 * 3600 * 1_000_000


class Orders(FollowUps):
    def place_order(self, order: PlaceOrder) -> None:
        try:
            market = self.market_of(order.account, order.instrument)
            if self.is_repeated(order):
                return
            self.check_status(order, market)
            self.check_static(order)
            self.accept_checked(order)
        except Refused as refused:
            self.emit_order_rejected(order, refused.rejection)

    def emit_order_rejected(self, order: PlaceOrder, rejection: R) -> None:
        parties = (order.account, order.instrument, order.side, order.type)
        how = (order.time_in_force, order.stp, rejection)
        size = (order.price_ticks, order.quantity_lots, order.quote_amount)
        fields = (*parties, *how, *size, order.client_order_id, order.instructions)
        self.emit(e.OrderRejected, *fields)

    def draft(self, sent: PlaceOrder) -> Order:
        """What the order would be, for the checks to look at."""
        size = (sent.quantity_lots, sent.quantity_lots, sent.price_ticks)
        return Order(0, self.sequence, sent, sent.client_order_id, *size)

    def accept_checked(self, sent: PlaceOrder) -> None:
        order = self.draft(sent)
        self.check_state(order, [])
        self.check_balance(order)
        self.accept(order, self.is_pegged_now(order), sent)
        self.begin(order)

    def accept(
        self, order: Order, is_pegged_now: bool, remembered: PlaceOrder | PlaceOrderList
    ) -> None:
        sent = order.sent
        self.orders_accepted += 1
        order.order_id = self.orders_accepted
        self.orders.append(order)
        memory = RememberedId(remembered, order.order_id, self.sequence, self.time_us)
        self.remember(sent.account, sent.client_order_id, memory)
        self.hold(order.account, self.held_asset(order), order.held)
        parties = (order.order_id, sent.account, sent.instrument, sent.side, sent.type)
        how = (sent.time_in_force, sent.stp)
        size = (sent.price_ticks, order.quantity, sent.quote_amount, order.held)
        fields = (*parties, *how, *size, sent.client_order_id, sent.instructions)
        self.emit(e.OrderPlaced, *fields)
        self.tell_peg(order, is_pegged_now)

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

    def refuse_if_open(self, account: int, client_order_id: str) -> None:
        used = [o for o in self.orders if o.client_order_id == client_order_id != ""]
        refuse_if(any(o.account == account for o in used), R.DUPLICATE_CLIENT_ORDER_ID)

    def is_repeated(self, order: PlaceOrder) -> bool:
        """Whether it was accepted before, and then says so; refuses an id that is another's."""
        if order.client_order_id_reusable:
            self.refuse_if_open(order.account, order.client_order_id)
            return False
        return self.is_repeat_of(order, order.client_order_id)

    def is_repeat_of(self, sent: PlaceOrder | PlaceOrderList, client_order_id: str) -> bool:
        memory = self.remembered(sent.account, client_order_id)
        if memory is None:
            return False
        same = memory.sent and self.parameters(sent) == self.parameters(memory.sent)
        refuse_if(not same, R.DUPLICATE_CLIENT_ORDER_ID)
        original = (OrderId(memory.order_id), sent.account, sent.instrument)
        self.emit(e.OrderRepeated, *original, Sequence(memory.sequence), client_order_id)
        return True

    def parameters(self, sent: PlaceOrder | PlaceOrderList) -> tuple[object, ...]:
        if isinstance(sent, PlaceOrderList):
            return (sent.instrument, sent.list_type, sent.stp, sent.list_client_order_id, sent.legs)
        how = (sent.side, sent.type, sent.time_in_force, sent.stp)
        size = (sent.price_ticks, sent.quantity_lots, sent.quote_amount)
        return (*how, *size, sent.instrument, sent.instructions)
