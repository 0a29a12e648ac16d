"""Market data in SQL: klines, aggregate trades, update ids of depth, what icebergs show.

In:  events in order, each once.
Out: rows, gathered until they are written within the projector's transaction.
"""

from collections.abc import Mapping

import sqlalchemy as sa

from rialto.messages import events as e
from rialto.messages.aggregate_trades import AggregateTrade, Aggregation
from rialto.messages.icebergs import Icebergs, LevelEvent
from rialto.messages.ids import InstrumentId, OrderId, UpdateId
from rialto.messages.instruments import Instrument
from rialto.messages.klines import KEPT_WIDTHS_US, Kline, opened_by
from rialto.projections import tables as t
from rialto.projections.boot import load_last_klines
from rialto.projections.market_queries import (
    aggregate_trade_row,
    load_icebergs,
    load_last_aggregate_trade_ids,
)
from rialto.projections.market_tables import AGGREGATE_TRADES, ICEBERGS
from rialto.projections.rows import kline_row
from rialto.projections.statements import Statements, run

_LEVEL_EVENTS = frozenset(LevelEvent.__args__)


class MarketFold:
    """Starts from what SQL has."""

    def __init__(
        self, instruments: Mapping[InstrumentId, Instrument], connection: sa.Connection
    ) -> None:
        self._instruments = instruments
        self._last_klines = load_last_klines(connection)
        last_ids = load_last_aggregate_trade_ids(connection)
        self._aggregations = {key: Aggregation(last) for key, last in last_ids.items()}
        self._icebergs = Icebergs(load_icebergs(connection))
        self._rows = _Rows()

    def apply(self, event: e.Event) -> None:
        if type(event) in _LEVEL_EVENTS:
            self._fold_level(event)  # type: ignore[arg-type]
            if isinstance(event, e.TradeExecuted):
                self._fold_klines(event)
                self._aggregate(event)

    def write(self, connection: sa.Connection, sql: Statements) -> None:
        """After the orders and instruments that these rows refer to. They are gathered anew."""
        rows, self._rows = self._rows, _Rows()
        run(connection, sql.upsert(t.KLINES), (kline_row(*item) for item in rows.klines.items()))
        made = map(aggregate_trade_row, rows.aggregate_trades)
        run(connection, sql.insert(AGGREGATE_TRADES), made)
        run(connection, sql.upsert(ICEBERGS), rows.icebergs.items())
        update_ids = ((last, instrument) for instrument, last in rows.update_ids.items())
        run(connection, sql.update(t.INSTRUMENTS, ("last_update_id",)), update_ids)

    def _fold_level(self, event: LevelEvent) -> None:
        if not event.update_id:
            return
        self._rows.update_ids[event.instrument] = event.update_id
        icebergs = self._icebergs
        order_ids = _orders_of(event)
        before = [order_id for order_id in order_ids if order_id in icebergs.visible_lots]
        if isinstance(event, e.TradeExecuted):
            icebergs.trade(event)
        else:
            icebergs.level_change(event)
        for order_id in order_ids:
            if order_id in before or order_id in icebergs.visible_lots:
                self._rows.icebergs[order_id] = icebergs.visible_lots.get(order_id, 0)

    def _fold_klines(self, trade: e.TradeExecuted) -> None:
        instrument = trade.instrument
        definition = self._instruments[instrument]
        quote_amount = definition.notional(trade.price_ticks, trade.quantity_lots)
        for width_us in KEPT_WIDTHS_US:
            open_us = trade.time_us - trade.time_us % width_us
            kline = self._last_klines.get((instrument, width_us))
            if kline is not None and kline.open_us == open_us:
                kline.add(trade, quote_amount)
            else:
                kline = opened_by(trade, open_us, quote_amount)
                self._last_klines[instrument, width_us] = kline
            self._rows.klines[instrument, width_us, open_us] = kline

    def _aggregate(self, trade: e.TradeExecuted) -> None:
        aggregation = self._aggregations.setdefault(trade.instrument, Aggregation())
        if (made := aggregation.add(trade)) is not None:
            self._rows.aggregate_trades.append(made)


class _Rows:
    """What one transaction writes. What changed a hundred times is written once."""

    def __init__(self) -> None:
        self.klines: dict[tuple[InstrumentId, int, int], Kline] = {}  # width and open time
        self.aggregate_trades: list[AggregateTrade] = []
        self.icebergs: dict[OrderId, int] = {}
        self.update_ids: dict[InstrumentId, UpdateId] = {}


def _orders_of(event: LevelEvent) -> tuple[OrderId, ...]:
    """Those whose visible part may change."""
    if isinstance(event, e.TradeExecuted):
        return event.maker_order_id, event.taker_order_id
    if isinstance(event, e.MatchPrevented):
        return (event.maker_order_id,)
    return (event.order_id,)
