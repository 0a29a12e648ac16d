"""What ccxt makes of everything, in its own words: orders, trades, balances, asked and watched."""

from pathlib import Path
from typing import Any

import pytest

from tests.compat.driving import Driver, Refusal, at, driving
from tests.gateway.doors import open_doors
from tests.gateway.venue import WallClock

SYMBOL = "BTC/USDT"
PRIVATE = ("watch_orders", "watch_my_trades", "watch_balance")
PUBLIC = ("watch_trades",)
LIMIT, MARKET = ("sell", 0.1, 47_900), ("sell", 0.1)
AT_LOSS, AT_PROFIT = {"stopPrice": 48_000}, {"stopPrice": 52_000}
ORDERS: dict[str, list[tuple[tuple[Any, ...], dict[str, Any]]]] = {
    # Every trigger that it knows for spot, each with its type here.
    "": [
        (("market", *MARKET), {"stopLossPrice": 48_000}),
        (("limit", *LIMIT), {"stopLossPrice": 48_000}),
        (("market", *MARKET), {"takeProfitPrice": 52_000}),
        (("limit", *LIMIT), {"takeProfitPrice": 52_000}),
        (("limit", "sell", 0.1, 53_000), {"postOnly": True}),
    ],
    # Over the WebSocket API its own parameters go out beside Binance's and are refused (-1104).
    "_ws": [
        (("STOP_LOSS", *MARKET), AT_LOSS),
        (("STOP_LOSS_LIMIT", *LIMIT), AT_LOSS),
        (("TAKE_PROFIT", *MARKET), AT_PROFIT),
        (("TAKE_PROFIT_LIMIT", *LIMIT), AT_PROFIT),
        (("LIMIT_MAKER", "sell", 0.1, 53_000), {}),
    ],
}


async def ask(driver: Driver, who: str, name: str, *arguments: Any, **parameters: Any) -> Any:
    return await driver.call(
        who, "ask", name=name, arguments=list(arguments), parameters=parameters
    )


async def create(driver: Driver, who: str, *arguments: Any, **parameters: Any) -> Any:
    return await ask(driver, who, "create_order", SYMBOL, *arguments, **parameters)


@pytest.mark.parametrize("over", ["", "_ws"])
async def test_orders_in_its_words(tmp_path: Path, over: str) -> None:
    async with (
        open_doors(tmp_path, clock=WallClock()) as (venue, _),
        driving("ccxt", *at(venue)) as driver,
    ):
        for who, side in (("alice", "sell"), ("bob", "buy")):
            made = await ask(driver, who, f"create_order{over}", SYMBOL, "limit", side, 0.1, 50_000)
        assert (made["status"], made["average"], made["cost"]) == ("closed", 50_000, 5_000)
        placed = [
            await ask(driver, "alice", f"create_order{over}", SYMBOL, *order, **parameters)
            for order, parameters in ORDERS[over]
        ]
        ids = [order["id"] for order in placed]
        orders = await ask(driver, "alice", f"fetch_open_orders{over}", SYMBOL)
        assert [order["info"]["type"] for order in orders] == [
            *("STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT", "LIMIT_MAKER")
        ]
        assert [order["triggerPrice"] for order in orders] == [48_000] * 2 + [52_000] * 2 + [None]
        edited = await ask(
            driver, "alice", f"edit_order{over}", ids[4], SYMBOL, "limit", "sell", 0.2, 54_000
        )
        assert (edited["remaining"], edited["price"]) == (0.2, 54_000)
        found = await ask(driver, "alice", f"fetch_order{over}", edited["id"], SYMBOL)
        assert (found["status"], found["amount"]) == ("open", 0.2)
        canceled = await ask(driver, "alice", f"cancel_order{over}", edited["id"], SYMBOL)
        assert canceled["status"] == "canceled"
        assert len(await ask(driver, "alice", f"cancel_all_orders{over}", SYMBOL)) == 4
        (trade,) = await ask(driver, "alice", f"fetch_my_trades{over}", SYMBOL)
        assert trade["fee"] == {"cost": 5.0, "currency": "USDT"}
        with pytest.raises(Refusal) as refusal:
            await ask(driver, "alice", f"create_order{over}", SYMBOL, "limit", "sell", 150, 50_000)
        assert refusal.value.said["class"] == "InsufficientFunds"
        with pytest.raises(Refusal) as refusal:
            await ask(driver, "alice", f"cancel_order{over}", "999", SYMBOL)
        assert refusal.value.said["class"] == "OrderNotFound"


async def test_what_it_watches(tmp_path: Path) -> None:
    async with (
        open_doors(tmp_path, clock=WallClock()) as (venue, _),
        driving("ccxt", *at(venue)) as driver,
    ):
        await driver.call("bob", "watch", calls=[[name] for name in PRIVATE], answers=1)
        public = [[name, SYMBOL] for name in PUBLIC]
        await driver.call("alice", "watch", calls=public, answers=len(PUBLIC))
        await create(driver, "alice", "limit", "sell", 0.5, 50_000)
        await create(driver, "bob", "market", "buy", 0.2)
        watched = {name: await driver.call("bob", "watched", name=name) for name in PRIVATE}
        watched |= {name: await driver.call("alice", "watched", name=name) for name in PUBLIC}
        order, trade = watched["watch_orders"][-1], watched["watch_my_trades"][-1]
        assert (order["symbol"], order["side"], order["type"]) == (SYMBOL, "buy", "market")
        assert (trade["price"], trade["amount"], trade["takerOrMaker"]) == (50_000, 0.2, "taker")
        assert trade["fee"] == {"cost": 0.0002, "currency": "BTC"}
        assert watched["watch_balance"]["BTC"] == {"free": 100.1998, "used": 0, "total": 100.1998}
        assert watched["watch_trades"][-1]["price"] == 50_000
