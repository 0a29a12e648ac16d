"""python-binance: Client for REST, AsyncClient for the WebSocket API, its user socket and cache."""

import asyncio
from decimal import Decimal
from typing import Any

from binance import (  # type: ignore[import-not-found]
    AsyncClient,
    BinanceSocketManager,
    Client,
    DepthCacheManager,
)
from binance.exceptions import BinanceAPIException  # type: ignore[import-not-found]

from tests.compat.clients.answering import Settings, Trader, run

REST = {
    "exchange_info": "get_exchange_info",
    "depth": "get_order_book",
    "place": "create_order",
    "attempt": "create_test_order",
    "cancel": "cancel_order",
    "cancel_all": "cancel_all_open_orders",
    "replace": "cancel_replace_order",
    "order": "get_order",
    "open_orders": "get_open_orders",
    "all_orders": "get_all_orders",
    "trades": "get_my_trades",
    "account": "get_account",
    "commission": "v3_get_account_commission",
    "prevented": "get_prevented_matches",
    "place_oco": "create_oco_order",
    "place_oto": "v3_post_order_list_oto",
    "place_otoco": "v3_post_order_list_otoco",
    "cancel_list": "v3_delete_order_list",
    "order_list": "v3_get_order_list",
    "klines": "get_klines",
    "aggregate_trades": "get_aggregate_trades",
    "ticker": "get_ticker",
    "ping": "ping",
}
# It has no methods for these; its own request methods take any path.
PATHS = {
    "amend": ("put", "order/amend/keepPriority"),
    "amendments": ("get", "order/amendments"),
    "place_opo": ("post", "orderList/opo"),
    "place_opoco": ("post", "orderList/opoco"),
}
WS = {
    "place": "ws_create_order",
    "attempt": "ws_create_test_order",
    "cancel": "ws_cancel_order",
    "cancel_all": "ws_cancel_all_open_orders",
    "replace": "ws_cancel_and_replace_order",
    "order": "ws_get_order",
    "open_orders": "ws_get_open_orders",
    "all_orders": "ws_get_all_orders",
    "trades": "ws_get_my_trades",
    "account": "ws_get_account",
    "commission": "ws_get_commission_rates",
    "place_oco": "ws_create_oco_order",
    "place_oto": "ws_create_oto_order",
    "place_otoco": "ws_create_otoco_order",
    "cancel_list": "ws_cancel_oco_order",
    "order_list": "ws_get_oco_order",
    "depth": "ws_get_order_book",
}
WS_METHODS = {
    "amend": "order.amend.keepPriority",
    "amendments": "order.amendments",
    "place_opo": "orderList.place.opo",
    "place_opoco": "orderList.place.opoco",
}


class PythonBinance(Trader):
    def __init__(self, settings: Settings, who: str) -> None:
        super().__init__()
        self._door = settings.door
        self._credentials = settings.keys[who]
        self._client = Client(*self._credentials)

    async def open(self) -> None:
        self._aio = await AsyncClient.create(*self._credentials)
        self._sockets = BinanceSocketManager(self._aio)

    def __getattr__(self, name: str) -> Any:
        async def call(**parameters: Any) -> Any:
            if self._door == "ws" and name in WS:
                return await getattr(self._aio, WS[name])(**parameters)
            if self._door == "ws" and name in WS_METHODS:
                return await self._aio._ws_api_request(WS_METHODS[name], True, parameters)
            if name in PATHS:
                method, path = PATHS[name]
                ask = getattr(self._client, f"_{method}")
                return await asyncio.to_thread(ask, path, True, data=parameters)
            return await asyncio.to_thread(getattr(self._client, REST[name]), **parameters)

        return call

    async def listen(self) -> None:
        """To the user data stream, from now on."""
        socket = self._sockets.user_socket()
        await socket.__aenter__()
        self._listening = asyncio.create_task(self._hear_all(socket))

    async def _hear_all(self, socket: Any) -> None:
        while True:
            event = await socket.recv()
            self.hear(event)
            if event.get("e") == "error":
                return

    async def follow(self, symbol: str) -> None:
        """Maintain its local book from diff depth, from now on."""
        self._cache = DepthCacheManager(
            self._aio, symbol, limit=5000, conv_type=Decimal, ws_interval=100
        )
        await self._cache.__aenter__()
        self._following = asyncio.create_task(self._keep_book())

    async def _keep_book(self) -> None:
        while True:
            await self._cache.recv()
            self.moved.set()

    async def book(self, update_id: int) -> dict[str, Any]:
        """Once it is as new as that."""
        await self.until(lambda: bool(self._cache._last_update_id >= update_id))
        book = self._cache.get_depth_cache()
        sides = {"bids": book.get_bids(), "asks": book.get_asks()}
        texts = {side: [list(map(str, level)) for level in sides[side]] for side in sides}
        return {"lastUpdateId": self._cache._last_update_id, **texts}


async def open_trader(settings: Settings, who: str) -> Trader:
    for client in (Client, AsyncClient):
        client.API_URL = f"http://{settings.host}/api"
        client.MARGIN_API_URL = f"http://{settings.host}/sapi"
        client.WS_API_URL = f"ws://{settings.host}/ws-api/v3"
    BinanceSocketManager.STREAM_URL = f"ws://{settings.host}/"
    trader = PythonBinance(settings, who)
    await trader.open()
    return trader


def describe(error: Exception) -> dict[str, Any]:
    if not isinstance(error, BinanceAPIException):
        return {"message": str(error)}
    headers = getattr(error.response, "headers", {})
    return {
        "code": error.code,
        "message": error.message,
        "status": error.status_code,
        "retryAfter": headers.get("Retry-After"),
    }


if __name__ == "__main__":
    run(open_trader, describe)
