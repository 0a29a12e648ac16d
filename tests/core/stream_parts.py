"""What random commands are made of: few prices, accounts and sizes, so that orders meet."""

from random import Random
from typing import Any

from rialto.messages.commands import Command
from rialto.messages.ids import AccountId, AssetId, InstrumentId, OrderId
from rialto.messages.orders import CancelRestriction, InstrumentStatus, OrderType
from tests.core import markets
from tests.core.markets import EXTREME_I128
from tests.core.model import Model
from tests.core.model_state import Market, Order

START_US = 1_700_000_000_000_000
UNKNOWN = 9
RESTRICTIONS = list(CancelRestriction)
CENTRE_TICKS = 100
INSTRUMENT_WEIGHTS = (36, 14, 20, 6, 20, 4)  # as in markets.DEFINITIONS
FILTERED, HUGE, RANGED = 2, 3, 4
FINER = 100  # the ticks of RANGED


class Parts:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.time_us = START_US
        self.origins = self.pick(3, 3, 3, 80)  # now and then more than the machine remembers
        self.spread_ticks = self.pick(1, 2, 4, 4, 60, 4_000)  # a deep book now and then
        self.favourite = self.pick(None, None, 0, 2, 4)  # some streams stay at one instrument
        self.is_simple = self.chance(0.2)  # orders without instructions, and no lists
        self.sent: list[Command] = []  # some of late, to be sent again

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def pick(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def account(self) -> AccountId:
        if self.chance(0.01):
            return AccountId(self.pick(0, UNKNOWN, 2**32 - 1))
        return self.random.choice(markets.ACCOUNTS)

    def asset(self) -> AssetId:
        return AssetId(UNKNOWN) if self.chance(0.02) else AssetId(self.random.randrange(5))

    def instrument(self) -> InstrumentId:
        if self.chance(0.01):
            return InstrumentId(self.pick(UNKNOWN, 2**32 - 1))
        if self.favourite is not None and self.chance(0.8):
            return InstrumentId(self.favourite)
        numbers = range(len(INSTRUMENT_WEIGHTS))
        return InstrumentId(self.random.choices(numbers, INSTRUMENT_WEIGHTS)[0])

    def gathering(self, model: Model) -> list[int]:
        """Instruments where orders gather for an auction."""
        auction = InstrumentStatus.AUCTION
        return [n for n, market in enumerate(model.markets) if market.status is auction]

    def market(self, model: Model, instrument: InstrumentId) -> Market:
        return model.markets[instrument if instrument < len(model.markets) else 0]

    def client_order_id(self, nothing: float = 0.6) -> str:
        """None with a probability of `nothing`."""
        if self.chance(nothing):
            return ""
        name = f"order-{self.random.randrange(60)}"
        return name.ljust(36, "z") if self.chance(0.05) else name

    def lots(self, instrument: InstrumentId) -> int:
        size = self.random.randint(1, 12) if self.chance(0.97) else self.random.randint(0, 4000)
        if instrument == HUGE:
            return size * int(self.pick(1, 2**30, 2**48, 2**50))
        return size if instrument != FILTERED else size * int(self.pick(1, 1, 2, 3))

    def price(self, instrument: InstrumentId) -> int:
        if instrument == FILTERED:
            return CENTRE_TICKS + self.random.randint(-3, 3) + (5 if self.chance(0.05) else 0)
        if instrument == HUGE:
            return int(self.pick(1, 2**21, 2**41, 2**42 - 1)) + self.random.randint(-1, 1)
        price = max(1, CENTRE_TICKS + self.random.randint(-self.spread_ticks, self.spread_ticks))
        if instrument == RANGED:
            return price * FINER + (self.random.randint(-30, 30) if self.chance(0.5) else 0)
        return price

    def step(self, instrument: InstrumentId) -> int:
        """A small distance between prices."""
        return FINER if instrument == RANGED else 1

    def near_price(self, market: Market, instrument: InstrumentId) -> int:
        """Where the market is, or where its orders are."""
        return market.last_price if market.last_price else self.price(instrument)

    def amount(self, usual_max: int = 8_000) -> int:
        if self.chance(0.1):
            return int(self.random.choice(EXTREME_I128))
        return self.random.randint(1, usual_max)

    def restriction(self) -> CancelRestriction:
        return self.random.choices(RESTRICTIONS, (80, 10, 10))[0]

    def some_order(self, model: Model) -> Order:
        """An open one; legs of lists and orders that wait more often than they are there."""
        special = [o for o in model.orders if o.order_list is not None or o.is_conditional]
        return self.random.choice(special if special and self.chance(0.4) else model.orders)

    def target(self, model: Model) -> tuple[AccountId, InstrumentId, OrderId, str]:
        """How a client would name an open order: mostly right."""
        if not model.orders or self.chance(0.05):
            order_id = OrderId(self.random.randrange(model.orders_accepted + 2))
            return self.account(), self.instrument(), order_id, self.client_order_id()
        order = self.some_order(model)
        by_name = bool(order.client_order_id) and self.chance(0.4)
        order_id = OrderId(0 if by_name else order.order_id)
        name = order.client_order_id if by_name or self.chance(0.1) else ""
        if self.chance(0.03):
            name = self.client_order_id()
        account, instrument = order.sent.account, order.sent.instrument
        if self.chance(0.03):
            account, instrument = self.account(), self.instrument()
        return account, instrument, order_id, name

    def is_market(self, type_: OrderType) -> bool:
        return type_ in (OrderType.MARKET, OrderType.STOP_LOSS, OrderType.TAKE_PROFIT)
