"""Orders and balances in memory, fed as events are published: what queries answer from without SQL.

In:  batches of events in order, each once.
Out: open orders by id, by client order id and by account, orders closed of late, balances.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from itertools import chain

import msgspec

from rialto.messages import events as e
from rialto.messages.ids import AccountId, AssetId, InstrumentId, OrderId, Sequence
from rialto.messages.instruments import Instrument
from rialto.messages.postings import Bucket, Posting, postings
from rialto.projections.live_lists import LiveLists
from rialto.projections.order_fold import OrderFold
from rialto.projections.orders import Order, OrderList

CLOSED_ORDERS_MAX = 100_000  # kept in memory while SQL has not reached them
_FREE = Bucket.FREE


class LiveOrders:
    """Every open order, and the closed ones that SQL may not know as closed yet."""

    def __init__(self, instruments: Mapping[InstrumentId, Instrument]) -> None:
        self.dropped_sequence = Sequence(
            0
        )  # what is not found here may be in SQL only from then on
        self.lists = LiveLists()
        self._fold = OrderFold(instruments, self.lists.tell)
        self._closed: OrderedDict[OrderId, Order] = OrderedDict()  # as they were closed
        self._open_of: dict[AccountId, dict[InstrumentId, dict[OrderId, Order]]] = {}
        self._ids: dict[tuple[AccountId, str], OrderId] = {}  # the newest order with a client id

    def load(
        self,
        open_orders: Iterable[Order],
        open_lists: Iterable[OrderList] = (),
        leg_ids: Mapping[OrderId, str] | None = None,
    ) -> None:
        """Start from the open orders and lists, lowest id first; leg_ids: the client order ids of
        all orders of these lists.
        """
        orders, lists = list(open_orders), list(open_lists)
        self._fold.load(orders, lists)
        self.lists.load(lists, leg_ids or {})
        for order in orders:
            self._add(order)

    def apply(self, events: Iterable[e.Event]) -> None:
        fold = self._fold.apply
        for event in events:
            kind = type(event)
            if kind is e.OrderAmended:
                self._forget_client_id(self._fold.open[event.order_id])  # type: ignore[attr-defined]
            for order in fold(event):
                if not order.is_open:
                    self._close(order)
                elif kind is e.OrderPlaced:
                    self._add(order)
                    if order.order_list:
                        self.lists.name_leg(order)
                elif kind is e.OrderAmended:
                    self._keep_client_id(order)
                    if order.order_list:
                        self.lists.name_leg(order)

    def find(self, order_id: OrderId) -> Order | None:
        """Open or recently closed. The record changes as events come: read it, do not keep it."""
        return self._fold.open.get(order_id) or self._closed.get(order_id)

    def find_by_client_order_id(self, account: AccountId, client_order_id: str) -> Order | None:
        order_id = self._ids.get((account, client_order_id))
        return None if order_id is None else self.find(order_id)

    def open_orders(
        self, account: AccountId, instrument: InstrumentId | None = None
    ) -> list[Order]:
        """Of one account, on one instrument or (None) on all, lowest id first."""
        by_instrument = self._open_of.get(account, {})
        if instrument is not None:
            return list(by_instrument.get(instrument, {}).values())
        orders = chain.from_iterable(orders.values() for orders in by_instrument.values())
        return sorted(orders, key=lambda order: order.id)

    def all_open(self) -> Iterable[Order]:
        return self._fold.open.values()

    def forget_closed(self, checkpoint: Sequence) -> None:
        """SQL has everything up to the checkpoint: what was closed by then is found there."""
        self.lists.forget_done(checkpoint)
        while self._closed and self._oldest_closed().changed_sequence <= checkpoint:
            self._drop(self._oldest_closed())

    def _add(self, order: Order) -> None:
        by_instrument = self._open_of.setdefault(order.account, {})
        by_instrument.setdefault(order.instrument, {})[order.id] = order
        self._keep_client_id(order)

    def _close(self, order: Order) -> None:
        by_instrument = self._open_of[order.account]
        orders = by_instrument[order.instrument]
        del orders[order.id]
        if not orders:
            del by_instrument[order.instrument]
            if not by_instrument:
                del self._open_of[order.account]
        self._closed[order.id] = order
        if len(self._closed) > CLOSED_ORDERS_MAX:
            oldest = self._oldest_closed()
            self._drop(oldest)
            self.dropped_sequence = oldest.changed_sequence

    def _oldest_closed(self) -> Order:
        return next(iter(self._closed.values()))

    def _drop(self, order: Order) -> None:
        del self._closed[order.id]
        self._forget_client_id(order)

    def _keep_client_id(self, order: Order) -> None:
        if order.client_order_id:
            self._ids[order.account, order.client_order_id] = order.id

    def _forget_client_id(self, order: Order) -> None:
        key = (order.account, order.client_order_id)
        if self._ids.get(key) == order.id:
            del self._ids[key]


class Balance(msgspec.Struct, gc=False):
    """Amounts; changed_us is the time of the last event that moved one of them."""

    free: int = 0
    locked: int = 0
    changed_us: int = 0


class LiveBalances:
    """Of every ledger account, those of the house (EXTERNAL, COMMISSION) too."""

    def __init__(self, instruments: Mapping[InstrumentId, Instrument]) -> None:
        self._instruments = instruments
        self._balances: dict[AccountId, dict[AssetId, Balance]] = {}

    def load(self, rows: Iterable[tuple[AccountId, AssetId, Balance]]) -> None:
        for account, asset, balance in rows:
            self._balances.setdefault(account, {})[asset] = balance

    def apply(self, events: Iterable[e.Event]) -> None:
        for event in events:
            if rows := postings(event, self._instruments):
                self.post(rows, event.time_us)

    def post(self, rows: Iterable[Posting], time_us: int) -> None:
        balances = self._balances
        for account, asset, bucket, amount in rows:
            try:
                balance = balances[account][asset]
            except KeyError:
                balance = balances.setdefault(account, {})[asset] = Balance()
            if bucket is _FREE:
                balance.free += amount
            else:
                balance.locked += amount
            balance.changed_us = time_us

    def of(self, account: AccountId) -> Mapping[AssetId, Balance]:
        """By asset; an asset the account never had is not there."""
        return self._balances.get(account, {})

    def find(self, account: AccountId, asset: AssetId) -> Balance:
        return self.of(account).get(asset) or Balance()

    def rows(self) -> list[tuple[AccountId, AssetId, int, int]]:
        """(account, asset, free, locked) of all, sorted."""
        return sorted(
            (account, asset, balance.free, balance.locked)
            for account, by_asset in self._balances.items()
            for asset, balance in by_asset.items()
        )
