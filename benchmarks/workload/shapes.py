"""W1 to W5: each gives the book it filled, its count of leading records for set-up, its accounts.

The order in which random numbers are drawn is the workload: do not tidy it.
"""

import math
from typing import NamedTuple

import numpy as np

from benchmarks.workload import exchange_core
from benchmarks.workload.exchange_core import Session
from benchmarks.workload.records import BUY, MARKET, SELL, Tif
from benchmarks.workload.reference_book import New, ReferenceBook
from benchmarks.workload.uniform import Uniform, uniform


class Workload(NamedTuple):
    book: ReferenceBook
    prefill: int
    accounts: int


def w1(seed: int, operations: int, *, fok: bool = False) -> Workload:
    """One symbol, about a thousand resting orders, mostly moves."""
    book = ReferenceBook(1)
    session = Session(book, 0, uniform(seed), price=100_000, target=1_000, fok=fok)
    for _ in range(1_000):
        session.fill()
    prefill = len(book.recorder)
    for _ in range(operations):
        session.step()
    return Workload(book, prefill, exchange_core.ACCOUNTS)


def w1_with_fok(seed: int, operations: int) -> Workload:
    """As W1, with one taker in 32 fill or kill."""
    return w1(seed, operations, fok=True)


W2_RESTING, W2_HALF, W2_MID, W2_ACCOUNTS = 1_000_000, 5_000, 1_000_000, 5_000


def w2(seed: int, operations: int) -> Workload:
    """A deep book: a million orders over ten thousand levels."""
    book, r = ReferenceBook(1), uniform(seed)
    for i in range(W2_RESTING):
        side = i & 1
        away = 1 + int(r() * W2_HALF)
        account = 1 + int(r() * W2_ACCOUNTS)
        price = W2_MID - away if side == BUY else W2_MID + away
        book.new(New(0, side, account, price, 1 + int(r() * 20)))
    prefill = len(book.recorder)
    for _ in range(operations):
        _deep_step(book, r)
    return Workload(book, prefill, W2_ACCOUNTS)


def _deep_step(book: ReferenceBook, r: Uniform) -> None:
    live = book.live[0]
    x = r()
    if x < 0.37:
        _deep_place(book, r)
    elif x < 0.72:
        book.cancel(live[int(r() * len(live))])
    elif x < 0.87:
        order_id = live[int(r() * len(live))]
        away = 1 + int(r() * 20)
        book.move(order_id, book.price[order_id] + (away if r() < 0.5 else -away))
    elif x < 0.95:
        order_id = live[int(r() * len(live))]
        book.reduce(order_id, 1 + int(r() * 4))
    else:
        side = BUY if r() < 0.5 else SELL
        touch = book.best(0, 1 - side)
        assert touch is not None, "a book of a million orders has two sides"
        account = 1 + int(r() * W2_ACCOUNTS)
        price = touch + (5 if side == BUY else -5)
        book.new(New(0, side, account, price, 1 + int(r() * 60), tif=Tif.IOC))


def _deep_place(book: ReferenceBook, r: Uniform) -> None:
    """Half of them near the touch."""
    side = BUY if r() < 0.5 else SELL
    away = 1 + int(r() * r() * 50) if r() < 0.5 else 1 + int(r() * W2_HALF)
    bid, ask = book.best(0, BUY), book.best(0, SELL)
    if side == BUY:
        price = min(W2_MID, (ask or W2_MID + 1) - 1) + 1 - away
    else:
        price = max(W2_MID, (bid or W2_MID - 1) + 1) - 1 + away
    account = 1 + int(r() * W2_ACCOUNTS)
    book.new(New(0, side, account, price, 1 + int(r() * 20)))


W3_MAKERS, W3_LEVELS, W3_TAKERS = 20, 25, 100


class _Slot:
    """One quote of one market maker."""

    def __init__(self, maker: int, side: int, level: int) -> None:
        self.maker, self.side, self.level = maker, side, level
        self.order_id = 0


def w3(seed: int, operations: int) -> Workload:
    """Market makers: many cancels, some too late."""
    book, r = ReferenceBook(1), uniform(seed)
    mid = 50_000
    slots = [
        _Slot(maker + 1, side, level)
        for maker in range(W3_MAKERS)
        for side in (BUY, SELL)
        for level in range(W3_LEVELS)
    ]
    for slot in slots:
        _quote(book, r, slot, _quote_price(r, slot, mid))
    prefill = len(book.recorder)
    while len(book.recorder) < prefill + operations:
        mid = _drift(r, mid)
        if r() < 0.08:
            _hit(book, r)
        else:
            _requote(book, r, slots[int(r() * len(slots))], mid)
    return Workload(book, prefill, W3_MAKERS + W3_TAKERS)


def _drift(r: Uniform, mid: int) -> int:
    x = r()
    if x < 0.02:
        mid += int(r() * 3) - 1
    elif x < 0.02002:
        mid += int(r() * 401) - 200
    return max(mid, 20_000)


def _quote_price(r: Uniform, slot: _Slot, mid: int) -> int:
    away = 1 + int(slot.level * 2 + r() * 4)
    return mid - away if slot.side == BUY else mid + away


def _quote(book: ReferenceBook, r: Uniform, slot: _Slot, price: int) -> None:
    slot.order_id, _ = book.new(New(0, slot.side, slot.maker, price, 1 + int(r() * 50)))


def _hit(book: ReferenceBook, r: Uniform) -> None:
    side = BUY if r() < 0.5 else SELL
    touch = book.best(0, 1 - side)
    if touch is not None:
        account = W3_MAKERS + 1 + int(r() * W3_TAKERS)
        price = touch + (2 if side == BUY else -2)
        book.new(New(0, side, account, price, 1 + int(r() * 60), tif=Tif.IOC))


def _requote(book: ReferenceBook, r: Uniform, slot: _Slot, mid: int) -> None:
    price = _quote_price(r, slot, mid)
    if book.ticket[slot.order_id]:
        if r() < 0.4:
            book.move(slot.order_id, price)
            return
        book.cancel(slot.order_id)
    elif r() < 0.5:
        book.cancel(slot.order_id)  # too late
    _quote(book, r, slot, price)


W4_HALF, W4_PER_LEVEL, W4_MID, W4_MEAN_LEVELS, W4_ACCOUNTS = 2_000, 5, 100_000, 50, 1_000


def w4(seed: int, operations: int) -> Workload:
    """Market orders through some fifty levels, and the refill behind them."""
    book, r = ReferenceBook(1), uniform(seed)
    for i in range(2 * W4_HALF * W4_PER_LEVEL):
        _refill(book, r, i & 1, 1 + int(r() * W4_HALF))
    prefill = len(book.recorder)
    end = prefill + operations
    while len(book.recorder) < end:
        side = BUY if r() < 0.5 else SELL
        opposite = book.ladders[0][1 - side]
        levels = min(1 + int(-math.log(1 - r()) * W4_MEAN_LEVELS), W4_HALF // 2)
        before = opposite.orders
        quantity = 1 + int(levels * W4_PER_LEVEL * 5.5 * (0.9 + 0.2 * r()))
        account = 1 + int(r() * W4_ACCOUNTS)
        book.new(New(0, side, account, 0, quantity, type=MARKET, tif=Tif.IOC))
        for _ in range(before - opposite.orders):
            if len(book.recorder) >= end:
                break
            _refill(book, r, 1 - side, 1 + int(r() * min(max(levels * 2, 10), W4_HALF)))
    return Workload(book, prefill, W4_ACCOUNTS)


def _refill(book: ReferenceBook, r: Uniform, side: int, away: int) -> None:
    account = 1 + int(r() * W4_ACCOUNTS)
    price = W4_MID - away if side == BUY else W4_MID + away
    book.new(New(0, side, account, price, 1 + int(r() * 10)))


W5_SYMBOLS, W5_TARGET = 1_000, 100_000


def w5(seed: int, operations: int) -> Workload:
    """A thousand symbols, Zipf, each with the mix of W1."""
    book, r = ReferenceBook(W5_SYMBOLS), uniform(seed)
    weights = 1.0 / np.arange(1, W5_SYMBOLS + 1)
    weights /= weights.sum()
    generator = np.random.Generator(np.random.PCG64(seed + 1))
    symbols = generator.permutation(W5_SYMBOLS)
    steps = symbols[generator.choice(W5_SYMBOLS, size=operations, p=weights)].tolist()
    targets = {int(symbols[k]): max(20, int(W5_TARGET * weights[k])) for k in range(W5_SYMBOLS)}
    sessions = [
        Session(book, k, r, price=int(10 ** (3.3 + r() * 1.5 + r() * 1.5)), target=targets[k])
        for k in range(W5_SYMBOLS)
    ]
    fills = [k for k in range(W5_SYMBOLS) for _ in range(targets[k])]
    generator.shuffle(fills)
    for k in fills:
        sessions[k].fill()
    prefill = len(book.recorder)
    for k in steps:
        sessions[k].step()
    return Workload(book, prefill, exchange_core.ACCOUNTS)
