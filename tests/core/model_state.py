"""What the naive exchange remembers, in lists and dicts, and the one way to change a balance."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from rialto.messages.commands import PlaceOrder, PlaceOrderList
from rialto.messages.events import Event
from rialto.messages.instructions import Instructions
from rialto.messages.instruments import InstrumentDefinition
from rialto.messages.orders import (
    CONDITIONAL_TYPES,
    InstrumentStatus,
    OrderListType,
    OrderType,
    PegPriceType,
    Side,
)
from rialto.messages.postings import COMMISSION, EXTERNAL
from rialto.messages.rejections import Rejection

Balance = tuple[int, int, int, int]  # account, asset, free, locked
OpenOrder = tuple[int, int, int, int, int, int]  # id, account, side, ticks, quantity, remaining

PLAIN = Instructions()
STOP_MARKET = (OrderType.STOP_LOSS, OrderType.TAKE_PROFIT)
STOP_LOSSES = (OrderType.STOP_LOSS, OrderType.STOP_LOSS_LIMIT)


class Refused(Exception):
    """A command that changes nothing."""

    def __init__(self, rejection: Rejection) -> None:
        super().__init__(rejection.name)
        self.rejection = rejection


def refuse_if(condition: bool, rejection: Rejection) -> None:
    if condition:
        raise Refused(rejection)


class Place(Enum):
    """Where an accepted order is."""

    MEETING = "meets the book right now"
    RESTING = "rests on the book"
    WAITING = "waits in a ladder of stop prices"
    TRAILING = "waits and has no place in a ladder yet"
    PENDING = "is not accepted yet, or waits for the working order of its list"
    GONE = "has ended"


@dataclass(eq=False)
class Order:
    order_id: int
    sequence: int  # of the command that placed it
    sent: PlaceOrder  # as the client sent it
    client_order_id: str  # the one it is found by, which an amend may change
    quantity: int  # lots, all of it
    remaining: int
    price: int  # as sent; from when it works on, the price it works at
    held: int = 0  # what is locked for it now
    hold_price: int = 0  # of a BUY that waits: what it holds for each lot
    visible: int = 0  # lots that its level shows
    place: Place = Place.PENDING
    rank: int = 0  # who came first at one price of a book or of a ladder
    stop: int = 0  # its price in the ladder
    is_tracking: bool = False
    extreme: int = 0  # the best price seen while tracking
    amends: int = 0
    is_expired: bool = False
    order_list: "OrderList | None" = None

    @property
    def side(self) -> Side:
        return self.sent.side

    @property
    def type(self) -> OrderType:
        return self.sent.type

    @property
    def account(self) -> int:
        return self.sent.account

    @property
    def instrument(self) -> int:
        return self.sent.instrument

    @property
    def asked(self) -> Instructions:
        return self.sent.instructions or PLAIN

    @property
    def is_open(self) -> bool:
        return self.place is not Place.GONE

    @property
    def is_filled(self) -> bool:
        return self.remaining == 0 and not self.is_expired

    @property
    def is_market(self) -> bool:
        """Whether it has no limit on the book."""
        return self.type is OrderType.MARKET or self.type in STOP_MARKET

    @property
    def is_conditional(self) -> bool:
        return self.type in CONDITIONAL_TYPES

    @property
    def is_pegged(self) -> bool:
        return self.asked.peg_price_type is not PegPriceType.NONE

    @property
    def is_rising(self) -> bool:
        """Whether its stop price is met by a rise."""
        return (self.type in STOP_LOSSES) is (self.side is Side.BUY)

    @property
    def shown(self) -> int:
        """Lots that its level shows once it rests."""
        return min(self.asked.iceberg_lots or self.remaining, self.remaining)


@dataclass(eq=False)
class OrderList:
    list_id: int
    account: int
    instrument: int
    list_type: OrderListType
    name: str  # the client's id of the list
    legs: list[Order]
    proceeds: int = 0  # base amount that an OPO holds for its pending legs

    @property
    def open_legs(self) -> list[Order]:
        return [leg for leg in self.legs if leg.is_open]

    @property
    def pending(self) -> list[Order]:
        """The legs that come second."""
        return [] if self.list_type is OrderListType.OCO else self.legs[1:]

    @property
    def pair(self) -> list[Order]:
        """The two legs of which only one may execute."""
        legs = self.pending or self.legs
        return legs if len(legs) > 1 else []

    def is_working(self, leg: Order) -> bool:
        return self.list_type is not OrderListType.OCO and leg is self.legs[0]


@dataclass
class Opening:
    """An opening auction that is on."""

    price: int
    left: int  # lots still to trade


@dataclass
class Market:
    """One instrument."""

    definition: InstrumentDefinition
    status: InstrumentStatus
    rates: dict[int, tuple[int, int]]  # tier -> (maker, taker) parts per million
    trades: list[tuple[int, int, int]] = field(default_factory=list)  # (time_us, ticks, lots)
    update_id: int = 0
    prevented_match_id: int = 0
    reference_ticks: int = 0  # set by the operator
    opening: Opening | None = None
    # How far triggered prices went that are not yet served: is_rising -> price, 0 for none.
    bounds: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})

    def next_update_id(self) -> int:
        self.update_id += 1
        return self.update_id

    @property
    def last_price(self) -> int:
        return self.trades[-1][1] if self.trades else 0

    @property
    def is_trading(self) -> bool:
        return self.status is InstrumentStatus.TRADING and self.opening is None


@dataclass
class RememberedId:
    sent: PlaceOrder | PlaceOrderList | None  # None: given by an amend, so nothing repeats it
    order_id: int
    sequence: int
    time_us: int


@dataclass
class Origin:
    seen: set[int]
    last_sequence: int


@dataclass
class ExchangeLimits:
    """Of one account over all instruments; 0: no such limit."""

    orders: int = 0
    algo_orders: int = 0
    iceberg_orders: int = 0
    order_lists: int = 0


Due = tuple[str, int, bool]  # ("sweep", instrument, is_rising), ("release", list, _), ("open", ...)


class State:
    def __init__(self) -> None:
        self.sequence = 0
        self.time_us = 0
        self.events: list[Event] = []  # of the command being applied
        self.assets: list[str] = []
        self.markets: list[Market] = []
        self.tiers: dict[int, int] = {}  # of each account
        self.groups: dict[int, int] = {}  # trade group of an account, if it is in one
        self.limits = ExchangeLimits()
        self.asset_limits: dict[int, int] = {}
        self.free: dict[tuple[int, int], int] = {}  # (account, asset) -> amount
        self.locked: dict[tuple[int, int], int] = {}
        self.withdrawals: dict[int, tuple[int, int, int]] = {}  # id -> (account, asset, amount)
        self.orders: list[Order] = []  # open, in order of acceptance
        self.orders_accepted = 0
        self.lists: list[OrderList] = []  # open, in order of acceptance
        self.lists_accepted = 0
        self.ranks = 0
        self.due: list[Due] = []  # work that is left for after a command
        self.client_order_ids: dict[tuple[int, str], RememberedId] = {}
        self.origins: dict[int, Origin] = {}

    def emit(self, event: type[Event], *fields: Any) -> None:
        self.events.append(event(self.sequence, len(self.events), self.time_us, *fields))  # type: ignore[arg-type]

    def next_rank(self) -> int:
        self.ranks += 1
        return self.ranks

    def market_for(self, order: Order) -> Market:
        return self.markets[order.instrument]

    def post(self, account: int, asset: int, free: int, locked: int) -> None:
        key = (account, asset)
        self.free[key] = self.free.get(key, 0) + free
        self.locked[key] = self.locked.get(key, 0) + locked
        if account != EXTERNAL:
            assert self.free[key] >= 0, "a balance fell below zero"
            assert self.locked[key] >= 0, "a hold fell below zero"

    def hold(self, account: int, asset: int, amount: int) -> None:
        self.post(account, asset, -amount, amount)

    def balances(self) -> list[Balance]:
        """(account, asset, free, locked) of every balance that is not zero."""
        rows = [(*key, self.free[key], self.locked[key]) for key in sorted(self.free)]
        return [row for row in rows if row[2] or row[3]]

    def open_orders(self, instrument: int) -> list[OpenOrder]:
        """As the core lists them: bids from the highest down, then asks from the lowest up."""
        here = [o for o in self.orders if o.instrument == instrument]
        resting = [o for o in here if o.place is Place.RESTING]
        bids = [o for o in resting if o.side is Side.BUY]
        asks = [o for o in resting if o.side is Side.SELL]
        bids.sort(key=lambda o: (-o.price, o.rank))
        asks.sort(key=lambda o: (o.price, o.rank))
        return [
            (o.order_id, o.account, int(o.side), o.price, o.quantity, o.remaining)
            for o in bids + asks
        ]

    def notional(self, instrument: int, price_ticks: int, lots: int) -> int:
        return price_ticks * lots * self.markets[instrument].definition.quote_units_per_tick_lot

    def base_amount(self, instrument: int, lots: int) -> int:
        return lots * self.markets[instrument].definition.base_units_per_lot

    def held_asset(self, order: Order) -> int:
        definition = self.market_for(order).definition
        return definition.quote if order.side is Side.BUY else definition.base

    def free_for(self, order: Order) -> int:
        return self.free.get((order.account, self.held_asset(order)), 0)

    def hold_of(self, order: Order, lots: int) -> int:
        """What an order with a price, or one that sells, needs for so many lots."""
        if order.side is Side.SELL:
            return self.base_amount(order.instrument, lots)
        return self.notional(order.instrument, order.price, lots)

    def unlock(self, order: Order, amount: int) -> None:
        """Give back some of its hold; a negative amount holds more."""
        self.hold(order.account, self.held_asset(order), -amount)
        order.held -= amount

    def pay_commission(self, account: int, asset: int, received: int, ppm: int) -> int:
        """Credit what an account receives, less the commission, which is rounded up; gives it."""
        commission = -(-received * ppm // 1_000_000)
        self.post(account, asset, received - commission, 0)
        self.post(COMMISSION, asset, commission, 0)
        return commission
