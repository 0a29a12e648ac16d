"""An exchange that stops in the middle of a candle goes on with it, and one that has let go of its
past finds it in SQL; asked over REST before and after.
"""

from pathlib import Path
from typing import Any

import pytest

from rialto.market_data import klines, newest
from rialto.messages.klines import DAY_US, HOUR_US, SECOND_US
from tests.gateway.venue import START_US, Venue, running

SELL = "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity={}&price={}"
SYMBOL = "symbol=BTCUSDT"
ICEBERG = "&icebergQty=0.02"
GAPS_US = (
    *(200_000, 900_000, 17 * SECOND_US, 55 * SECOND_US, 4 * HOUR_US, 300_000, DAY_US),
    *(61 * SECOND_US, 3 * SECOND_US, 9 * HOUR_US, 100_000, 100_000),
)
QUESTIONS = [
    *(f"klines?{SYMBOL}&interval={interval}" for interval in ("1s", "1m", "5m", "1h", "1d", "1M")),
    *(f"klines?{SYMBOL}&interval={i}&startTime=0&limit=20" for i in ("1m", "1h", "8h", "3d", "1w")),
    *(f"klines?{SYMBOL}&interval=1d&timeZone={zone}" for zone in ("8", "5:45", "-3")),
    *(f"klines?{SYMBOL}&interval=1M&timeZone={zone}&startTime=0" for zone in ("8", "5:45")),
    *(f"ticker?{SYMBOL}&windowSize={size}" for size in ("1m", "1h", "1d", "7d")),
    *(f"ticker/tradingDay?{SYMBOL}&timeZone={zone}" for zone in ("0", "13:45")),
    *(f"{kind}?{SYMBOL}&limit=1000" for kind in ("trades", "historicalTrades", "aggTrades")),
    *(f"aggTrades?{SYMBOL}&fromId={first}&limit=3" for first in (1, 4, 11)),
    *(f"ticker/24hr?{SYMBOL}", f"avgPrice?{SYMBOL}", f"depth?{SYMBOL}", "ticker/bookTicker"),
]


async def answers(venue: Venue) -> dict[str, Any]:
    found = {}
    for question in QUESTIONS:
        path, _, query = question.partition("?")
        reply = await venue.anyone.call(f"GET /api/v3/{path}", query)
        assert reply.status == 200, (question, reply.json)
        found[question] = reply.json
    return found


async def trade(venue: Venue, number: int) -> None:
    """Takes part of an iceberg, and of another order behind it."""
    price = str(50_000 + number % 3)
    await venue.alice.signed("POST /api/v3/order", SELL.format("0.1", price) + ICEBERG)
    await venue.alice.signed("POST /api/v3/order", SELL.format("0.01", price))
    buy = SELL.replace("SELL", "BUY").format("0.045", price)
    await venue.bob.signed("POST /api/v3/order", buy)


@pytest.mark.parametrize("kept", [1_000, 2])
async def test_a_restart_changes_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    async with running(tmp_path / "whole") as whole:
        await play(whole, GAPS_US)
        expected, now_us = await answers(whole), whole.clock.now_us
    monkeypatch.setattr(newest, "KEPT_MAX", kept)
    if kept == 2:
        monkeypatch.setattr(klines, "SLACK_KLINES", 1)
        for width_us in (SECOND_US, 15 * 60 * SECOND_US, HOUR_US, DAY_US):
            monkeypatch.setitem(klines.KEPT_KLINES, width_us, 40)
    now = START_US
    for first in range(0, len(GAPS_US), 3):
        async with running(tmp_path / "parts") as part:
            part.clock.now_us = now
            await play(part, GAPS_US[first : first + 3], first)
            now = part.clock.now_us
    async with running(tmp_path / "parts") as part:
        assert now == now_us
        part.clock.now_us = now_us
        found = await answers(part)
    for question, answer in expected.items():
        if kept == 2 and question.startswith("trades"):
            answer = answer[-2:]  # of memory alone, which keeps as many as can be asked for
        assert found[question] == answer, question


async def play(venue: Venue, gaps_us: tuple[int, ...], first: int = 0) -> None:
    for number, gap_us in enumerate(gaps_us, first):
        venue.clock.now_us += gap_us
        await trade(venue, number)
