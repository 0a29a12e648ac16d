"""What the events alone say has happened, folded without a rule of the exchange.

In:  the events of one machine, in order.
Out: orders, lists, the ledger and the books as an outside reader knows them; audit_folds.py folds
     them, invariants.py looks at them.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from rialto.messages import events as e
from rialto.messages.ids import AssetId, InstrumentId
from rialto.messages.instructions import Instructions
from rialto.messages.instruments import Asset, Instrument, InstrumentDefinition
from rialto.messages.orders import CONDITIONAL_TYPES, InstrumentStatus, OrderListType, Side

ENDED = ("FILLED", "CANCELED", "EXPIRED", "EXPIRED_IN_MATCH")
PLAIN = Instructions()


@dataclass(eq=False)
class AuditedOrder:
    placed: e.OrderPlaced
    quantity: int  # as placed; the pending order of an OPO gets its own when it is activated
    remaining: int
    held: int
    price: int  # as sent, and from when it works on, the price it works at
    executed: int = 0
    prevented: int = 0
    left: int = 0  # lots canceled, expired or amended away
    status: str = "NEW"
    is_resting: bool = False
    is_triggered: bool = False
    is_pending: bool = False
    visible: int = 0
    rank: int = 0  # who came first at its level
    prices_seen: tuple[int, int] | None = None  # lowest and highest trade while it waited
    order_list: "AuditedList | None" = None

    @property
    def priority(self) -> tuple[int, int]:
        return (-self.price if self.placed.side is Side.BUY else self.price, self.rank)

    @property
    def asked(self) -> Instructions:
        return self.placed.instructions or PLAIN

    @property
    def is_open(self) -> bool:
        return self.status not in ENDED

    @property
    def is_waiting(self) -> bool:
        """For its stop price."""
        is_conditional = self.placed.type in CONDITIONAL_TYPES
        return is_conditional and self.is_open and not self.is_triggered and not self.is_pending


@dataclass(eq=False)
class AuditedList:
    placed: e.OrderListPlaced
    legs: list[AuditedOrder] = field(default_factory=list)
    proceeds: int = 0
    is_done: bool = False

    @property
    def pending(self) -> list[AuditedOrder]:
        return [] if self.placed.list_type is OrderListType.OCO else self.legs[1:]

    @property
    def pair(self) -> list[AuditedOrder]:
        legs = self.pending or self.legs
        return legs if len(legs) > 1 else []


@dataclass
class Audit:
    assets: dict[AssetId, Asset] = field(default_factory=dict)
    instruments: dict[InstrumentId, Instrument] = field(default_factory=dict)
    status: dict[int, InstrumentStatus] = field(default_factory=dict)
    openings: dict[int, e.AuctionPriced] = field(default_factory=dict)  # auctions that are on
    to_trade: dict[int, int] = field(default_factory=dict)  # lots left of such an auction
    orders: dict[int, AuditedOrder] = field(default_factory=dict)
    open_orders: dict[int, AuditedOrder] = field(default_factory=dict)
    lists: dict[int, AuditedList] = field(default_factory=dict)
    open_lists: dict[int, AuditedList] = field(default_factory=dict)
    ledger: dict[tuple[int, int], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0])
    )
    withdrawals: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    commissions: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    rates: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    tiers: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    groups: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    trade_ids: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    update_ids: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    ranks: int = 0
    triggered: int = 0  # stops that the command at `position` has set off
    position: tuple[int, int] = (0, -1)  # (sequence, index) of the last event
    time_us: int = 0

    def definition(self, instrument: InstrumentId) -> InstrumentDefinition:
        return self.instruments[instrument].definition

    def commission_ppm(self, instrument: InstrumentId, account: int, is_taker: bool) -> int:
        tier_0 = self.rates[instrument, 0]
        return self.rates.get((instrument, self.tiers[account]), tier_0)[is_taker]

    def is_self_trade(self, one: int, other: int) -> bool:
        return one == other or self.groups[one] == self.groups[other] != 0

    def find(self, order_id: int, lots_gone: int, released: int) -> AuditedOrder:
        """The order, with so many lots and so much of its hold gone."""
        order = self.orders[order_id]
        assert order.is_open, "an order that has ended"
        order.remaining -= lots_gone
        order.held -= released
        return order

    def end(self, order: AuditedOrder, status: str) -> None:
        order.status = status
        order.is_resting = False
        del self.open_orders[order.placed.order_id]

    def book(self, instrument: int, side: Side) -> list[AuditedOrder]:
        """One side of a book, best first."""
        rows = [o for o in self.open_orders.values() if o.is_resting]
        rows = [o for o in rows if o.placed.instrument == instrument]
        return sorted((o for o in rows if o.placed.side is side), key=lambda o: o.priority)

    def next_rank(self) -> int:
        self.ranks += 1
        return self.ranks
