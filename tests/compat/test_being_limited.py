"""Clients that ask too much are told so in their own words, wait as they are told, and go on."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from rialto.gateway.wire.rate_limits import RateLimit, RateLimits
from tests.compat.driving import Driver, Refusal, at, driving
from tests.compat.environments import CLIENTS
from tests.compat.refusals import ORDER
from tests.gateway.doors import open_doors
from tests.gateway.venue import WallClock

WINDOW_S = 3
WEIGHT = 60
ORDERS = 4
LIMITS = RateLimits(
    RateLimit("REQUEST_WEIGHT", "SECOND", WINDOW_S, WEIGHT),
    orders_short=RateLimit("ORDERS", "SECOND", WINDOW_S, ORDERS),
)
TOO_MUCH, TOO_MANY_ORDERS = -1003, -1015
# What each makes of 429.
CLASSES = {
    "ccxt": {TOO_MUCH: "DDoSProtection", TOO_MANY_ORDERS: "DDoSProtection"},
    "python-binance": dict.fromkeys((TOO_MUCH, TOO_MANY_ORDERS), "BinanceAPIException"),
    "binance-connector": dict.fromkeys((TOO_MUCH, TOO_MANY_ORDERS), "ClientError"),
    "binance-sdk-spot": dict.fromkeys((TOO_MUCH, TOO_MANY_ORDERS), "TooManyRequestsError"),
}


async def until_refused(driver: Driver, most: int, name: str, **parameters: Any) -> dict[str, Any]:
    for _ in range(most):
        try:
            await driver.call("alice", name, **parameters)
        except Refusal as refusal:
            return refusal.said
    raise AssertionError("it was never refused")


@pytest.mark.parametrize("client", CLIENTS)
async def test_it_is_limited_and_recovers(tmp_path: Path, client: str) -> None:
    async with (
        open_doors(tmp_path, clock=WallClock(), limits=LIMITS) as (venue, _),
        driving(client, *at(venue)) as driver,
    ):
        place = "place_raw" if client == "ccxt" else "place"
        asked: tuple[tuple[int, int, str, dict[str, str]], ...] = (
            (TOO_MUCH, 2 * WEIGHT, "ping", {}),
            (TOO_MANY_ORDERS, 2 * ORDERS, place, ORDER),
        )
        for code, most, name, parameters in asked:
            refused = await until_refused(driver, most, name, **parameters)
            assert (refused["class"], refused["code"]) == (CLASSES[client][code], code)
            wait_s = int(refused["retryAfter"])
            assert 1 <= wait_s <= WINDOW_S
            await asyncio.sleep(wait_s)
            await driver.call("alice", name, **parameters)
