"""What an API key may risk, on every way to the engine."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rialto.gateway.doors import Doors
from rialto.identity.api_keys import Permission
from rialto.identity.key_limits import KeyLimits
from rialto.messages.ids import AccountId
from tests.gateway.doors import open_doors, post_v1, v1_order
from tests.gateway.venue import Client, Venue
from tests.gateway.ws_api import ws_api

ORDER = "POST /api/v3/order"
LIMIT = "symbol=BTCUSDT&type=LIMIT&timeInForce=GTC"
MARKET = "symbol=BTCUSDT&type=MARKET"
TOO_DEAR = {
    "code": -2010,
    "msg": "Order value exceeds the limit of this API key, which is 1000 USDT.",
}
OTHER_SYMBOL = {"code": -2010, "msg": "This symbol is not permitted for this API key."}


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[tuple[Venue, Doors]]:
    async with open_doors(tmp_path) as opened:
        yield opened


def limited(venue: Venue, limits: KeyLimits) -> Client:
    may = Permission.READ | Permission.TRADE
    return venue.client(venue.keys.create(AccountId(1), "alice", may, limits=limits))


# (parameters, whether it is too dear), while bids are 0.5 at 50000 and asks 0.01 at 60000 and 1 at
# 70000
VALUES = [
    (f"{LIMIT}&side=BUY&quantity=0.02&price=50000", False),
    (f"{LIMIT}&side=BUY&quantity=0.02001&price=50000", True),
    (f"{LIMIT}&side=SELL&quantity=0.01&price=90000", False),
    (f"{LIMIT}&side=SELL&quantity=0.02&price=90000", True),
    (f"{LIMIT}&side=SELL&quantity=0.03&price=20000", True),
    (f"{MARKET}&side=BUY&quantity=0.016", True),
    (f"{MARKET}&side=BUY&quantity=0.015", False),
    (f"{MARKET}&side=BUY&quoteOrderQty=1000", False),
    (f"{MARKET}&side=BUY&quoteOrderQty=1000.01", True),
    (f"{MARKET}&side=SELL&quoteOrderQty=1000.01", True),
    (f"{MARKET}&side=SELL&quantity=0.021", True),
    ("symbol=ETHBTC&type=LIMIT&timeInForce=GTC&side=BUY&quantity=100&price=0.5", False),
]


async def test_an_order_may_cost_so_much(doors: tuple[Venue, Doors]) -> None:
    venue, _ = doors
    client = limited(venue, KeyLimits(notional_max={"USDT": "1000"}))
    for side, quantity, price in (("BUY", 0.5, 50000), ("SELL", 0.01, 60000), ("SELL", 1, 70000)):
        book = f"{LIMIT}&side={side}&quantity={quantity}&price={price}"
        assert (await venue.bob.signed(ORDER, book)).status == 200
    for parameters, is_too_dear in VALUES:
        tried = await client.signed(f"{ORDER}/test", parameters)
        placed = await client.signed(ORDER, parameters)
        for reply in (tried, placed):
            assert (reply.json == TOO_DEAR) is is_too_dear, parameters
    await client.close()


async def test_a_key_trades_its_symbols(doors: tuple[Venue, Doors]) -> None:
    venue, _ = doors
    client = limited(venue, KeyLimits(symbols=("ETHUSDT", "ETHBTC")))
    order = f"{LIMIT}&side=BUY&quantity=1&price=1000"
    refused = await client.signed(ORDER, order)
    assert (refused.status, refused.json) == (400, OTHER_SYMBOL)
    assert (await client.signed(ORDER, order.replace("BTC", "ETH"))).status == 200
    await venue.alice.signed(ORDER, order)
    canceled = await client.signed("DELETE /api/v3/openOrders", "symbol=BTCUSDT")
    assert len(canceled.json) == 1, "what it may not place it may take back"
    await client.close()


async def test_so_many_orders_in_a_second(doors: tuple[Venue, Doors]) -> None:
    venue, _ = doors
    client = limited(venue, KeyLimits(orders_per_second=2))
    other = limited(venue, KeyLimits(orders_per_second=2))
    venue.clock.now_us += 999_000 - venue.clock.now_us % 1_000_000
    order = f"{LIMIT}&side=BUY&quantity=0.01&price=1000"
    for _ in range(2):
        assert (await client.signed(ORDER, order)).status == 200
    refused = await client.signed(ORDER, order)
    message = "Too many new orders; current limit is 2 orders per 1 SECOND."
    assert (refused.status, refused.json) == (429, {"code": -1015, "msg": message})
    assert refused.headers["retry-after"] == "1"
    assert (await other.signed(ORDER, order)).status == 200
    venue.clock.now_us += 1_000_000
    assert (await client.signed(ORDER, order)).status == 200
    await client.close()
    await other.close()


async def test_limits_hold_at_every_door(doors: tuple[Venue, Doors]) -> None:
    venue, _ = doors
    client = limited(venue, KeyLimits(notional_max={"USDT": "1000"}))
    async with ws_api(venue) as api:
        order = dict(pair.split("=") for pair in f"{LIMIT}&side=BUY&price=50000".split("&"))
        said = await api.call("order.place", **api.signed(client.key, **order, quantity="0.03"))
        assert (said["status"], said["error"]) == (400, TOO_DEAR)
    status, answer = await post_v1(venue, client, v1_order(client, "mine", "BUY", "0.03", "50000"))
    assert (status, answer["reason"]) == (400, "KEY_LIMIT")
    assert answer["message"] == TOO_DEAR["msg"]
    assert (await venue.alice.signed("GET /api/v3/openOrders")).json == []
    await client.close()
