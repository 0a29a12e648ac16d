"""Klines: the newest of each kept width in memory, and any interval or window built from them.

In:  trades in order.
Out: answers, which say what is older than memory (kline_answers.py); totals of recent windows.
"""

from bisect import bisect_left
from itertools import pairwise
from operator import attrgetter

from rialto.market_data.intervals import KlineRequest
from rialto.market_data.kline_answers import KlineAnswer, Missing, join
from rialto.market_data.seconds import PackedSeconds
from rialto.messages.events import TradeExecuted
from rialto.messages.ids import Sequence
from rialto.messages.kline_spans import span_of
from rialto.messages.klines import (
    DAY_US,
    HOUR_US,
    KEPT_WIDTHS_US,
    MINUTE_US,
    SECOND_US,
    Kline,
    opened_by,
)

# How many klines with trades are held per instrument. A window of seven days that starts on a
# minute needs the minutes of that time, and the one before it.
KEPT_KLINES = {
    SECOND_US: 1_000,
    MINUTE_US: 7 * DAY_US // MINUTE_US + 2,
    15 * MINUTE_US: 1_000,
    HOUR_US: 1_600,  # two months
    DAY_US: 1_000,
}
SLACK_KLINES = 256  # more than that before the oldest go, all at once
NO_END_US = DAY_US * 10**8  # a whole number of every width
_OPEN_US = attrgetter("open_us")


class _Kept:
    """The newest klines of one width, oldest first, at least `count` once there were so many."""

    def __init__(self, width_us: int) -> None:
        self.width_us = width_us
        self.count = KEPT_KLINES[width_us]
        self.klines: list[Kline] = []
        self.complete_from_us = 0  # every kline that opens at this time or later is here
        self.dropped_sequence = Sequence(0)  # what is not is in SQL from then on

    def load(self, newest: list[Kline]) -> None:
        self.klines = newest
        if len(newest) >= self.count:
            self.complete_from_us = newest[0].open_us

    def add(self, trade: TradeExecuted, quote_amount: int) -> Kline | None:
        """The kline that is over by this trade, if it is the first one after it."""
        klines = self.klines
        time_us = trade.time_us
        if klines and time_us < klines[-1].open_us + self.width_us:
            klines[-1].add(trade, quote_amount)
            return None
        over = klines[-1] if klines else None
        klines.append(opened_by(trade, time_us - time_us % self.width_us, quote_amount))
        if len(klines) > self.count + SLACK_KLINES:
            del klines[: -self.count]
            self.complete_from_us = klines[0].open_us
            self.dropped_sequence = trade.sequence
        return over

    def between(self, start_us: int, end_us: int) -> list[Kline]:
        first = bisect_left(self.klines, start_us, key=_OPEN_US)
        return self.klines[first : bisect_left(self.klines, end_us, key=_OPEN_US)]

    def before(self, time_us: int) -> Kline | None:
        first = bisect_left(self.klines, time_us, key=_OPEN_US)
        return self.klines[first - 1] if first else None


class Klines:
    """Of one instrument."""

    def __init__(self) -> None:
        self._kept = {width_us: _Kept(width_us) for width_us in KEPT_WIDTHS_US}
        self._seconds = self._kept[SECOND_US]
        self._wider = [self._kept[width_us] for width_us in KEPT_WIDTHS_US if width_us > SECOND_US]
        self._packed = PackedSeconds()
        self._open: list[Kline] = []  # the newest of each width, until the second is over
        self._second_ends_us = 0
        self.first_trade_us: int | None = None

    def load(
        self,
        first_trade_us: int | None,
        newest: dict[int, list[Kline]],
        seconds: list[Kline],
    ) -> None:
        """Start from the newest KEPT_KLINES of each width and the seconds of the last day, oldest
        first.
        """
        self.first_trade_us = first_trade_us
        for width_us, klines in newest.items():
            self._kept[width_us].load(klines)
        self._packed.load(seconds[:-1])  # the last one may go on

    def add(self, trade: TradeExecuted, quote_amount: int) -> None:
        if trade.time_us < self._second_ends_us:  # and so none of the wider ones is over
            for kline in self._open:
                kline.add(trade, quote_amount)
            return
        if self.first_trade_us is None:
            self.first_trade_us = trade.time_us
        over = self._seconds.add(trade, quote_amount)
        if over is not None:
            self._packed.add(over)
        for kept in self._wider:
            kept.add(trade, quote_amount)
        self._open = [kept.klines[-1] for kept in self._kept.values()]
        self._second_ends_us = self._seconds.klines[-1].open_us + SECOND_US

    def answer(self, request: KlineRequest, now_us: int) -> KlineAnswer:
        if self.first_trade_us is None:
            return KlineAnswer(request, [])
        first, last = request.opens(self.first_trade_us, now_us)
        if first > last:
            return KlineAnswer(request, [])
        interval, offset_us = request.interval, request.offset_us
        opens = [first]
        while opens[-1] <= last:
            opens.append(interval.step(opens[-1], 1, offset_us))
        kept = self._kept[request.kept_width_us()]
        from_us = max(first, kept.complete_from_us)
        rows = kept.between(from_us, opens[-1])
        if from_us == first:
            return KlineAnswer(request, opens, rows, kept.before(first))
        borders = [*(open_us for open_us in opens if open_us < from_us), min(from_us, opens[-1])]
        span = span_of(borders, kept.width_us, interval.width_us)
        return KlineAnswer(request, opens, rows, missing=Missing(span, kept.dropped_sequence))

    def total(self, start_us: int, end_us: int = NO_END_US) -> Kline | None:
        """All trades of [start, end) as one kline, None without trades.

        Whole seconds of the last day or whole minutes of the last week; more if they are borders
        of wider klines. From narrow klines at the ends to wide ones in the middle: some ninety are
        joined for a day, a hundred for a week.
        """
        joined: Kline | None = None
        for width_us, left_us, right_us in _pieces(start_us, end_us):
            joined = join(joined, start_us, self._between(width_us, left_us, right_us))
        return joined

    def last_before(self, time_us: int) -> Kline | None:
        """What ended with the last trade before a whole second, as far back as `total` goes."""
        minute_us = time_us - time_us % MINUTE_US
        seconds = self._between(SECOND_US, minute_us, time_us) if time_us > minute_us else []
        return seconds[-1] if seconds else self._kept[MINUTE_US].before(minute_us)

    def _between(self, width_us: int, start_us: int, end_us: int) -> list[Kline]:
        """Seconds are asked for within one minute."""
        kept = self._kept[width_us]
        if width_us != SECOND_US:
            return kept.between(start_us, end_us)
        if kept.klines and end_us > kept.klines[-1].open_us:
            latest = kept.klines[-1:] if kept.klines[-1].open_us >= start_us else []
        else:
            latest = []
        return [*self._packed.between(start_us, end_us), *latest]


def _pieces(start_us: int, end_us: int) -> list[tuple[int, int, int]]:
    """Parts of a span as (width, start, end), each of whole klines of its width, in order."""
    heads: list[tuple[int, int, int]] = []
    tails: list[tuple[int, int, int]] = []
    for width_us, wider_us in pairwise(KEPT_WIDTHS_US):
        left_us = min(start_us + -start_us % wider_us, end_us)
        heads.append((width_us, start_us, left_us))
        right_us = max(end_us - end_us % wider_us, left_us)
        tails.append((width_us, right_us, end_us))
        start_us, end_us = left_us, right_us
    pieces = [*heads, (KEPT_WIDTHS_US[-1], start_us, end_us), *reversed(tails)]
    return [piece for piece in pieces if piece[1] < piece[2]]
