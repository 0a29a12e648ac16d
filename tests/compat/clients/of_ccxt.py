"""ccxt.pro.binance, which is ccxt.async_support.binance with WebSockets: REST, watch_* and *_ws."""

import asyncio
import json
from typing import Any

import ccxt.pro  # type: ignore[import-untyped]

from tests.compat.clients.answering import Settings, Trader, run

# What has no unified method, or one that says less; ccxt signs and sends any path.
PATHS = {
    "exchange_info": ("public", "GET", "exchangeInfo"),
    "depth": ("public", "GET", "depth"),
    "klines": ("public", "GET", "klines"),
    "aggregate_trades": ("public", "GET", "aggTrades"),
    "ticker": ("public", "GET", "ticker/24hr"),
    "ping": ("public", "GET", "ping"),
    "attempt": ("private", "POST", "order/test"),
    "replace": ("private", "POST", "order/cancelReplace"),
    "amend": ("private", "PUT", "order/amend/keepPriority"),
    "order": ("private", "GET", "order"),
    "open_orders": ("private", "GET", "openOrders"),
    "all_orders": ("private", "GET", "allOrders"),
    "trades": ("private", "GET", "myTrades"),
    "account": ("private", "GET", "account"),
    "commission": ("private", "GET", "account/commission"),
    "amendments": ("private", "GET", "order/amendments"),
    "prevented": ("private", "GET", "myPreventedMatches"),
    "place_oco": ("private", "POST", "orderList/oco"),
    "place_oto": ("private", "POST", "orderList/oto"),
    "place_otoco": ("private", "POST", "orderList/otoco"),
    "place_opo": ("private", "POST", "orderList/opo"),
    "place_opoco": ("private", "POST", "orderList/opoco"),
    "cancel_list": ("private", "DELETE", "orderList"),
    "order_list": ("private", "GET", "orderList"),
    "place_raw": ("private", "POST", "order"),
    "cancel_raw": ("private", "DELETE", "order"),
}


class Ccxt(Trader):
    def __init__(self, settings: Settings, who: str) -> None:
        super().__init__()
        key, secret = settings.keys[who]
        self._ws = "_ws" if settings.door == "ws" else ""
        self._client = ccxt.pro.binance(
            {
                "apiKey": key,
                "secret": secret,
                "enableRateLimit": False,
                "newUpdates": True,
                "urls": {"api": addresses(settings.host)},
                "options": {"fetchMarkets": {"types": ["spot"]}},
            }
        )
        self._subscribed = False
        self._hand_over = self._client.handle_message
        self._client.handle_message = self._overhear

    def __getattr__(self, name: str) -> Any:
        async def call(**parameters: Any) -> Any:
            api, method, path = PATHS[name]
            return await self._client.request(path, [api], method, parameters)

        return call

    async def place(self, **parameters: Any) -> Any:
        """By create_order."""
        parameters = dict(parameters)
        if "pegPriceType" in parameters:
            return await self.place_raw(**parameters)  # create_order insists on a price
        try:
            symbol = await self._symbol(parameters.pop("symbol"))
            kind, side = (parameters.pop(name) for name in ("type", "side"))
        except KeyError as missing:
            raise ValueError(f"create_order does not work without {missing}") from missing
        amount, price = (parameters.pop(name, None) for name in ("quantity", "price"))
        create = getattr(self._client, f"create_order{self._ws}")
        made = await create(symbol, kind, side.lower(), amount, price, parameters)
        return made["info"]

    async def cancel(self, symbol: str, orderId: int | None = None, **parameters: Any) -> Any:
        cancel = getattr(self._client, f"cancel_order{self._ws}")
        order_id = None if orderId is None else str(orderId)
        made = await cancel(order_id, await self._symbol(symbol), parameters)
        return made["info"]

    async def cancel_all(self, symbol: str) -> Any:
        cancel = getattr(self._client, f"cancel_all_orders{self._ws}")
        return [order["info"] for order in await cancel(await self._symbol(symbol))]

    async def ask(self, name: str, arguments: list[Any], parameters: dict[str, Any]) -> Any:
        """Any method of ccxt, in ccxt's words."""
        return await getattr(self._client, name)(*arguments, params=parameters)

    async def listen(self) -> None:
        """To the user data stream, from now on."""
        self._watching = asyncio.create_task(self._client.watch_orders())
        self._watching.add_done_callback(_nothing)
        await self.until(lambda: self._subscribed)

    def _overhear(self, client: Any, message: Any) -> None:
        """ccxt folds its orders; their single steps are seen here."""
        if isinstance(message, dict):
            if "subscriptionId" in (message.get("result") or ()):
                self._subscribed = True
                self.moved.set()
            if "event" in message:
                self.hear(dict(message["event"]))
        self._hand_over(client, message)

    async def follow(self, symbol: str) -> None:
        """Maintain its local book from diff depth, from now on."""
        self._followed = await self._symbol(symbol)
        await self._client.watch_order_book(self._followed)
        self._following = asyncio.create_task(self._keep_book())

    async def _keep_book(self) -> None:
        while True:
            await self._client.watch_order_book(self._followed)
            self.moved.set()

    async def book(self, update_id: int) -> dict[str, Any]:
        """Once it is as new as that."""
        book = self._client.orderbooks[self._followed]
        await self.until(lambda: (book["nonce"] or 0) >= update_id)
        return {
            "lastUpdateId": book["nonce"],
            "bids": [[str(p), str(q)] for p, q in book["bids"]],
            "asks": [[str(p), str(q)] for p, q in book["asks"]],
        }

    async def _symbol(self, name: str) -> str:
        """In ccxt's words, which it learns at the first one."""
        await self._client.load_markets()
        return str(self._client.markets_by_id[name][0]["symbol"])


def _nothing(task: Any) -> None:
    task.cancelled() or task.exception()


def addresses(host: str) -> dict[str, Any]:
    http, ws = f"http://{host}", f"ws://{host}"
    return {
        "public": f"{http}/api/v3",
        "private": f"{http}/api/v3",
        "v1": f"{http}/api/v1",
        "sapi": f"{http}/sapi/v1",
        "sapiV2": f"{http}/sapi/v2",
        "sapiV3": f"{http}/sapi/v3",
        "sapiV4": f"{http}/sapi/v4",
        "fapiPublic": f"{http}/fapi/v1",
        "dapiPublic": f"{http}/dapi/v1",
        "ws": {"spot": f"{ws}/ws", "margin": f"{ws}/ws", "ws-api": {"spot": f"{ws}/ws-api/v3"}},
    }


async def open_trader(settings: Settings, who: str) -> Trader:
    return Ccxt(settings, who)


def describe(error: Exception) -> dict[str, Any]:
    text = str(error)
    start = text.find("{")
    try:
        said = json.loads(text[start:]) if start >= 0 else {}
    except ValueError:
        said = {}
    return {"code": said.get("code"), "message": said.get("msg", text)}


if __name__ == "__main__":
    run(open_trader, describe)
