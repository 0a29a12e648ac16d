"""What handlers read and write: the engine for commands, folds in memory and SQL for queries."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec

from rialto.engine.errors import EngineStopped, Overloaded
from rialto.gateway.caller import Caller
from rialto.gateway.listen_keys import ListenKeys
from rialto.gateway.patience import Patience
from rialto.gateway.pending import Pending, PendingFuture
from rialto.gateway.risk_limits import RiskLimits
from rialto.gateway.weights import Weights
from rialto.gateway.wire.errors import (
    DISCONNECTED,
    INVALID_SYMBOL,
    SERVER_BUSY,
    UNEXPECTED_RESPONSE,
    Refused,
)
from rialto.gateway.wire.rate_limits import RateLimits
from rialto.messages.catalog import Catalog
from rialto.messages.commands import Command
from rialto.messages.events import Event, OrderAmended
from rialto.messages.ids import AccountId, OrderId, OrderListId
from rialto.messages.instruments import Instrument
from rialto.projections.database import ProjectionBehind
from rialto.projections.list_queries import ListQueries

if TYPE_CHECKING:
    from rialto.engine.engine import Engine
    from rialto.market_data.folds import MarketData
    from rialto.projections.live import LiveBalances, LiveOrders
    from rialto.projections.orders import Order, OrderList
    from rialto.projections.queries import Queries

ENGINE_SECONDS_MAX = 10.0  # then the outcome is unknown to the client
DATABASE_SECONDS_MAX = 5.0  # for SQL to reach what a query must see

T = TypeVar("T")


class Listener(Protocol):
    """Hears of every event once, durable and in order, when the folds already know it."""

    def publish(self, events: list[Event]) -> None: ...


class Witness(Protocol):
    """Hears of every event with the orders and balances as they are at that event."""

    @property
    def listening(self) -> bool:
        """While nobody listens, batches are folded whole, which is faster."""

    def hear(self, event: Event, client_order_id_before: str) -> None:
        """client_order_id_before: of the order that the event amended, else ""."""

    def end_command(self) -> None:
        """The events heard since the last call were those of one command."""


class Folds:
    """Everything that is kept in memory from events; the engine's publisher."""

    def __init__(
        self, catalog: Catalog, orders: LiveOrders, balances: LiveBalances, market: MarketData
    ) -> None:
        self.catalog = catalog
        self.orders = orders
        self.balances = balances
        self.market = market
        self._listeners: list[Listener] = []
        self._witnesses: list[Witness] = []

    def attend(self, witness: Witness) -> None:
        self._witnesses.append(witness)

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def publish(self, events: list[Event]) -> None:
        self.catalog.apply(events)
        self.market.apply(events)
        witnesses = [witness for witness in self._witnesses if witness.listening]
        if witnesses:
            self._step_through(events, witnesses)
        else:
            self.orders.apply(events)
            self.balances.apply(events)
        for listener in self._listeners:
            listener.publish(events)

    def _step_through(self, events: list[Event], witnesses: list[Witness]) -> None:
        for _, command in groupby(events, attrgetter("sequence")):
            for event in command:
                before = ""
                if isinstance(event, OrderAmended):
                    order = self.orders.find(event.order_id)
                    before = order.client_order_id if order else ""
                self.orders.apply((event,))
                self.balances.apply((event,))
                for witness in witnesses:
                    witness.hear(event, before)
            for witness in witnesses:
                witness.end_command()


class Sources(msgspec.Struct, frozen=True, gc=False):
    """Built once by the composition root. clock gives microseconds since 1970."""

    engine: Engine
    folds: Folds
    queries: Queries
    clock: Callable[[], int]
    weights: Weights = msgspec.field(default_factory=lambda: Weights(RateLimits()))
    listen_keys: ListenKeys = msgspec.field(default_factory=ListenKeys)
    risk: RiskLimits = msgspec.field(default_factory=RiskLimits)
    patience: Patience = msgspec.field(default_factory=lambda: Patience(ENGINE_SECONDS_MAX))

    @property
    def limits(self) -> RateLimits:
        return self.weights.limits

    def instrument(self, symbol: str) -> Instrument:
        """By its name on the wire; Refused if there is none."""
        found = self.folds.catalog.find_instrument(symbol)
        if found is None:
            raise Refused(INVALID_SYMBOL)
        return found

    async def submit(self, caller: Caller, command: Command) -> list[Event]:
        """The events of a command. Refused if it was not taken, or if nobody can say what became
        of it.
        """
        answer = PendingFuture()
        self.send(caller, command, answer)
        return await answer.future

    def send(self, caller: Caller, command: Command, answer: Pending) -> None:
        """submit for whoever waits in no task. Refused if it was not taken."""
        now_us, key = self.clock(), caller.key
        caller.check_still_in_time(now_us)
        if key is not None and key.limits.holds_orders:
            self.risk.check(key, command, self.folds, now_us)
        try:
            self.engine.send(command, answer)
        except Overloaded:
            raise Refused(SERVER_BUSY) from None
        except EngineStopped:
            raise Refused(UNEXPECTED_RESPONSE) from None
        answer.wait(self.patience)

    async def query(self, until: int, ask: Callable[[], T]) -> T:
        """An answer of SQL as of a sequence or later, read beside the event loop."""
        try:
            await self.queries.database.wait_for(until, DATABASE_SECONDS_MAX)
        except ProjectionBehind:
            raise Refused(DISCONNECTED) from None
        return await asyncio.to_thread(ask)

    async def find_order(self, order_id: OrderId) -> Order | None:
        """From memory, or from SQL once it knows all that memory has let go."""
        orders, queries = self.folds.orders, self.queries
        found = orders.find(order_id)
        if found is None:
            return await self.query(orders.dropped_sequence, lambda: queries.find_order(order_id))
        return found

    async def find_order_by_client_order_id(
        self, account: AccountId, client_order_id: str
    ) -> Order | None:
        """The newest with that id."""
        orders, queries = self.folds.orders, self.queries
        found = orders.find_by_client_order_id(account, client_order_id)
        if found is None:
            return await self.query(
                orders.dropped_sequence,
                lambda: queries.find_order_by_client_order_id(account, client_order_id),
            )
        return found

    async def find_list(self, list_id: int) -> OrderList | None:
        """From memory, or from SQL once it knows all that memory has let go."""
        found = self.folds.orders.lists.find(OrderListId(list_id))
        if found is None:
            lists = ListQueries(self.queries.database)
            until = self.engine.sequence
            return await self.query(until, lambda: lists.find(OrderListId(list_id)))
        return found

    async def client_order_ids(self, order_list: OrderList) -> dict[OrderId, str]:
        """Of the orders of a list, "" for those without."""
        orders = [await self.find_order(OrderId(order_id)) for order_id in order_list.order_ids]
        return {order.id: order.client_order_id for order in orders if order is not None}
