"""The projector: events in, SQL rows out, each event exactly once.

In:  batches of events in order; what is there already is skipped, so a batch may come twice.
Out: rows and checkpoint, changed in one transaction per call.
Never: a hole. If an event is missing it stops; only a rebuild can help then.
"""

from collections.abc import Iterable

from rialto.messages import events as e
from rialto.messages.catalog import Catalog
from rialto.messages.ids import OrderListId, Sequence
from rialto.messages.postings import postings
from rialto.projections.batch import Batch
from rialto.projections.boot import (
    load_balances,
    load_catalog,
    load_open_lists,
    load_open_orders,
)
from rialto.projections.database import Database, advance_checkpoint, read_checkpoint
from rialto.projections.live import LiveBalances
from rialto.projections.market_fold import MarketFold
from rialto.projections.order_fold import OrderFold
from rialto.projections.orders import OrderList
from rialto.projections.statements import Statements

_MOVEMENTS = (
    e.Deposited,
    e.WithdrawalHeld,
    e.WithdrawalSettled,
    e.WithdrawalReleased,
    e.Transferred,
)
_SET_UP = (
    e.AssetAdded,
    e.InstrumentListed,
    e.InstrumentStatusSet,
    e.AccountOpened,
    e.CommissionRatesSet,
    e.CommissionTierSet,
    e.TradeGroupSet,
    e.ReferencePriceSet,
    e.ExchangeLimitsSet,
    e.AssetLimitSet,
)


_ALL = 2**32  # the index behind all events of a command


class EventsMissing(Exception):
    """The events that came do not follow those in SQL."""


class Projector:
    """The one writer of a database. After an exception it is of no use: open another."""

    def __init__(self, database: Database) -> None:
        self.sequence: Sequence  # of the last command in SQL
        self._database = database
        self._sql = Statements(database.engine.dialect)
        self._catalog = Catalog()
        self._orders = OrderFold(self._catalog.instruments, self._tell_list)
        self._lists: dict[OrderListId, OrderList] = {}  # that the batch at hand changed
        self._balances = LiveBalances(self._catalog.instruments)
        with database.read() as connection:
            self.sequence = read_checkpoint(connection)
            load_catalog(connection, self._catalog)
            self._orders.load(load_open_orders(connection), load_open_lists(connection))
            self._balances.load(load_balances(connection))
            self._market = MarketFold(self._catalog.instruments, connection)

    def apply(self, batches: Iterable[list[e.Event]]) -> Sequence:
        """All of it in one transaction, durable when this returns; the checkpoint it reached.

        A command's events come whole. EventsMissing, and nothing written, if there is a gap.
        """
        batch = Batch()
        sequence, index = self.sequence, _ALL
        for events in batches:
            for event in events:
                if (event.sequence, event.index) <= (sequence, index):
                    continue
                _require_next(event, sequence, index)
                sequence, index = event.sequence, event.index
                self._fold(event, batch)
        if sequence != self.sequence:
            with self._database.write() as connection:
                advance_checkpoint(connection, self.sequence, sequence)
                batch.lists, self._lists = self._lists, {}
                batch.write(connection, self._sql, self._balances)
                self._market.write(connection, self._sql)
            self.sequence = sequence
        return sequence

    def _tell_list(self, changed: OrderList) -> None:
        self._lists[changed.id] = changed

    def _fold(self, event: e.Event, batch: Batch) -> None:
        if isinstance(event, e.OrderAmended):
            before = self._orders.open[event.order_id].client_order_id
            batch.add_amendment(event, before)
        elif isinstance(event, e.MatchPrevented):
            batch.add_prevented_match(event)
        batch.add_outcome(event, self._orders.apply(event))
        if rows := postings(event, self._catalog.instruments):
            self._balances.post(rows, event.time_us)
            batch.add_postings(event, rows)
        self._market.apply(event)
        if isinstance(event, e.TradeExecuted):
            batch.add_trade(event)
        elif isinstance(event, _MOVEMENTS):
            batch.add_movement(event)
        elif isinstance(event, _SET_UP):
            self._catalog.apply((event,))
            batch.add_set_up(event, self._sql)


def _require_next(event: e.Event, sequence: Sequence, index: int) -> None:
    follows = event.sequence == sequence + 1 and event.index == 0
    goes_on = event.sequence == sequence and event.index == index + 1
    if not follows and not goes_on:
        raise EventsMissing(
            f"after the events of sequence {sequence} came event {event.index} of sequence "
            f"{event.sequence}. Check the event log with `rialto verify`, then fold it again "
            "with `rialto project --rebuild`."
        )
