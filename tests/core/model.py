"""The naive exchange: the rules in plain Python, too simple to be wrong, to compare the core with.

In:  commands with their ids, a first sequence and a time.
Out: the events that the core must give, balances and open orders.
Never: cleverness. Everything is a list or a dict and is looked for from one end to the other.

One class, told over several files, each standing on the one before: model_state.py (what is
remembered), model_book.py (who would meet whom), model_static.py and model_checks.py (what refuses
an order), model_endings.py, model_observing.py and model_matching.py (what happens to it),
model_follow_ups.py (what that sets off), model_orders.py, model_lists.py and model_changes.py
(what an account can ask for), model_administration.py (what the operator can).
"""

from rialto.messages import commands as c
from rialto.messages import events as e
from rialto.messages.codec import COMMAND_KINDS
from rialto.messages.commands import Command
from rialto.messages.events import Event
from rialto.messages.orders import ExpiryReason
from rialto.messages.rejections import Rejection as R
from tests.core.model_administration import Administration
from tests.core.model_follow_ups import FOLLOW_UPS_MAX
from tests.core.model_state import Order, Origin, Refused, refuse_if

ORIGINS_MAX = 64
COMMAND_IDS_WINDOW = 1024  # with the highest
KIND_OF = {struct: kind for kind, struct in COMMAND_KINDS.items()}

Identified = tuple[int, int, Command]  # origin, number, command


class Model(Administration):
    def apply(self, first_sequence: int, time_us: int, batch: list[Identified]) -> list[Event]:
        assert first_sequence == self.sequence + 1
        self.time_us = max(self.time_us, time_us)
        events: list[Event] = []
        for origin, number, command in batch:
            self.sequence += 1
            self.events = []
            try:
                refuse_if(self.is_duplicate(origin, number), R.DUPLICATE_COMMAND)
                self.carry_out(command)
            except Refused as refused:
                self.emit(e.CommandRejected, *self.rejected(command, refused.rejection))
            self.follow_up()
            events += self.events
        return events

    def rejected(self, command: Command, rejection: R) -> tuple[object, ...]:
        """The fields of a CommandRejected: what the command names, 0 or "" where it names none."""
        account = getattr(command, "account", getattr(command, "source", 0))
        order_id, name = getattr(command, "order_id", 0), getattr(command, "client_order_id", "")
        if isinstance(command, c.ReplaceOrder):
            order_id, name = command.cancel_order_id, command.canceled_client_order_id
        if isinstance(command, c.PlaceOrderList | c.CancelOrderList):
            order_id, name = getattr(command, "order_list", 0), command.list_client_order_id
        instrument = getattr(command, "instrument", 0)
        return rejection, KIND_OF[type(command)], account, instrument, order_id, name

    def is_duplicate(self, origin: int, number: int) -> bool:
        """Whether the id was seen; it counts as seen from now on. Too old counts as seen."""
        if origin == 0:
            return False
        if origin not in self.origins:
            if len(self.origins) == ORIGINS_MAX:
                del self.origins[min(self.origins, key=lambda o: self.origins[o].last_sequence)]
            self.origins[origin] = Origin(set(), self.sequence)
        known = self.origins[origin]
        known.last_sequence = self.sequence
        highest = max(known.seen, default=0)
        if number in known.seen or highest - number >= COMMAND_IDS_WINDOW:
            return True
        known.seen.add(number)
        return False

    def carry_out(self, command: Command) -> None:
        match command:
            case c.PlaceOrder():
                self.place_order(command)
            case c.PlaceOrderList():
                self.place_order_list(command)
            case c.CancelOrderList():
                self.cancel_order_list(command)
            case c.CancelOrder():
                self.cancel_order(command)
            case c.CancelAllOrders():
                self.cancel_all_orders(command)
            case c.ReplaceOrder():
                self.replace_order(command)
            case c.AmendOrder():
                self.amend_order(command)
            case c.AdvanceTime():
                self.advance_time()
            case _:
                self.administer(command)

    def advance_time(self) -> None:
        self.emit(e.TimeAdvanced)
        for order in self.timed_out()[:FOLLOW_UPS_MAX]:
            self.expire(order, ExpiryReason.GOOD_TILL_TIME)

    def timed_out(self) -> list[Order]:
        """Orders past their time, but not where an auction is on."""
        late = [o for o in self.orders if 0 < o.asked.good_till_us <= self.time_us]
        late = [o for o in late if self.market_for(o).opening is None]
        return sorted(late, key=lambda o: (o.asked.good_till_us, o.order_id))

    def wake_at_us(self) -> int | None:
        """When there will be something to do without a command; 0: now."""
        if self.due:
            return 0
        return min(
            (o.asked.good_till_us for o in self.orders if o.asked.good_till_us), default=None
        )
