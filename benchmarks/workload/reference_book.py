"""A plain book: the reference engine while a workload is made, and the recorder of what was asked.

Orders are indexed by their dense ids. A queue holds tickets, not orders: an order that leaves its
place drops its ticket, and a ticket that its order no longer has is skipped.
"""

from collections import deque
from heapq import heappop, heappush
from typing import NamedTuple

from benchmarks.workload.records import BUY, LIMIT, MARKET, SELL, Op, Recorder, Tif

FNV_OFFSET, FNV_PRIME, MASK = 0xCBF29CE484222325, 0x100000001B3, (1 << 64) - 1
NOWHERE = -1


def fold(checksum: int, *values: int) -> int:
    """FNV-1a over whole numbers."""
    for value in values:
        checksum = ((checksum ^ value) * FNV_PRIME) & MASK
    return checksum


class New(NamedTuple):
    symbol: int
    side: int
    account: int
    price: int
    quantity: int
    type: int = LIMIT
    tif: int = Tif.GTC


class Ladder:
    """One side of one book."""

    def __init__(self, side: int) -> None:
        self.side = side
        self.queues: dict[int, deque[int]] = {}
        self.counts: dict[int, int] = {}
        self.orders = 0
        self._heap: list[int] = []
        self._in_heap: set[int] = set()

    def push(self, price: int, ticket: int) -> None:
        queue = self.queues.get(price)
        if queue is None:
            self.queues[price], self.counts[price] = deque((ticket,)), 1
            if price not in self._in_heap:
                self._in_heap.add(price)
                heappush(self._heap, -price if self.side == BUY else price)
        else:
            queue.append(ticket)
            self.counts[price] += 1
        self.orders += 1

    def drop(self, price: int) -> None:
        """One order left its level; its ticket stays behind."""
        self.counts[price] -= 1
        if not self.counts[price]:
            del self.counts[price], self.queues[price]
        self.orders -= 1

    def best(self) -> int | None:
        while self._heap:
            price = -self._heap[0] if self.side == BUY else self._heap[0]
            if price in self.queues:
                return price
            heappop(self._heap)
            self._in_heap.discard(price)
        return None

    def prices(self) -> list[int]:
        """Best first."""
        return sorted(self.counts, reverse=self.side == BUY)

    def reaches(self, price: int, limit: int | None) -> bool:
        """Whether a taker with this limit may trade at a price of this side."""
        if limit is None:
            return True
        return price >= limit if self.side == BUY else price <= limit


class ReferenceBook:
    """Every symbol's book, and the tape."""

    def __init__(self, symbols: int) -> None:
        self.recorder = Recorder()
        # By order id; index 0 is nobody.
        self.remaining, self.price, self.side = [0], [0], [0]
        self.account, self.symbol, self.ticket = [0], [0], [0]
        self._order_of_ticket = [0]
        self._place_in_live = [NOWHERE]
        self.ladders = [(Ladder(BUY), Ladder(SELL)) for _ in range(symbols)]
        self.live: list[list[int]] = [[] for _ in range(symbols)]  # to pick victims from
        self.last_price = [0] * symbols
        self.trades = self.traded_quantity = self.traded_notional = self.rejects = 0
        self.tape = FNV_OFFSET

    def best(self, symbol: int, side: int) -> int | None:
        return self.ladders[symbol][side].best()

    def new(self, order: New) -> tuple[int, int]:
        """(order id, quantity that found no match)."""
        symbol, side, account, price, quantity, type_, tif = order
        order_id = len(self.remaining)
        for column, value in (
            (self.remaining, quantity),
            (self.price, price),
            (self.side, side),
            (self.account, account),
            (self.symbol, symbol),
            (self.ticket, 0),
            (self._place_in_live, NOWHERE),
        ):
            column.append(value)
        self.recorder.add(Op.NEW, side, type_, tif, symbol, account, order_id, price, quantity)
        limit = None if type_ == MARKET else price
        if tif == Tif.FOK and not self._can_fill(symbol, side, limit, quantity):
            self.remaining[order_id] = 0
            return order_id, quantity
        left = self._match(order_id, limit, quantity)
        if left and type_ == LIMIT and tif == Tif.GTC:
            self.remaining[order_id] = left
            self._rest(order_id)
            self._place_in_live[order_id] = len(self.live[symbol])
            self.live[symbol].append(order_id)
        else:
            self.remaining[order_id] = 0
        return order_id, left

    def cancel(self, order_id: int) -> None:
        self._record(Op.CANCEL, order_id, self.price[order_id], 0)
        if self._is_resting(order_id):
            self._leave(order_id)
            self.remaining[order_id] = 0

    def move(self, order_id: int, price: int) -> None:
        remaining = self.remaining[order_id]
        self._record(Op.MOVE, order_id, price, remaining)
        if not self._is_resting(order_id):
            return
        self._unrest(order_id)
        self.price[order_id] = price
        left = self.remaining[order_id] = self._match(order_id, price, remaining)
        if left:
            self._rest(order_id)
        else:
            self._forget(order_id)

    def reduce(self, order_id: int, quantity: int) -> None:
        self._record(Op.REDUCE, order_id, self.price[order_id], quantity)
        if not self._is_resting(order_id):
            return
        if quantity < self.remaining[order_id]:
            self.remaining[order_id] -= quantity
        else:
            self._leave(order_id)
            self.remaining[order_id] = 0

    def _record(self, op: Op, order_id: int, price: int, quantity: int) -> None:
        symbol, account = self.symbol[order_id], self.account[order_id]
        self.recorder.add(op, self.side[order_id], 0, 0, symbol, account, order_id, price, quantity)

    def _is_resting(self, order_id: int) -> bool:
        if self.ticket[order_id]:
            return True
        self.rejects += 1
        return False

    def _rest(self, order_id: int) -> None:
        self.ticket[order_id] = len(self._order_of_ticket)
        self._order_of_ticket.append(order_id)
        ladder = self.ladders[self.symbol[order_id]][self.side[order_id]]
        ladder.push(self.price[order_id], self.ticket[order_id])

    def _unrest(self, order_id: int) -> None:
        self.ladders[self.symbol[order_id]][self.side[order_id]].drop(self.price[order_id])
        self.ticket[order_id] = 0

    def _leave(self, order_id: int) -> None:
        self._unrest(order_id)
        self._forget(order_id)

    def _forget(self, order_id: int) -> None:
        """The last of the live takes the place of the one that goes."""
        live = self.live[self.symbol[order_id]]
        place, last = self._place_in_live[order_id], live.pop()
        if last != order_id:
            live[place] = last
            self._place_in_live[last] = place
        self._place_in_live[order_id] = NOWHERE

    def _can_fill(self, symbol: int, side: int, limit: int | None, quantity: int) -> bool:
        opposite = self.ladders[symbol][1 - side]
        for price in opposite.prices():
            if quantity <= 0 or not opposite.reaches(price, limit):
                break
            quantity -= sum(self.remaining[order] for order in self._queue(opposite, price))
        return quantity <= 0

    def _queue(self, ladder: Ladder, price: int) -> list[int]:
        """The orders of one level, first come first."""
        tickets = ladder.queues[price]
        return [o for t in tickets if self.ticket[o := self._order_of_ticket[t]] == t]

    def _match(self, taker: int, limit: int | None, quantity: int) -> int:
        symbol = self.symbol[taker]
        opposite = self.ladders[symbol][1 - self.side[taker]]
        while quantity:
            price = opposite.best()
            if price is None or not opposite.reaches(price, limit):
                break
            queue = opposite.queues[price]
            while quantity and price in opposite.queues:
                ticket = queue[0]
                maker = self._order_of_ticket[ticket]
                if self.ticket[maker] != ticket:
                    queue.popleft()
                    continue
                filled = min(self.remaining[maker], quantity)
                quantity -= filled
                self.remaining[maker] -= filled
                self._trade(taker, maker, price, filled)
                if not self.remaining[maker]:
                    queue.popleft()
                    self._leave(maker)
            self.last_price[symbol] = price
        return quantity

    def _trade(self, taker: int, maker: int, price: int, quantity: int) -> None:
        self.trades += 1
        self.traded_quantity += quantity
        self.traded_notional += quantity * price
        self.tape = fold(self.tape, taker, maker, price, quantity)

    def end_state(self) -> dict[str, object]:
        """What any book must end with, prefill included."""
        state = {
            "trades": self.trades,
            "traded_qty": self.traded_quantity,
            "traded_notional": self.traded_notional,
            "rejects": self.rejects,
        }
        book = FNV_OFFSET
        orders, quantity, best = [0, 0], [0, 0], [0, 0]
        for side, ladder in ((ladder.side, ladder) for pair in self.ladders for ladder in pair):
            prices = ladder.prices()
            best[side] += prices[0] if prices else 0
            for price in prices:
                for order_id in self._queue(ladder, price):
                    remaining = self.remaining[order_id]
                    orders[side] += 1
                    quantity[side] += remaining
                    book = fold(book, order_id, price, remaining)
        return state | {
            "tape_hash": f"{self.tape:016x}",
            "book_hash": f"{book:016x}",
            "resting_bids": orders[BUY],
            "resting_asks": orders[SELL],
            "resting_bid_qty": quantity[BUY],
            "resting_ask_qty": quantity[SELL],
            "best_bid_sum": best[BUY],
            "best_ask_sum": best[SELL],
        }
