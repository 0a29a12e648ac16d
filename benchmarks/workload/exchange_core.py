"""The mix that exchange-core's own test generator settles at, for one symbol.

The rules are its, the words are ours.
"""

from benchmarks.workload.records import BUY, SELL, Tif
from benchmarks.workload.reference_book import New, ReferenceBook
from benchmarks.workload.uniform import Uniform

ACCOUNTS = 1_000
DEVIATION_MAX = 10_000
CHECK_EVERY = 512


class Session:
    """Fills a book to its target size, then moves, places, cancels and takes around it."""

    def __init__(
        self,
        book: ReferenceBook,
        symbol: int,
        r: Uniform,
        *,
        price: int,
        target: int,
        fok: bool = False,
    ) -> None:
        self.book, self.symbol, self.r, self.fok = book, symbol, r, fok
        book.last_price[symbol] = price
        self.deviation = min(int(price * 0.05), DEVIATION_MAX)
        self.lowest, self.highest = price - 5 * self.deviation, price + 5 * self.deviation
        self.half = target // 2
        self.fast = min(CHECK_EVERY, self.half * 3 // 4)
        self.check_every = min(CHECK_EVERY, target + 1)
        self.asks = self.bids = 0  # as last counted
        self.filled = False
        self.ticks, self.next_check = 0, self.check_every

    def fill(self) -> None:
        self._place()
        self._tick()

    def step(self) -> None:
        r = self.r
        lack = (self.half - self.asks) if int(r() * 4) < 2 else (self.half - self.bids)
        fast = (not self.filled) or lack > self.fast
        grow = lack > 0
        if not self.filled and not grow:
            self.filled = True
        choice = int(r() * ((2 if fast else 10) if grow else 40))
        live = self.book.live[self.symbol]
        if choice >= 2 and live:
            self._change(choice, live[int(r() * len(live))])
        elif grow:
            self._place()
        else:
            self._take()
        self._tick()

    def _change(self, choice: int, order_id: int) -> None:
        book, r = self.book, self.r
        if choice == 2:
            book.cancel(order_id)
        elif choice == 3:
            book.reduce(order_id, 1 + int(r() * book.remaining[order_id]))
        else:
            price = book.price[order_id]
            away = book.last_price[self.symbol] - price
            if away < 0:
                towards = -((-away + 99) // 100)
            elif away > 0:
                towards = (away + 99) // 100
            else:
                towards = int(r() * 2) * 2 - 1
            book.move(order_id, min(price + towards, self.highest))

    def _place(self) -> None:
        r = self.r
        side = BUY if int(r() * 4) >= 2 else SELL
        account = 1 + int(r() * ACCOUNTS)
        reach = 1 + int(r() ** 2 * self.deviation)
        away = int(r() * reach) + int(r() * reach) + int(r() * reach) + int(r() * reach)
        away = away // 4 * 2 - reach
        if (away > 0) != (side == SELL):
            away = -away
        quantity = 1 + int(r() * 6) * int(r() * 6) * int(r() * 6)
        price = self.book.last_price[self.symbol] + away
        self.book.new(New(self.symbol, side, account, price, quantity))

    def _take(self) -> None:
        r = self.r
        side = BUY if int(r() * 4) >= 2 else SELL
        account = 1 + int(r() * ACCOUNTS)
        limit = self.highest if side == BUY else self.lowest
        tif, most = Tif.IOC, 6
        if int(r() * 32) == 0:
            tif, most = (Tif.FOK if self.fok else Tif.IOC), 8
        quantity = 1 + int(r() * most) * int(r() * most) * int(r() * most)
        if tif is Tif.FOK:
            limit = self.book.last_price[self.symbol] + (50 if side == BUY else -50)
        _, left = self.book.new(New(self.symbol, side, account, limit, quantity, tif=tif))
        if left:
            self._count()

    def _count(self) -> None:
        self.bids, self.asks = (ladder.orders for ladder in self.book.ladders[self.symbol])

    def _tick(self) -> None:
        self.ticks += 1
        if self.ticks > self.next_check:
            self.next_check += self.check_every
            self._count()
