"""Klines of every interval and time zone against trades sorted by hand into calendar spans."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import product

import pytest

from rialto.market_data import klines as klines_module
from rialto.market_data.intervals import INTERVALS, KlineRequest
from rialto.market_data.klines import Klines
from rialto.messages.events import TradeExecuted
from rialto.messages.kline_spans import KlineSpan
from rialto.messages.kline_spans import span_of as span_to_read
from rialto.messages.klines import DAY_US, HOUR_US, MINUTE_US, SECOND_US, Kline, flat
from rialto.messages.orders import Side
from tests.market_data.trades import random_trades, trade

UNITS_PER_TICK_LOT = 7
WIDTHS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
OFFSETS_US = (0, 8 * HOUR_US, -HOUR_US, 5 * HOUR_US + 45 * MINUTE_US, -12 * HOUR_US, 7 * MINUTE_US)
START_US = int(datetime(2023, 12, 20, 22, 59, 57, 123, tzinfo=UTC).timestamp() * 1_000_000)
FAR_US = (10**14 * 1000 - 1000, 253_402_300_800_000_000, 2**63 - 1)
GAPS_US = (2, SECOND_US, 30 * SECOND_US, 20 * MINUTE_US, 9 * HOUR_US, 5 * DAY_US)


def folded(trades: list[TradeExecuted]) -> Klines:
    klines = Klines()
    for each in trades:
        quote_amount = each.price_ticks * each.quantity_lots * UNITS_PER_TICK_LOT
        klines.add(each, quote_amount)
    return klines


def span_of(name: str, time_us: int, offset_us: int) -> tuple[int, int]:
    """Where a span of the calendar begins and ends, by datetime."""
    zone = timezone(timedelta(microseconds=offset_us))
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time_us)
    local = at.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if name == "1M":
        start = midnight.replace(day=1)
        end = (start + timedelta(days=32)).replace(day=1)
    elif name == "1w":
        start = midnight - timedelta(days=midnight.weekday())
        end = start + timedelta(days=7)
    elif name == "3d":
        start = midnight - timedelta(days=(midnight.date().toordinal() - 719_163) % 3)
        end = start + timedelta(days=3)
    else:
        width = timedelta(seconds=int(name[:-1]) * WIDTHS[name[-1]])
        start = midnight + (local - midnight) // width * width
        end = start + width
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return (start - epoch) // timedelta(microseconds=1), (end - epoch) // timedelta(microseconds=1)


def every_by_hand(
    trades: list[TradeExecuted], name: str, offset_us: int, now_us: int
) -> list[Kline]:
    every: list[Kline] = []
    start_us, end_us = span_of(name, trades[0].time_us, offset_us)
    position, price_ticks = 0, 0
    while start_us <= now_us:
        kline = flat(start_us, price_ticks)
        while position < len(trades) and trades[position].time_us < end_us:
            put(kline, trades[position])
            position += 1
        price_ticks = kline.close_ticks
        every.append(kline)
        start_us, end_us = span_of(name, end_us, offset_us)
    return every


def chosen(every: list[Kline], request: KlineRequest) -> list[Kline]:
    fits = [
        kline
        for kline in every
        if (request.start_us is None or kline.open_us >= request.start_us)
        and (request.end_us is None or kline.open_us <= request.end_us)
    ]
    newest = request.start_us is None
    return fits[-request.limit :] if newest else fits[: request.limit]


def put(kline: Kline, each: TradeExecuted) -> None:
    if not kline.trades:
        kline.open_ticks = kline.high_ticks = kline.low_ticks = each.price_ticks
        kline.first_trade_id = each.trade_id
    quote_amount = each.price_ticks * each.quantity_lots * UNITS_PER_TICK_LOT
    kline.high_ticks = max(kline.high_ticks, each.price_ticks)
    kline.low_ticks = min(kline.low_ticks, each.price_ticks)
    kline.close_ticks, kline.last_trade_id = each.price_ticks, each.trade_id
    kline.trades += 1
    kline.volume_lots += each.quantity_lots
    kline.quote_amount += quote_amount
    if each.taker_side is Side.BUY:
        kline.taker_buy_lots += each.quantity_lots
        kline.taker_buy_quote_amount += quote_amount


def requests(interval: str, trades: list[TradeExecuted], now_us: int) -> list[KlineRequest]:
    middle_us = trades[len(trades) // 2].time_us
    a_day_later_us = middle_us + DAY_US
    times = [
        (None, None),
        (None, middle_us),
        (middle_us, None),
        (middle_us, a_day_later_us),
        (0, trades[0].time_us + HOUR_US),
        (now_us, None),
        (now_us + DAY_US, None),
        (None, trades[0].time_us - 40 * DAY_US),
        (a_day_later_us, middle_us),
    ]
    return [
        KlineRequest(INTERVALS[interval], limit, start_us, end_us, offset_us)
        for limit, (start_us, end_us), offset_us in product((1, 12), times, OFFSETS_US)
    ]


@pytest.mark.parametrize("interval", [name for name in INTERVALS if name != "1s"])
def test_every_interval_in_every_zone(interval: str) -> None:
    trades = random_trades(1, START_US, GAPS_US[:3] if interval[-1] == "m" else GAPS_US, 200)
    klines = folded(trades)
    now_us = trades[-1].time_us + 2 * HOUR_US
    every = {zone: every_by_hand(trades, interval, zone, now_us) for zone in OFFSETS_US}
    for request in requests(interval, trades, now_us):
        answer = klines.answer(request, now_us)
        assert answer.missing is None
        assert answer.klines() == chosen(every[request.offset_us], request), request


def test_seconds() -> None:
    trades = random_trades(2, START_US, (2, SECOND_US, 9 * SECOND_US), 100)
    klines = folded(trades)
    now_us = trades[-1].time_us + 3 * SECOND_US
    every = every_by_hand(trades, "1s", 0, now_us)
    for limit in (1, 5, 1000):
        request = KlineRequest(INTERVALS["1s"], limit)
        assert klines.answer(request, now_us).klines() == chosen(every, request)


@pytest.mark.parametrize("interval", ["1m", "5m", "1h", "12h", "1d", "1w", "1M"])
def test_what_is_no_longer_in_memory_comes_from_elsewhere(
    interval: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    trades = random_trades(4, START_US, GAPS_US, 300)
    now_us = trades[-1].time_us + 2 * HOUR_US
    everything = folded(trades)
    monkeypatch.setattr(klines_module, "SLACK_KLINES", 2)
    for width_us in klines_module.KEPT_KLINES:
        monkeypatch.setitem(klines_module.KEPT_KLINES, width_us, 3)
    klines = folded(trades)
    asked = 0
    for request in requests(interval, trades, now_us):
        answer = klines.answer(request, now_us)
        older: list[Kline] = []
        if answer.missing is not None:
            asked += 1
            older = kept_of(everything, answer.missing.span)
        assert answer.klines(older) == everything.answer(request, now_us).klines(), request
    assert asked


def kept_of(klines: Klines, span: KlineSpan) -> list[Kline]:
    """What SQL would give: of each width what its part says."""
    before = klines._kept[span.parts[0].width_us].before(span.start_us)
    found = []
    for part in span.parts:
        for kline in klines._kept[part.width_us].between(span.start_us, span.end_us):
            wider_us = kline.open_us - kline.open_us % part.wider_us if part.wider_us else 0
            is_within = not part.wider_us or wider_us in part.cut_wider
            if is_within and kline.open_us not in part.cut:
                found.append(kline)
    found.sort(key=lambda kline: kline.open_us)
    return ([before] if before else []) + found


def test_a_long_time_ago_is_read_in_wide_klines() -> None:
    """Three years of months in a zone of quarter hours: some hundred rows a month."""
    first_us = START_US - START_US % DAY_US - 5 * HOUR_US - 45 * MINUTE_US
    opens = [INTERVALS["1M"].step(first_us, n, 5 * HOUR_US + 45 * MINUTE_US) for n in range(37)]
    span = span_to_read(opens, 15 * MINUTE_US, DAY_US)
    assert [part.width_us for part in span.parts] == [15 * MINUTE_US, HOUR_US, DAY_US]
    quarters, hours, days = span.parts
    assert len(quarters.cut_wider) == len(hours.cut) == 37  # one hour for each border
    assert len(hours.cut_wider) == len(days.cut) == 37
    assert not quarters.cut


def test_before_the_first_trade_there_is_nothing() -> None:
    request = KlineRequest(INTERVALS["1m"], 10)
    answer = Klines().answer(request, START_US)
    assert (answer.missing, answer.klines()) == (None, [])


@pytest.mark.parametrize("interval", INTERVALS)
@pytest.mark.parametrize("far_us", FAR_US)
def test_times_beyond_every_calendar_are_later_than_now(interval: str, far_us: int) -> None:
    klines = folded([trade(1, START_US, 100, 5), trade(2, START_US + 3 * DAY_US, 90, 1)])
    now_us = START_US + 4 * DAY_US
    for offset_us in OFFSETS_US:
        ask = KlineRequest(INTERVALS[interval], 1_000, offset_us=offset_us)
        every = klines.answer(ask, now_us).klines()
        assert every
        assert klines.answer(ask._replace(end_us=far_us), now_us).klines() == every
        for late in (ask._replace(start_us=far_us), ask._replace(start_us=far_us, end_us=far_us)):
            answer = klines.answer(late, now_us)
            assert (answer.missing, answer.klines()) == (None, [])
        assert klines.answer(ask._replace(end_us=0), now_us).klines() == []


def test_spans_without_trades_are_flat_at_the_last_price() -> None:
    klines = folded([trade(1, START_US, 100, 5), trade(2, START_US + 3 * MINUTE_US, 90, 1)])
    answer = klines.answer(KlineRequest(INTERVALS["1m"], 10), START_US + 5 * MINUTE_US)
    assert [(k.open_ticks, k.close_ticks, k.volume_lots, k.trades) for k in answer.klines()] == [
        (100, 100, 5, 1),
        (100, 100, 0, 0),
        (100, 100, 0, 0),
        (90, 90, 1, 1),
        (90, 90, 0, 0),
        (90, 90, 0, 0),
    ]
