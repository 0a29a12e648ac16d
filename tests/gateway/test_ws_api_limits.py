"""Limits over the WebSocket API: shown in replies, shared with REST, and what becomes of excess."""

from pathlib import Path

import pytest
import websockets

from rialto.gateway.wire.rate_limits import RateLimit, RateLimits
from tests.gateway.doors import ear, open_doors
from tests.gateway.test_ws_api import ORDER, REPLACE
from tests.gateway.venue import START_US
from tests.gateway.ws_api import PATH, ws_api

MINUTE = 60_000_000
SMALL = RateLimits(
    RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 50),
    RateLimit("RAW_REQUESTS", "MINUTE", 5, 1_000),
    RateLimit("ORDERS", "SECOND", 10, 2),
    RateLimit("ORDERS", "DAY", 1, 5),
    RateLimit("CONNECTIONS", "MINUTE", 5, 3),
)
WEIGHT = {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 50}
SHORT = {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": 2}
LONG = {"rateLimitType": "ORDERS", "interval": "DAY", "intervalNum": 1, "limit": 5}


async def test_limits_are_shown(tmp_path: Path) -> None:
    async with open_doors(tmp_path, limits=SMALL) as (venue, _), ws_api(venue) as api:
        alice = venue.alice.key
        said = await api.call("ping")
        assert said["rateLimits"] == [{**WEIGHT, "count": 3}], "connecting weighs 2"
        used = (await venue.anyone.call("GET /api/v3/ping")).headers["x-mbx-used-weight-1m"]
        assert used == "4", "one count for both"
        placed = await api.call("order.place", **api.signed(alice, **ORDER))
        orders = [{**SHORT, "count": 1}, {**LONG, "count": 1}]
        assert placed["rateLimits"] == [*orders, {**WEIGHT, "count": 4}], "it weighs nothing"
        refused = await api.call("order.place", **api.signed(alice, **{**ORDER, "price": "0"}))
        assert refused["rateLimits"] == [*orders, {**WEIGHT, "count": 5}]
        assert "rateLimits" not in await api.call("ping", returnRateLimits=False)
        async with ws_api(venue, "?returnRateLimits=false") as other:
            assert "rateLimits" not in await other.call("ping")
            assert "rateLimits" in await other.call("ping", returnRateLimits=True)


async def test_whoever_asks_too_much_waits(tmp_path: Path) -> None:
    async with open_doors(tmp_path, limits=SMALL) as (venue, _), ws_api(venue) as api:
        venue.clock.now_us = START_US + 40_000_000
        for _ in range(2):
            await api.result("exchangeInfo")
        said = await api.call("exchangeInfo")
        assert (said["status"], said["error"]["code"]) == (429, -1003)
        assert said["error"]["data"] == {
            "serverTime": START_US // 1000 + 40_000,
            "retryAfter": START_US // 1000 + 60_000,
        }
        venue.clock.now_us = START_US + MINUTE
        await api.result("exchangeInfo")


async def test_whoever_does_not_stop_is_banned(tmp_path: Path) -> None:
    async with open_doors(tmp_path, limits=SMALL) as (venue, _), ws_api(venue) as api:
        statuses = [(await api.call("exchangeInfo"))["status"] for _ in range(60)]
        assert sorted(set(statuses)) == [200, 418, 429]
        said = await api.call("ping")
        assert (said["status"], said["error"]["code"]) == (418, -1003)
        wait = said["error"]["data"]["retryAfter"] - said["error"]["data"]["serverTime"]
        assert wait == 120_000
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with ear(venue, PATH):
                pass
        assert refused.value.response.status_code == 418


async def test_so_many_orders_and_connections(tmp_path: Path) -> None:
    async with open_doors(tmp_path, limits=SMALL) as (venue, _), ws_api(venue) as api:
        alice = venue.alice.key
        for _ in range(2):
            await api.result("order.place", **api.signed(alice, **ORDER))
        said = await api.call("order.place", **api.signed(alice, **ORDER))
        assert (said["status"], said["error"]["code"]) == (429, -1015)
        assert said["rateLimits"][0] == {**SHORT, "count": 2}
        async with ws_api(venue), ws_api(venue):
            with pytest.raises(websockets.InvalidStatus) as refused:
                async with ws_api(venue):
                    pass
        assert refused.value.response.status_code == 429
        assert int(refused.value.response.headers["retry-after"]) > 0


async def test_a_replacement_over_the_limit(tmp_path: Path) -> None:
    async with open_doors(tmp_path, limits=SMALL) as (venue, _), ws_api(venue) as api:
        alice = venue.alice.key
        for _ in range(2):
            await api.result("order.place", **api.signed(alice, **ORDER))
        plain = await api.call(
            "order.cancelReplace", **api.signed(alice, **REPLACE, cancelOrderId=1)
        )
        assert (plain["status"], plain["error"]["code"]) == (429, -1015)
        assert plain["error"]["data"].keys() == {"serverTime", "retryAfter"}
        mode = {"cancelOrderId": 1, "orderRateLimitExceededMode": "CANCEL_ONLY"}
        only = await api.call("order.cancelReplace", **api.signed(alice, **REPLACE, **mode))
        assert (only["status"], only["error"]["code"]) == (429, -2021)
        assert only["error"]["data"]["cancelResult"] == "SUCCESS"
        assert only["rateLimits"][0] == {**SHORT, "count": 2}
