"""What the naive exchange remembers, in lists and dicts, and the one way to change a balance."""

from dataclasses import dataclass, field
from typing import Any

from rialto.messages.commands import PlaceOrder
from rialto.messages.events import Event
from rialto.messages.instruments import InstrumentDefinition
from rialto.messages.orders import InstrumentStatus, Side
from rialto.messages.postings import COMMISSION, EXTERNAL
from rialto.messages.rejections import Rejection

Balance = tuple[int, int, int, int]  # account, asset, free, locked
OpenOrder = tuple[int, int, int, int, int, int]  # id, account, side, ticks, quantity, remaining


class Refused(Exception):
    """A command that changes nothing."""

    def __init__(self, rejection: Rejection) -> None:
        super().__init__(rejection.name)
        self.rejection = rejection


def refuse_if(condition: bool, rejection: Rejection) -> None:
    if condition:
        raise Refused(rejection)


@dataclass
class Order:
    order_id: int
    sequence: int  # of the command that placed it
    sent: PlaceOrder  # as the client sent it
    client_order_id: str  # the one it is found by, which an amend may change
    quantity: int  # lots, all of it
    remaining: int
    held: int  # what is locked for it now

    @property
    def side(self) -> Side:
        return self.sent.side


@dataclass
class Market:
    """One instrument."""

    definition: InstrumentDefinition
    status: InstrumentStatus
    rates: dict[int, tuple[int, int]]  # tier -> (maker, taker) parts per million
    trades: list[tuple[int, int, int]] = field(default_factory=list)  # (time_us, ticks, lots)
    update_id: int = 0
    prevented_match_id: int = 0

    def next_update_id(self) -> int:
        self.update_id += 1
        return self.update_id


@dataclass
class RememberedId:
    """What a client order id stands for."""

    sent: PlaceOrder | None  # nobody sent an order under an id that an amend gave
    order_id: int
    sequence: int
    time_us: int


@dataclass
class Origin:
    """Command ids of one origin: every number seen."""

    seen: set[int]
    last_sequence: int


class State:
    def __init__(self) -> None:
        self.sequence = 0
        self.time_us = 0
        self.events: list[Event] = []  # of the command being applied
        self.assets: list[str] = []
        self.markets: list[Market] = []
        self.tiers: dict[int, int] = {}  # of each account
        self.free: dict[tuple[int, int], int] = {}  # (account, asset) -> amount
        self.locked: dict[tuple[int, int], int] = {}
        self.withdrawals: dict[int, tuple[int, int, int]] = {}  # id -> (account, asset, amount)
        self.orders: list[Order] = []  # resting, in order of acceptance
        self.orders_accepted = 0
        self.client_order_ids: dict[tuple[int, str], RememberedId] = {}
        self.origins: dict[int, Origin] = {}

    def emit(self, event: type[Event], *fields: Any) -> None:
        self.events.append(event(self.sequence, len(self.events), self.time_us, *fields))  # type: ignore[arg-type]

    def post(self, account: int, asset: int, free: int, locked: int) -> None:
        key = (account, asset)
        self.free[key] = self.free.get(key, 0) + free
        self.locked[key] = self.locked.get(key, 0) + locked
        if account != EXTERNAL:
            assert self.free[key] >= 0, "a balance fell below zero"
            assert self.locked[key] >= 0, "a hold fell below zero"

    def hold(self, account: int, asset: int, amount: int) -> None:
        self.post(account, asset, -amount, amount)

    def release(self, account: int, asset: int, amount: int) -> None:
        self.post(account, asset, amount, -amount)

    def balances(self) -> list[Balance]:
        """(account, asset, free, locked) of every balance that is not zero."""
        rows = [(*key, self.free[key], self.locked[key]) for key in sorted(self.free)]
        return [row for row in rows if row[2] or row[3]]

    def open_orders(self, instrument: int) -> list[OpenOrder]:
        """As the core lists them: bids from the highest down, then asks from the lowest up."""
        rows: list[OpenOrder] = [
            (o.order_id, o.sent.account, int(o.side), o.sent.price_ticks, o.quantity, o.remaining)
            for o in self.orders
            if o.sent.instrument == instrument
        ]
        bids = sorted((r for r in rows if r[2] == Side.BUY), key=lambda r: (-r[3], r[0]))
        asks = sorted((r for r in rows if r[2] == Side.SELL), key=lambda r: (r[3], r[0]))
        return bids + asks

    def notional(self, instrument: int, price_ticks: int, lots: int) -> int:
        return price_ticks * lots * self.markets[instrument].definition.quote_units_per_tick_lot

    def base_amount(self, instrument: int, lots: int) -> int:
        return lots * self.markets[instrument].definition.base_units_per_lot

    def held_asset(self, order: PlaceOrder) -> int:
        definition = self.markets[order.instrument].definition
        return definition.quote if order.side is Side.BUY else definition.base

    def hold_of(self, order: PlaceOrder, lots: int) -> int:
        """What a priced order, or one that sells, needs for so many lots."""
        if order.side is Side.SELL:
            return self.base_amount(order.instrument, lots)
        return self.notional(order.instrument, order.price_ticks, lots)

    def pay_commission(self, account: int, asset: int, received: int, ppm: int) -> int:
        """Credit what an account receives, less the commission, which is rounded up; gives it."""
        commission = -(-received * ppm // 1_000_000)
        self.post(account, asset, received - commission, 0)
        self.post(COMMISSION, asset, commission, 0)
        return commission
