"""Kline intervals: where each one starts, in any time zone, and which klines a request asks for.

In:  an interval, an offset from UTC, and times in microseconds.
Out: open times. Weeks start on Monday; 3d counts from 1970-01-01; months are those of the calendar.
"""

from datetime import date
from typing import NamedTuple

from rialto.messages.klines import DAY_US, HOUR_US, KEPT_WIDTHS_US, MINUTE_US, SECOND_US

FIRST_MONDAY_US = 4 * DAY_US  # 1970-01-05
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
OFFSET_US_MIN = -12 * HOUR_US
OFFSET_US_MAX = 14 * HOUR_US
LIMIT_MAX = 1_000


class Interval(NamedTuple):
    """A fixed width, or a number of calendar months (whose width is that of their part, a day)."""

    name: str
    width_us: int
    months: int = 0
    anchor_us: int = 0

    def open_of(self, time_us: int, offset_us: int = 0) -> int:
        """The open time of the kline that holds a time."""
        local_us = time_us + offset_us
        if self.months:
            day = _day(local_us)
            return (day.replace(day=1).toordinal() - EPOCH_ORDINAL) * DAY_US - offset_us
        return time_us - (local_us - self.anchor_us) % self.width_us

    def step(self, open_us: int, count: int, offset_us: int = 0) -> int:
        """The open time so many klines later (earlier if negative)."""
        if not self.months:
            return open_us + count * self.width_us
        day = _day(open_us + offset_us)
        year, month = divmod(day.year * 12 + day.month - 1 + count * self.months, 12)
        later = date(max(year, 1), month + 1, 1)
        return (later.toordinal() - EPOCH_ORDINAL) * DAY_US - offset_us


def _day(local_us: int) -> date:
    return date.fromordinal(EPOCH_ORDINAL + local_us // DAY_US)


INTERVALS = {
    interval.name: interval
    for interval in (
        Interval("1s", SECOND_US),
        Interval("1m", MINUTE_US),
        Interval("3m", 3 * MINUTE_US),
        Interval("5m", 5 * MINUTE_US),
        Interval("15m", 15 * MINUTE_US),
        Interval("30m", 30 * MINUTE_US),
        Interval("1h", HOUR_US),
        Interval("2h", 2 * HOUR_US),
        Interval("4h", 4 * HOUR_US),
        Interval("6h", 6 * HOUR_US),
        Interval("8h", 8 * HOUR_US),
        Interval("12h", 12 * HOUR_US),
        Interval("1d", DAY_US),
        Interval("3d", 3 * DAY_US),
        Interval("1w", 7 * DAY_US, anchor_us=FIRST_MONDAY_US),
        Interval("1M", DAY_US, months=1),
    )
}


class KlineRequest(NamedTuple):
    """Which klines of an interval; times and their order as in binance-api.md 1.7."""

    interval: Interval
    limit: int
    start_us: int | None = None  # klines that open at this time or later
    end_us: int | None = None  # klines that open at this time or earlier
    offset_us: int = 0

    def kept_width_us(self) -> int:
        """The widest kept kline that this interval is a whole number of."""
        fits = (
            width
            for width in KEPT_WIDTHS_US
            if self.interval.width_us % width == 0 and self.offset_us % width == 0
        )
        return max(fits)

    def opens(self, first_trade_us: int, now_us: int) -> tuple[int, int]:
        """Open times of the first and the last kline of the answer; it is empty if first > last."""
        interval, offset_us = self.interval, self.offset_us
        earliest = interval.open_of(first_trade_us, offset_us)
        end_us = now_us if self.end_us is None else min(self.end_us, now_us)
        last = interval.open_of(end_us, offset_us) if end_us >= earliest else earliest - 1
        if self.start_us is not None and self.start_us > last:
            return last + 1, last  # perhaps so late that no calendar has it
        if self.start_us is None or self.start_us <= earliest:
            first = earliest
        else:
            at_start = interval.open_of(self.start_us, offset_us)
            late = at_start < self.start_us
            first = interval.step(at_start, 1, offset_us) if late else at_start
        if self.start_us is None:
            return max(first, interval.step(last, 1 - self.limit, offset_us)), last
        return first, min(last, interval.step(first, self.limit - 1, offset_us))
