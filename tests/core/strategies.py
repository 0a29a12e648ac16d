"""Streams of random commands, tuned so that orders meet: few prices, few accounts, small sizes.

In:  a random number generator (Hypothesis can bring its own); the model, to name what exists.
Out: one command after another with its command id, and the time of each batch.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from msgspec.structs import astuple, replace

from rialto.messages import commands as c
from rialto.messages.commands import ALL_INSTRUMENTS, Command
from rialto.messages.ids import AccountId, AssetId, InstrumentId, OrderId, WithdrawalId
from rialto.messages.orders import (
    CancelRestriction,
    InstrumentStatus,
    OrderType,
    ReplaceMode,
    Side,
    StpMode,
    TimeInForce,
)
from tests.core import markets
from tests.core.markets import EXTREME_I64, EXTREME_I128
from tests.core.model import Identified, Model
from tests.core.model_orders import REMEMBERED_US

START_US = 1_700_000_000_000_000
UNKNOWN = 9
SIDES, TYPES, TIMES_IN_FORCE = list(Side), list(OrderType)[:3], list(TimeInForce)
STP_MODES, RESTRICTIONS = list(StpMode)[:5], list(CancelRestriction)
CENTRE_TICKS = 100
SENT_MAX = 64


class Stream:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.origins = random.choice((3, 3, 3, 80))  # now and then more than the machine remembers
        self.spread_ticks = random.choice((1, 2, 4, 4, 60, 4_000))  # a deep book now and then
        self.time_us = START_US
        self.sent: list[Command] = []  # some of late, to be sent again
        self.numbers: dict[int, int] = {}  # of each origin
        self.ending: tuple[int, str] | None = None  # a client order id about to be forgotten
        weights = {
            self.place: 100,
            self.cancel: 13,
            self.cancel_all: 2,
            self.replace: 12,
            self.amend: 14,
            self.deposit: 6,
            self.withdraw: 5,
            self.transfer: 3,
            self.set_status: 2,
            self.administer: 2,
            self.again: 6,
            self.place_extreme: 4,
        }
        self.makers: list[Callable[[Model], Command]] = list(weights)
        self.weights = list(weights.values())

    def batch(self, model: Model) -> tuple[int, list[Identified]]:
        """A time, and commands made from the state before all of them: mostly one."""
        self.pass_time(model)
        count = self.random.randint(2, 12) if self.chance(0.02) else 1
        return self.time_us, [self.identified(model) for _ in range(count)]

    def identified(self, model: Model) -> Identified:
        (make,) = self.random.choices(self.makers, self.weights)
        if self.is_closed(model) and self.chance(0.2):
            make = self.set_status
        command = make(model)
        if self.ending is not None:
            account, name = self.ending
            named = {"account": AccountId(account), "client_order_id": name}
            command = replace(self.place(model), client_order_id_reusable=False, **named)
            self.ending = None
        if self.chance(0.15):
            self.sent = [*self.sent[-SENT_MAX:], command]
        return *self.command_id(), command

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def pick(self, *choices: Any) -> Any:
        return self.random.choice(choices)

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

    # What orders are made of.

    def account(self) -> AccountId:
        if self.chance(0.01):
            return AccountId(self.pick(0, UNKNOWN, 2**32 - 1))
        return self.random.choice(markets.ACCOUNTS)

    def asset(self) -> AssetId:
        return AssetId(UNKNOWN) if self.chance(0.02) else AssetId(self.random.randrange(5))

    def instrument(self) -> InstrumentId:
        if self.chance(0.01):
            return InstrumentId(self.pick(UNKNOWN, 2**32 - 1))
        return InstrumentId(self.random.choices((0, 1, 2, 3), (40, 25, 28, 7))[0])

    def client_order_id(self, nothing: float = 0.6) -> str:
        """None with a probability of `nothing`."""
        if self.chance(nothing):
            return ""
        name = f"order-{self.random.randrange(60)}"
        return name.ljust(36, "z") if self.chance(0.05) else name

    def lots(self, model: Model, instrument: InstrumentId, account: AccountId) -> int:
        size = self.random.randint(1, 12) if self.chance(0.97) else self.random.randint(0, 4000)
        if instrument == 3:
            return size * int(self.pick(1, 2**30, 2**48, 2**50))
        return size if instrument != 2 else size * int(self.pick(1, 1, 2, 3))

    def price(self, instrument: InstrumentId) -> int:
        if instrument == 2:
            return CENTRE_TICKS + self.random.randint(-3, 3) + (5 if self.chance(0.05) else 0)
        if instrument == 3:
            return int(self.pick(1, 2**21, 2**41, 2**42 - 1)) + self.random.randint(-1, 1)
        return max(1, CENTRE_TICKS + self.random.randint(-self.spread_ticks, self.spread_ticks))

    def place(self, model: Model) -> c.PlaceOrder:
        account, instrument = self.account(), self.instrument()
        lots = self.lots(model, instrument, account)
        type_ = self.random.choices(TYPES, (70, 22, 8))[0]
        in_force = self.random.choices(TIMES_IN_FORCE, (75, 15, 10))[0]
        price, quote = self.price(instrument), 0
        if type_ is not OrderType.LIMIT and not self.chance(0.02):
            in_force = TimeInForce.GTC
        if type_ is OrderType.MARKET and not self.chance(0.02):
            price = 0
            if self.chance(0.5):
                lots, quote = 0, self.random.randrange(4_000)
        if self.chance(0.01):
            lots, quote, price = self.pick(lots, 0, -1), self.pick(quote, -1), self.pick(price, 0)
        stp = self.random.choices(STP_MODES, (20, 15, 15, 15, 20))[0]
        what = (account, instrument, self.random.choice(SIDES), type_, in_force, stp)
        size = (price, lots, quote)
        return c.PlaceOrder(*what, self.chance(0.2), *size, self.client_order_id())

    def place_extreme(self, model: Model) -> c.PlaceOrder:
        order = self.place(model)
        instrument = InstrumentId(3) if self.chance(0.8) else order.instrument
        price = order.price_ticks and self.random.choice(EXTREME_I64)
        lots = order.quantity_lots and self.random.choice(EXTREME_I64)
        quote = order.quote_amount and self.random.choice(EXTREME_I128)
        size = {"price_ticks": price, "quantity_lots": lots, "quote_amount": quote}
        return replace(order, instrument=instrument, **size)

    def again(self, model: Model) -> Command:
        """The very same command as some time ago, as a client does that heard no answer."""
        open_ids = {o.order_id for o in model.orders}
        known = [m for m in model.client_order_ids.values() if m.sent is not None]
        known = [m for m in known if m.order_id in open_ids] if self.chance(0.7) else known
        if known and self.chance(0.5):
            return self.random.choice([m.sent for m in known if m.sent is not None])
        return self.random.choice(self.sent) if self.sent else self.place(model)

    # What is done to orders.

    def target(self, model: Model) -> tuple[AccountId, InstrumentId, OrderId, str]:
        """How a client would name an open order: mostly right."""
        if not model.orders or self.chance(0.05):
            order_id = OrderId(self.random.randrange(model.orders_accepted + 2))
            return self.account(), self.instrument(), order_id, self.client_order_id()
        order = self.random.choice(model.orders)
        by_name = bool(order.client_order_id) and self.chance(0.4)
        order_id = OrderId(0 if by_name else order.order_id)
        name = order.client_order_id if by_name or self.chance(0.1) else ""
        if self.chance(0.03):
            name = self.client_order_id()
        account, instrument = order.sent.account, order.sent.instrument
        if self.chance(0.03):
            account, instrument = self.account(), self.instrument()
        return account, instrument, order_id, name

    def restriction(self) -> CancelRestriction:
        return self.random.choices(RESTRICTIONS, (80, 10, 10))[0]

    def cancel(self, model: Model) -> c.CancelOrder:
        account, instrument, order_id, name = self.target(model)
        where = (account, instrument, order_id)
        return c.CancelOrder(*where, self.restriction(), name, self.pick("", "cancel-1"))

    def cancel_all(self, model: Model) -> c.CancelAllOrders:
        everywhere = self.chance(0.3)
        return c.CancelAllOrders(
            self.account(), ALL_INSTRUMENTS if everywhere else self.instrument()
        )

    def replace(self, model: Model) -> c.ReplaceOrder:
        account, instrument, order_id, name = self.target(model)
        order = self.place_extreme(model) if self.chance(0.03) else self.place(model)
        where = (account, instrument, order_id, self.random.choice(list(ReplaceMode)))
        new: tuple[Any, ...] = (*astuple(order)[2:-1], name, self.pick("", "cancel-2"))
        return c.ReplaceOrder(*where, self.restriction(), *new)

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

    # Money and the exchange itself.

    def amount(self, usual_max: int = 8_000) -> int:
        if self.chance(0.1):
            return int(self.random.choice(EXTREME_I128))
        return self.random.randint(1, usual_max)

    def deposit(self, model: Model) -> c.Deposit:
        if self.chance(0.05):
            return c.Deposit(self.account(), self.asset(), 2**100)
        return c.Deposit(self.account(), self.asset(), self.amount())

    def withdraw(self, model: Model) -> Command:
        withdrawal = WithdrawalId(self.random.randint(1, 6))
        amount = self.amount(500)
        choices: list[Command] = [
            c.HoldWithdrawal(self.account(), self.asset(), withdrawal, amount),
            c.SettleWithdrawal(withdrawal),
            c.ReleaseWithdrawal(withdrawal),
        ]
        return self.random.choice(choices)

    def transfer(self, model: Model) -> c.Transfer:
        return c.Transfer(self.account(), self.account(), self.asset(), self.amount())

    def set_status(self, model: Model) -> c.SetInstrumentStatus:
        closed = [n for n, m in enumerate(model.markets) if m.status]
        if closed and self.chance(0.9):
            instrument = InstrumentId(self.random.choice(closed))
            return c.SetInstrumentStatus(instrument, InstrumentStatus.TRADING)
        return c.SetInstrumentStatus(self.instrument(), self.random.choice(list(InstrumentStatus)))

    def administer(self, model: Model) -> Command:
        tier, ppm = self.pick(0, 1, 2, 63, 64, 2**32 - 1), self.pick(0, 1, 250, 10**6, 10**6 + 1)
        number = len(model.markets)
        listed = replace(
            self.random.choice(markets.DEFINITIONS),
            base=self.asset(),
            quote=self.asset(),
            symbol=self.pick("", "BTCUSD", f"NEW{number}", "é" * 18),
            min_lots=self.pick(0, 1, 1),
            max_price_ticks=self.pick(10**6, 10**6, 2**42),
        )
        symbol = self.pick("", "USD", f"A{len(model.assets)}")
        choices: list[Command] = [
            c.SetCommissionTier(self.account(), tier),
            c.SetCommissionTier(self.account(), self.pick(0, 1, 2)),
            c.SetCommissionRates(self.instrument(), tier, ppm, self.pick(0, 123_456, 10**6)),
            c.SetCommissionRates(self.instrument(), tier, 0, ppm),
            c.AddAsset(self.pick(0, 8, 18, 19), symbol),
            c.ListInstrument(listed),
            c.OpenAccount(self.account()),
        ]
        return self.random.choice(choices)
