"""Whoever is refused learns it from its client: an exception of the right class and code."""

from pathlib import Path
from typing import Any

import pytest

from tests.compat.driving import Driver, at, driving
from tests.compat.environments import CLIENTS
from tests.compat.refusals import ORDER, ROWS, Row
from tests.gateway.doors import open_doors
from tests.gateway.venue import Venue, WallClock

UNAUTHORIZED = (-2014, -2015)
# What a client finds wrong before it asks.
ITS_OWN = {("binance-sdk-spot", -1104): "TypeError"}  # its methods know their parameters
# ccxt's texts without a code, where the class says it all.
WITHOUT_CODE = ("OrderImmediatelyFillable", "InsufficientFunds")
OVER_WS = ("python-binance", "binance-connector", "binance-sdk-spot")
WS_CALLS = (
    *("place", "attempt", "cancel", "cancel_all", "cancel_list", "order", "order_list"),
    *("replace", "place_oco", "place_oto", "depth", "trades", "account"),
)


def expected(client: str, door: str, row: Row) -> tuple[str, int | None]:
    """The class, and the code that it carries."""
    if (client, row.code) in ITS_OWN:
        return ITS_OWN[client, row.code], None
    if client == "ccxt":
        return row.ccxt, None if row.ccxt in WITHOUT_CODE else row.code
    if client == "python-binance":
        return "BinanceAPIException", row.code
    if door == "ws":
        return "ApiError", row.code
    if client == "binance-connector":
        return "ClientError", row.code
    return "UnauthorizedError" if row.code in UNAUTHORIZED else "BadRequestError", row.code


async def refused(driver: Driver, door: str, row: Row) -> tuple[str, int | None]:
    # What create_order and cancel_order find wrong themselves never reaches an exchange.
    raw = driver.client == "ccxt" and row.call in ("place", "cancel")
    name = f"{row.call}_raw" if raw else row.call
    said = await driver.refusal(row.who, name, **row.parameters)
    if said.get("status"):
        assert said["status"] == (401 if row.code in UNAUTHORIZED else 400)
    return said["class"], said.get("code")


def keys_of(venue: Venue) -> tuple[str, dict[str, tuple[str, str]]]:
    """The two traders, and three whose credentials are wrong."""
    host, keys = at(venue)
    key, secret = keys["alice"]
    wrong = {
        "garbled": ("short", secret),
        "stranger": ("A" * 64, secret),
        "forger": (key, "B" * 64),
    }
    return host, keys | wrong


async def set_the_scene(driver: Driver) -> None:
    """A last price, something to take, and an open order with a name."""
    named = {"quantity": "0.1", "price": "40000", "newClientOrderId": "twice"}
    orders: list[tuple[str, dict[str, Any]]] = [
        ("alice", {"side": "SELL", "quantity": "0.1"}),
        ("bob", {"quantity": "0.05"}),
        ("alice", named),
    ]
    for who, changes in orders:
        await driver.call(who, "place", **(ORDER | changes))


@pytest.mark.parametrize(
    ("client", "door"), [*((each, "rest") for each in CLIENTS), *((each, "ws") for each in OVER_WS)]
)
async def test_refusals(tmp_path: Path, client: str, door: str) -> None:
    asked = [row for row in ROWS if door == "rest" or row.call in WS_CALLS]
    assert len({(row.call, str(row.parameters)) for row in asked}) >= 40
    async with (
        open_doors(tmp_path, clock=WallClock()) as (venue, _),
        driving(client, *keys_of(venue), door=door) as driver,
    ):
        await set_the_scene(driver)
        found = [(await refused(driver, door, row), row.parameters) for row in asked]
        assert found == [(expected(client, door, row), row.parameters) for row in asked]
        open_orders = await driver.call("alice", "open_orders", symbol="BTCUSDT")
        assert len(open_orders) == 2
