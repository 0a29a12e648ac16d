"""Times in answers are in the unit that was asked for, of every endpoint; times in requests are
taken in either, told apart by their size.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rialto.gateway.endpoints import ENDPOINTS
from tests.gateway.test_openapi import STORY
from tests.gateway.venue import START_US, Venue, running

SECURED = {row.rest: row.security for row in ENDPOINTS}
UNITS = {"": 1000, "MILLISECOND": 1000, "millisecond": 1000, "MICROSECOND": 1, "microsecond": 1}
YEAR_US = 365 * 24 * 3600 * 1_000_000
NO_TIMES = {  # what an answer has no time in
    *("GET /api/v3/ping", "GET /api/v3/depth", "GET /api/v3/ticker/price"),
    *("GET /api/v3/ticker/bookTicker", "POST /api/v3/order/test"),
    *("GET /api/v3/rateLimit/order", "GET /api/v3/account/commission", "GET /api/v3/myFilters"),
    *("POST /api/v3/userDataStream", "PUT /api/v3/userDataStream"),
    *("DELETE /api/v3/userDataStream", "GET /api/v3/historicalBlockTrades"),
    *("GET /api/v3/myAllocations", "GET /api/v3/executionRules"),
    "GET /api/v3/referencePrice/calculation",
}


def numbers(document: Any) -> Iterator[int]:
    if isinstance(document, dict | list):
        for part in document.values() if isinstance(document, dict) else document:
            yield from numbers(part)
    elif isinstance(document, int) and not isinstance(document, bool):
        yield document


def is_time(number: int, divisor: int) -> bool:
    return abs(number * divisor - START_US) < YEAR_US


@pytest.mark.parametrize(("unit", "divisor"), UNITS.items())
async def test_times_are_in_the_unit_that_was_asked_for(
    tmp_path: Path, unit: str, divisor: int
) -> None:
    other = 1000 if divisor == 1 else 1
    headers = {"X-MBX-TIME-UNIT": unit} if unit else {}
    seen = set()
    async with running(tmp_path) as venue:
        listen_key = ""
        for rest, parameters in STORY:
            parameters = parameters.format(listenKey=listen_key)
            ask = venue.alice.signed if SECURED[rest].signed else venue.alice.call
            reply = await ask(rest, parameters, headers=headers)
            assert reply.status == 200, (rest, reply.json)
            if isinstance(reply.json, dict):
                listen_key = reply.json.get("listenKey", listen_key)
            found = list(numbers(reply.json))
            assert not any(is_time(number, other) for number in found), (rest, reply.json)
            if any(is_time(number, divisor) for number in found):
                seen.add(rest)
    timeless = {rest for rest, _ in STORY if rest.split(" ")[1].startswith("/api/")} - seen
    assert timeless <= NO_TIMES, timeless - NO_TIMES


async def test_a_unit_that_is_none(tmp_path: Path) -> None:
    message = "Invalid value for time unit; expected either MICROSECOND or MILLISECOND."
    async with running(tmp_path) as venue:
        for unit in ("", "SECOND", "Microsecond", "µs"):
            headers = {"X-MBX-TIME-UNIT": unit}
            reply = await venue.anyone.call("GET /api/v3/time", headers=headers)
            assert (reply.status, reply.json) == (400, {"code": -1194, "msg": message}), unit


async def test_times_are_taken_in_either_unit(tmp_path: Path) -> None:
    """Of timestamp, startTime and endTime."""
    async with running(tmp_path) as venue:
        order = "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.5&price=50000"
        placed = (await venue.alice.signed("POST /api/v3/order", order)).json["transactTime"]
        for scale in (1, 1000):
            for start, end, count in ((placed, placed, 1), (placed + 1, placed + 2, 0)):
                times = f"startTime={start * scale}&endTime={end * scale}"
                found = await venue.alice.signed("GET /api/v3/allOrders", f"symbol=BTCUSDT&{times}")
                assert len(found.json) == count, times
            await _check_timestamp(venue, scale)


async def _check_timestamp(venue: Venue, scale: int) -> None:
    venue.clock.now_us += 1_000
    now_ms = venue.clock.now_us // 1000
    for ahead_ms, code in ((0, 0), (2_000, -1021), (-6_000, -1021)):
        query = venue.alice.sign("", (now_ms + ahead_ms) * scale)
        reply = await venue.alice.call("GET /api/v3/account", query)
        assert reply.code == code, (scale, ahead_ms)
