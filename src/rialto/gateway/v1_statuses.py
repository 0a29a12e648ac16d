"""Statuses of orders as the first design's door tells them, now and out of the past.

In:  events, each with the orders it is about.
Out: one text per event and order. A reader that comes back gets the texts it would have heard.
"""

from collections.abc import AsyncIterator, Iterator

import msgspec

from rialto.gateway.past import Past, TooLongAgo
from rialto.gateway.sources import Sources
from rialto.gateway.v1_connection import Said
from rialto.gateway.wire import v1_statuses as wire
from rialto.gateway.wire.execution_ids import execution_id, sequence_of
from rialto.messages import events as e
from rialto.messages.ids import AccountId, InstrumentId, OrderId, Sequence
from rialto.messages.instruments import Instrument
from rialto.messages.orders import Side
from rialto.projections.orders import Order

MISSED_EVENTS_MAX = 100_000  # of one account, told to one connection that comes back

Party = tuple[OrderId, AccountId]
_NOBODY: tuple[Party, ...] = ()


class Facts(msgspec.Struct):
    """Of one order, as it was when the events at hand happened."""

    id: OrderId
    client_order_id: str
    instrument: InstrumentId
    side: Side
    price_ticks: int
    quantity_lots: int


def parties(event: e.Event) -> tuple[Party, ...]:
    """The orders whose status an event changes, the taker's before the maker's."""
    match event:
        case e.OrderRested() | e.OrderCanceled() | e.OrderExpired() | e.OrderAmended():
            return ((event.order_id, event.account),)
        case e.TradeExecuted():
            return (
                (event.taker_order_id, event.taker_account),
                (event.maker_order_id, event.maker_account),
            )
        case e.MatchPrevented():
            return (
                (event.taker_order_id, event.account),
                (event.maker_order_id, event.maker_account),
            )
    return _NOBODY


def concerns(event: e.Event, account: AccountId) -> bool:
    if isinstance(event, e.OrderRejected | e.OrderPlaced):
        return event.account == account
    return any(owner == account for _, owner in parties(event))


class Statuses:
    """quote: the asset that coins are traded against; other instruments are not told of."""

    def __init__(self, sources: Sources, past: Past, quote: str) -> None:
        self._sources = sources
        self._past = past
        self._quote = quote

    def instrument(self, instrument_id: InstrumentId) -> Instrument | None:
        found = self._sources.folds.catalog.instruments.get(instrument_id)
        return found if found is not None and found.quote.symbol == self._quote else None

    def of_order(
        self, event: e.Event, order: wire.OrderFacts, instrument: Instrument
    ) -> Said | None:
        text = wire.status(event, order, instrument)
        return None if text is None else Said(wire.event_id(event, order.id), order.id, text)

    def of_rejected(self, event: e.OrderRejected) -> Said | None:
        instrument = self.instrument(event.instrument)
        if instrument is None:
            return None
        return Said(execution_id(event), None, wire.invalid_status(event, instrument))

    async def missed(self, account: AccountId, since: int, until: Sequence) -> AsyncIterator[Said]:
        """What an account would have heard after an event id, up to a sequence; TooLongAgo if that
        is too far back, or too much.
        """
        after = Sequence(max(sequence_of(since) - 1, 0))
        events: list[e.Event] = []
        async for part in self._past.read(after, until, lambda each: concerns(each, account)):
            events += part
            if len(events) > MISSED_EVENTS_MAX:
                raise TooLongAgo
        orders = await self._orders_of(events, account)
        for event in events:
            for said in self._told(event, account, orders):
                if said.event_id is not None and said.event_id > since:
                    yield said

    async def _orders_of(self, events: list[e.Event], account: AccountId) -> dict[OrderId, Facts]:
        """The orders that the events are about, as they were before the first of them."""
        found: dict[OrderId, Facts] = {}
        for event in events:
            if isinstance(event, e.OrderPlaced):
                found[event.order_id] = _facts(event.order_id, event)
            for order_id, owner in parties(event):
                if owner == account and order_id not in found:
                    order = await self._sources.find_order(order_id)
                    assert order is not None, f"nothing is known of order {order_id}"
                    found[order_id] = _facts(order.id, order)
        for event in reversed(events):
            if isinstance(event, e.OrderAmended):
                found[event.order_id].quantity_lots = event.old_quantity_lots
        return found

    def _told(
        self, event: e.Event, account: AccountId, orders: dict[OrderId, Facts]
    ) -> Iterator[Said]:
        if isinstance(event, e.OrderRejected):
            if said := self.of_rejected(event):
                yield said
            return
        if isinstance(event, e.OrderAmended):
            amended = orders[event.order_id]
            amended.quantity_lots = event.quantity_lots
            amended.client_order_id = event.client_order_id
        for order_id, owner in parties(event):
            instrument = self.instrument(orders[order_id].instrument) if owner == account else None
            if instrument and (said := self.of_order(event, orders[order_id], instrument)):
                yield said


def _facts(order_id: OrderId, of: Order | e.OrderPlaced) -> Facts:
    return Facts(
        order_id, of.client_order_id, of.instrument, of.side, of.price_ticks, of.quantity_lots
    )
