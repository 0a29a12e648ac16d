"""The projector: events in, SQL rows out, each event exactly once.

In:  batches of events in order; what is there already is skipped, so a batch may come twice.
Out: rows and checkpoint, changed in one transaction per call.
Never: a hole. If an event is missing it stops; only a rebuild can help then.
"""

from collections.abc import Iterable

from rialto.messages import events as e
from rialto.messages.aggregate_trades import Aggregation
from rialto.messages.catalog import Catalog
from rialto.messages.ids import InstrumentId, Sequence
from rialto.messages.klines import KEPT_WIDTHS_US, Kline, opened_by
from rialto.messages.postings import postings
from rialto.projections.batch import Batch
from rialto.projections.boot import load_balances, load_catalog, load_last_klines, load_open_orders
from rialto.projections.database import Database, advance_checkpoint, read_checkpoint
from rialto.projections.live import LiveBalances
from rialto.projections.market_queries import load_last_aggregate_trade_ids
from rialto.projections.orders import OrderFold
from rialto.projections.statements import Statements

_LEVEL_EVENTS = (
    e.TradeExecuted,
    e.OrderRested,
    e.OrderCanceled,
    e.OrderExpired,
    e.OrderAmended,
    e.MatchPrevented,
)
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
        self._orders = OrderFold(self._catalog.instruments)
        self._balances = LiveBalances(self._catalog.instruments)
        self._klines: dict[tuple[InstrumentId, int], Kline] = {}
        self._aggregations: dict[InstrumentId, Aggregation] = {}
        with database.read() as connection:
            self.sequence = read_checkpoint(connection)
            load_catalog(connection, self._catalog)
            self._orders.load(load_open_orders(connection))
            self._balances.load(load_balances(connection))
            self._klines = load_last_klines(connection)
            last_ids = load_last_aggregate_trade_ids(connection)
            self._aggregations = {key: Aggregation(last) for key, last in last_ids.items()}

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
                batch.write(connection, self._sql, self._balances)
            self.sequence = sequence
        return sequence

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
        if isinstance(event, _LEVEL_EVENTS):
            batch.add_update_id(event.instrument, event.update_id)
            if isinstance(event, e.TradeExecuted):
                batch.add_trade(event)
                self._fold_klines(event, batch)
                self._aggregate(event, batch)
        elif isinstance(event, _MOVEMENTS):
            batch.add_movement(event)
        elif isinstance(event, _SET_UP):
            self._catalog.apply((event,))
            batch.add_set_up(event, self._sql)

    def _fold_klines(self, trade: e.TradeExecuted, batch: Batch) -> None:
        instrument = trade.instrument
        definition = self._catalog.instruments[instrument]
        quote_amount = definition.notional(trade.price_ticks, trade.quantity_lots)
        for width_us in KEPT_WIDTHS_US:
            open_us = trade.time_us - trade.time_us % width_us
            kline = self._klines.get((instrument, width_us))
            if kline is not None and kline.open_us == open_us:
                kline.add(trade, quote_amount)
            else:
                kline = opened_by(trade, open_us, quote_amount)
                self._klines[instrument, width_us] = kline
            batch.klines[instrument, width_us, open_us] = kline

    def _aggregate(self, trade: e.TradeExecuted, batch: Batch) -> None:
        aggregation = self._aggregations.setdefault(trade.instrument, Aggregation())
        if (made := aggregation.add(trade)) is not None:
            batch.aggregate_trades.append(made)


def _require_next(event: e.Event, sequence: Sequence, index: int) -> None:
    follows = event.sequence == sequence + 1 and event.index == 0
    goes_on = event.sequence == sequence and event.index == index + 1
    if not follows and not goes_on:
        raise EventsMissing(
            f"after the events of sequence {sequence} came event {event.index} of sequence "
            f"{event.sequence}. Check the event log with `rialto verify`, then fold it again "
            "with `rialto project --rebuild`."
        )
