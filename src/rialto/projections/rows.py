"""Structs of the vocabulary as rows of the tables, and back. Amounts are text on the way in."""

from typing import Any

import msgspec
import sqlalchemy as sa

from rialto.messages import events as e
from rialto.messages.instruments import InstrumentDefinition
from rialto.messages.klines import Kline
from rialto.messages.orders import InstrumentStatus, Side, StpMode
from rialto.projections.statements import Row
from rialto.projections.tables import INSTRUMENTS, Amount


def trade_row(trade: e.TradeExecuted) -> Row:
    return (
        trade.sequence,
        trade.index,
        trade.time_us,
        trade.trade_id,
        trade.instrument,
        trade.taker_side,
        trade.taker_order_id,
        trade.maker_order_id,
        trade.taker_account,
        trade.maker_account,
        trade.price_ticks,
        trade.quantity_lots,
        trade.taker_remaining_lots,
        trade.maker_remaining_lots,
        trade.update_id,
        str(trade.buyer_commission),
        str(trade.seller_commission),
        str(trade.buyer_release),
    )


def trade_of(row: sa.Row[Any]) -> e.TradeExecuted:
    values = list(row)
    values[_TAKER_SIDE] = Side(values[_TAKER_SIDE])
    return e.TradeExecuted(*values)


_TAKER_SIDE = e.TradeExecuted.__struct_fields__.index("taker_side")


def kline_row(key: tuple[int, int, int], kline: Kline) -> Row:
    """The key is (instrument, width, open time)."""
    return (
        *key,
        kline.open_ticks,
        kline.high_ticks,
        kline.low_ticks,
        kline.close_ticks,
        str(kline.volume_lots),
        str(kline.quote_amount),
        str(kline.taker_buy_lots),
        str(kline.taker_buy_quote_amount),
        kline.trades,
        kline.first_trade_id,
        kline.last_trade_id,
    )


_DEFINITION_COLUMNS = [
    column
    for column in INSTRUMENTS.columns
    if column.name in InstrumentDefinition.__struct_fields__
    and column.name not in ("symbol", "status")
]


def instrument_row(event: e.InstrumentListed) -> Row:
    definition = msgspec.structs.asdict(event.definition)
    status = definition["status"]
    last_update_id = reference_ticks = 0
    columns = (
        str(definition[column.name]) if isinstance(column.type, Amount) else definition[column.name]
        for column in _DEFINITION_COLUMNS
    )
    known = (event.instrument, definition["symbol"], status, status)
    return *known, last_update_id, reference_ticks, *columns


def definition_of(row: sa.Row[Any]) -> InstrumentDefinition:
    """As it was listed; the status of now is a column of its own."""
    values = {column.name: row._mapping[column] for column in _DEFINITION_COLUMNS}
    values["default_stp"] = StpMode(values["default_stp"])
    status = InstrumentStatus(row._mapping[INSTRUMENTS.c.status_at_listing])
    return InstrumentDefinition(**values, status=status, symbol=row.symbol)
