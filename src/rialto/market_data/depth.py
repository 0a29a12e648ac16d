"""Depth: a book by price levels, followed from its events.

In:  events of one instrument that change a level, each with the next update id.
Out: the best bid and ask, the top of both sides, and which levels changed since an update id.
Never: single orders, but for how much icebergs show. Orders are in projections/live.py.
"""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable
from itertools import islice

import msgspec

from rialto.messages import events as e
from rialto.messages.icebergs import Icebergs, LevelEvent, RestingOrder
from rialto.messages.ids import UpdateId
from rialto.messages.orders import Side

CHANGES_MAX = 65_536  # level changes remembered for diff streams, per instrument

Level = tuple[int, int]  # price in ticks, total quantity in lots
Changed = tuple[Side, int]  # side and price in ticks of a level


class Ladder:
    """One side: total lots by price, and the prices in order, the best (the busiest) one last."""

    def __init__(self, side: Side) -> None:
        self.lots: dict[int, int] = {}
        self._sign = 1 if side is Side.BUY else -1
        self.ranks: list[int] = []  # prices, those of asks negative, ascending

    def __len__(self) -> int:
        return len(self.ranks)

    def add(self, price_ticks: int, lots: int) -> None:
        """Change a level by a signed number of lots; it goes when it reaches zero."""
        total = self.lots.get(price_ticks, 0) + lots
        assert total >= 0, f"the level at {price_ticks} would hold {total} lots"
        if total == 0:
            if self.lots.pop(price_ticks, None) is not None:
                del self.ranks[bisect_left(self.ranks, price_ticks * self._sign)]
            return
        if price_ticks not in self.lots:
            insort(self.ranks, price_ticks * self._sign)
        self.lots[price_ticks] = total

    def best(self) -> Level | None:
        if not self.ranks:
            return None
        price_ticks = self.ranks[-1] * self._sign
        return price_ticks, self.lots[price_ticks]

    def top(self, levels_max: int) -> list[Level]:
        """The best levels, best first."""
        lots, sign = self.lots, self._sign
        best_first = islice(reversed(self.ranks), levels_max)
        return [(rank * sign, lots[rank * sign]) for rank in best_first]


class DepthChanges(msgspec.Struct, frozen=True):
    """Levels that changed from the first to the last update id, as they are now (0 lots: gone)."""

    first_update_id: UpdateId
    last_update_id: UpdateId
    bids: list[Level]
    asks: list[Level]


class Depth:
    def __init__(self) -> None:
        self.bids = Ladder(Side.BUY)
        self.asks = Ladder(Side.SELL)
        self.last_update_id = UpdateId(0)
        self._icebergs = Icebergs()
        # Levels by update id, up to last_update_id: one, or in an auction a bid and an ask.
        self._changes: deque[tuple[Changed, ...]] = deque(maxlen=CHANGES_MAX)

    def load(self, resting: Iterable[RestingOrder], update_id: UpdateId) -> None:
        """Start from all that rests at an update id."""
        for order in resting:
            self._ladder(order.side).add(order.price_ticks, order.visible_lots)
            if order.visible_lots < order.remaining_lots:
                self._icebergs.visible_lots[order.order_id] = order.visible_lots
        self.last_update_id = update_id

    def apply(self, event: LevelEvent) -> None:
        """One event of this instrument; without an update id it changed no level."""
        if isinstance(event, e.TradeExecuted):
            self._trade(event)
        elif event.update_id:
            side = _maker(event) if isinstance(event, e.MatchPrevented) else event.side
            lots = self._icebergs.level_change(event)
            self._change(event.update_id, lots, ((side, event.price_ticks),))

    def changes_since(self, update_id: UpdateId) -> DepthChanges | None:
        """What changed after update_id; None if that is too long ago: start from a snapshot."""
        count = self.last_update_id - update_id
        if not 0 <= count <= len(self._changes):
            return None
        bids: dict[int, int] = {}
        asks: dict[int, int] = {}
        for levels in islice(reversed(self._changes), count):
            for side, price_ticks in levels:
                changed = bids if side is Side.BUY else asks
                changed[price_ticks] = self._ladder(side).lots.get(price_ticks, 0)
        first = UpdateId(update_id + 1)
        by_bid = sorted(bids.items(), reverse=True)
        return DepthChanges(first, self.last_update_id, by_bid, sorted(asks.items()))

    def _trade(self, event: e.TradeExecuted) -> None:
        """In an auction both orders rested, at the best prices, and the trade has another price."""
        levels: tuple[Changed, ...] = ((_maker(event), event.price_ticks),)
        bids, asks = self.bids.ranks, self.asks.ranks
        if bids and asks and bids[-1] + asks[-1] >= 0:  # the best ones cross
            levels = ((Side.BUY, bids[-1]), (Side.SELL, -asks[-1]))
        self._icebergs.trade(event)
        self._change(event.update_id, -event.quantity_lots, levels)

    def _ladder(self, side: Side) -> Ladder:
        return self.bids if side is Side.BUY else self.asks

    def _change(self, update_id: UpdateId, lots: int, levels: tuple[Changed, ...]) -> None:
        assert update_id == self.last_update_id + 1, (
            f"update id {update_id} does not follow {self.last_update_id}"
        )
        for side, price_ticks in levels:
            ladder = self.bids if side is Side.BUY else self.asks
            ladder.add(price_ticks, lots)
        self._changes.append(levels)
        self.last_update_id = update_id


def _maker(event: e.TradeExecuted | e.MatchPrevented) -> Side:
    return Side.SELL if event.taker_side is Side.BUY else Side.BUY
