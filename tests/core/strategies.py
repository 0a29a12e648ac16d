"""Streams of random commands, tuned so that orders meet, and set one another off.

In:  a random number generator (Hypothesis can bring its own); the model, to name what exists.
Out: one command after another with its command id, and the time of each batch.

stream_parts.py says what commands are made of; stream_orders.py, stream_exchange.py and
stream_crowds.py make them.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from msgspec.structs import replace

from rialto.messages import commands as c
from rialto.messages.commands import ALL_INSTRUMENTS, Command
from rialto.messages.ids import AccountId, InstrumentId, OrderListId
from rialto.messages.orders import InstrumentStatus, ReplaceMode
from tests.core.model import Identified, Model
from tests.core.model_orders import REMEMBERED_US
from tests.core.stream_crowds import Crowds
from tests.core.stream_parts import START_US

__all__ = ["START_US", "Stream"]

SENT_MAX = 64


class Stream(Crowds):
    def __init__(self, random: Random) -> None:
        super().__init__(random)
        self.numbers: dict[int, int] = {}  # of each origin
        self.ending: tuple[int, str] | None = None  # a client order id about to be forgotten
        weights = {
            self.place: 100,
            self.place_list: 0 if self.is_simple else 16,
            self.cancel: 12,
            self.cancel_list: 3,
            self.cancel_all: 2,
            self.replace: 11,
            self.amend: 16,
            self.advance_time: 5,
            self.deposit: 6,
            self.withdraw: 4,
            self.transfer: 3,
            self.set_status: 2,
            self.administer: 2,
            self.limit: 3,
            self.again: 6,
            self.place_extreme: 3,
        }
        self.makers: list[Callable[[Model], Command]] = list(weights)
        self.weights = list(weights.values())

    def batch(self, model: Model) -> tuple[int, list[Identified]]:
        """A time, and commands made from the state before all of them: mostly one."""
        self.pass_time(model)
        if self.chance(0.0012) and not self.is_simple:
            return self.time_us, [(0, 0, command) for command in self.crowd(model)]
        count = self.random.randint(2, 12) if self.chance(0.02) else 1
        return self.time_us, [self.identified(model) for _ in range(count)]

    def identified(self, model: Model) -> Identified:
        (make,) = self.random.choices(self.makers, self.weights)
        if self.is_closed(model) and self.chance(0.06 if self.gathering(model) else 0.2):
            make = self.set_status
        if model.wake_at_us() == 0 and self.chance(0.3):
            make = self.advance_time
        command = make(model)
        if self.ending is not None:
            account, name = self.ending
            named = {"account": AccountId(account), "client_order_id": name}
            command = replace(self.place(model), client_order_id_reusable=False, **named)
            self.ending = None
        if self.chance(0.15):
            self.sent = [*self.sent[-SENT_MAX:], command]
        return *self.command_id(), command

    def is_closed(self, model: Model) -> bool:
        return any(m.status is not InstrumentStatus.TRADING for m in model.markets)

    def pass_time(self, model: Model) -> None:
        if self.chance(0.5):
            self.time_us += self.random.randrange(2_000_000)
        if self.chance(0.025):
            minute = 60_000_000
            self.time_us += self.pick(minute, minute, minute, 3 * minute, 120 * minute, -minute)
        if self.chance(0.003) and model.client_order_ids:
            self.come_to_the_end_of_an_id(model)
        wake_us = model.wake_at_us()
        if wake_us and self.chance(0.03):
            self.time_us = max(self.time_us, min(wake_us, self.time_us + 60_000_000))

    def come_to_the_end_of_an_id(self, model: Model) -> None:
        """Go to where a client order id is forgotten, or 1 us before, and use it at once."""
        open_ids = {(int(o.sent.account), o.client_order_id) for o in model.orders}
        known: list[tuple[int, str]] = [k for k in model.client_order_ids if k in open_ids]
        if not known or self.chance(0.4):
            known = list(model.client_order_ids)
        self.ending = self.random.choice(known)
        end_us = model.client_order_ids[self.ending].time_us + REMEMBERED_US
        self.time_us = max(self.time_us, end_us - self.pick(0, 1))

    def command_id(self) -> tuple[int, int]:
        if self.chance(0.6):
            return 0, self.pick(0, 1, 2**64 - 1)
        origin = self.random.randint(1, self.origins)
        steps = (1,) * 30 + (0, -1, 2, 3, -3, 700, -1000, -1024, -1025, -1026, 1024, 1025)
        number = max(0, self.numbers.get(origin, 0) + self.random.choice(steps))
        self.numbers[origin] = max(number, self.numbers.get(origin, 0))
        return origin, number

    def again(self, model: Model) -> Command:
        """The very same command as some time ago, as a client does that heard no answer."""
        open_ids = {o.order_id for o in model.orders}
        known = [m for m in model.client_order_ids.values() if m.sent is not None]
        known = [m for m in known if m.order_id in open_ids] if self.chance(0.7) else known
        if known and self.chance(0.5):
            return self.random.choice([m.sent for m in known if m.sent is not None])
        return self.random.choice(self.sent) if self.sent else self.place(model)

    def advance_time(self, model: Model) -> c.AdvanceTime:
        return c.AdvanceTime()

    # What is done to orders.

    def cancel(self, model: Model) -> c.CancelOrder:
        account, instrument, order_id, name = self.target(model)
        where = (account, instrument, order_id)
        return c.CancelOrder(*where, self.restriction(), name, self.pick("", "cancel-1"))

    def cancel_list(self, model: Model) -> c.CancelOrderList:
        account, instrument = self.account(), self.instrument()
        list_id, name = self.random.randrange(model.lists_accepted + 2), self.pick("", "list-1")
        if model.lists and self.chance(0.9):
            found = self.random.choice(model.lists)
            list_id = self.pick(found.list_id, found.list_id, 0)
            name = found.name if list_id == 0 or self.chance(0.5) else name
            account, instrument = AccountId(found.account), InstrumentId(found.instrument)
        where = (account, instrument, OrderListId(list_id), name)
        return c.CancelOrderList(*where, self.pick("", "cancel-3"))

    def cancel_all(self, model: Model) -> c.CancelAllOrders:
        everywhere = self.chance(0.3)
        return c.CancelAllOrders(
            self.account(), ALL_INSTRUMENTS if everywhere else self.instrument()
        )

    def replace(self, model: Model) -> c.ReplaceOrder:
        account, instrument, order_id, name = self.target(model)
        order = self.place_extreme(model) if self.chance(0.03) else self.place(model)
        where = (account, instrument, order_id, self.random.choice(list(ReplaceMode)))
        *new, instructions = (getattr(order, field) for field in order.__struct_fields__[2:])
        names: tuple[Any, ...] = (*new, name, self.pick("", "cancel-2"), instructions)
        return c.ReplaceOrder(*where, self.restriction(), *names)

    def amend(self, model: Model) -> c.AmendOrder:
        account, instrument, order_id, name = self.target(model)
        known = [
            o.quantity for o in model.orders if o.order_id == order_id or o.client_order_id == name
        ]
        most = known[0] if known else 5
        lots = self.random.randint(1, max(1, most - 1))
        if self.chance(0.2):
            lots = self.pick(0, -1, 1, most, most + 1, most - 1, 2**63 - 1, -(2**63))
        new_name = self.client_order_id(0.6)
        had = [key[1] for key, m in model.client_order_ids.items() if m.order_id == order_id]
        if had and self.chance(0.3):
            new_name = self.random.choice(had)
        return c.AmendOrder(account, instrument, order_id, lots, name, new_name)
