"""The audit: one row per command, told from its events: what it was, whose, and how it ended."""

from rialto.messages import events as e
from rialto.messages.ids import AccountId, OrderId
from rialto.projections.orders import Order
from rialto.projections.statements import Row

DONE = "DONE"
REJECTED = "REJECTED"
REPEATED = "REPEATED"
_REJECTIONS = (e.OrderRejected, e.CommandRejected)


class AuditRow:
    """Gathers the events of one command.

    kind     the first event's name
    outcome  the status an order was left with, or DONE; REJECTED if the command or a part of it was
    reason   of the rejection or expiry, else ""
    """

    def __init__(self, first: e.Event) -> None:
        self._first = first
        self._order_id: OrderId | None = getattr(first, "order_id", None)
        self._outcome = DONE
        self._reason = ""

    def add(self, event: e.Event, changed: tuple[Order, ...]) -> None:
        """The next event, and the orders it changed."""
        if self._outcome == REJECTED:
            return
        if isinstance(event, _REJECTIONS):
            self._outcome, self._reason = REJECTED, event.rejection.name
        elif isinstance(event, e.OrderRepeated):
            self._outcome = REPEATED
        elif isinstance(event, e.OrderPlaced) and not isinstance(self._first, e.OrderListPlaced):
            self._order_id = event.order_id
        for order in changed:  # other orders' events may follow
            if self._order_id == order.id:
                self._outcome = order.status.name
                self._reason = order.expiry_reason.name if order.expiry_reason else ""

    def row(self) -> Row:
        first = self._first
        account = first.source if isinstance(first, e.Transferred) else _account_of(first)
        kind = type(first).__name__
        return first.sequence, first.time_us, kind, account, self._outcome, self._reason


def _account_of(event: e.Event) -> AccountId:
    """0 for events of no account."""
    account: AccountId = getattr(event, "account", AccountId(0))
    return account
