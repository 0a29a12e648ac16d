"""Aggregate trades: the fills of one taker order at one price at one time, told as one trade."""

import msgspec

from rialto.messages.events import TradeExecuted
from rialto.messages.ids import AggregateTradeId, InstrumentId, OrderId, Sequence, TradeId
from rialto.messages.orders import Side


class AggregateTrade(msgspec.Struct, gc=False):
    """sequence: of the command whose trades these are; all of them stand in its events."""

    instrument: InstrumentId
    id: AggregateTradeId
    sequence: Sequence
    time_us: int
    price_ticks: int
    quantity_lots: int
    first_trade_id: TradeId
    last_trade_id: TradeId
    taker_side: Side


class Aggregation:
    """Joins the trades of one instrument as they come. A command's events come whole, so what it
    has joined at the end of a command is final.
    """

    def __init__(self, last_id: int = 0) -> None:
        self._last_id = last_id
        self._latest: AggregateTrade | None = None
        self._taker_order_id = OrderId(0)  # of the latest

    def add(self, trade: TradeExecuted) -> AggregateTrade | None:
        """A new aggregate trade, or None if the trade joined the one handed out last."""
        latest = self._latest
        if (
            latest is not None
            and trade.taker_order_id == self._taker_order_id
            and trade.price_ticks == latest.price_ticks
            and trade.sequence == latest.sequence
        ):
            latest.quantity_lots += trade.quantity_lots
            latest.last_trade_id = trade.trade_id
            return None
        self._last_id += 1
        self._taker_order_id = trade.taker_order_id
        self._latest = AggregateTrade(
            trade.instrument,
            AggregateTradeId(self._last_id),
            trade.sequence,
            trade.time_us,
            trade.price_ticks,
            trade.quantity_lots,
            trade.trade_id,
            trade.trade_id,
            trade.taker_side,
        )
        return self._latest
