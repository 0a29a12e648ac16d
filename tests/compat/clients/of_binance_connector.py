"""binance-connector 3: Spot for REST, its WebSocket clients, and a listenKey for user data."""

import asyncio
import json
from concurrent.futures import Future
from typing import Any

from binance.error import ClientError, ServerError  # type: ignore[import-not-found]
from binance.spot import Spot  # type: ignore[import-not-found]
from binance.websocket.spot.websocket_api import (  # type: ignore[import-not-found]
    SpotWebsocketAPIClient,
)
from binance.websocket.spot.websocket_stream import (  # type: ignore[import-not-found]
    SpotWebsocketStreamClient,
)

from tests.compat.clients.answering import Settings, Trader, run
from tests.compat.clients.local_book import LocalBook

REST = {
    "exchange_info": "exchange_info",
    "depth": "depth",
    "place": "new_order",
    "attempt": "new_order_test",
    "cancel": "cancel_order",
    "cancel_all": "cancel_open_orders",
    "replace": "cancel_and_replace",
    "order": "get_order",
    "open_orders": "get_open_orders",
    "all_orders": "get_orders",
    "trades": "my_trades",
    "account": "account",
    "commission": "query_commission_rates",
    "prevented": "query_prevented_matches",
    "place_oco": "new_oco_order",
    "place_oto": "new_oto_order",
    "place_otoco": "new_otoco_order",
    "cancel_list": "cancel_oco_order",
    "order_list": "get_oco_order",
    "klines": "klines",
    "aggregate_trades": "agg_trades",
    "ticker": "ticker_24hr",
    "ping": "ping",
}
# It has no methods for these; sign_request takes any path.
PATHS = {
    "amend": ("PUT", "/api/v3/order/amend/keepPriority"),
    "amendments": ("GET", "/api/v3/order/amendments"),
    "place_opo": ("POST", "/api/v3/orderList/opo"),
    "place_opoco": ("POST", "/api/v3/orderList/opoco"),
}
WS = {
    "place": "new_order",
    "attempt": "new_order_test",
    "cancel": "cancel_order",
    "cancel_all": "cancel_open_orders",
    "replace": "cancel_replace_order",
    "order": "get_order",
    "open_orders": "get_open_orders",
    "all_orders": "order_history",
    "trades": "my_trades",
    "account": "account",
    "place_oco": "new_oco_order",
    "place_oto": "new_oto_order",
    "place_otoco": "new_otoco_order",
    "cancel_list": "cancel_oco_order",
    "order_list": "get_oco_order",
    "depth": "order_book",
}
ANSWER_TIMEOUT_S = 20.0


class ApiError(Exception):
    """Its WebSocket client hands answers over as they are; the refusals among them."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__(answer)
        self.answer = answer


class BinanceConnector(Trader):
    def __init__(self, settings: Settings, who: str) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self._host = settings.host
        key, secret = settings.keys[who]
        self._client = Spot(key, secret, base_url=f"http://{settings.host}")
        self._door = settings.door
        self._asked: dict[str, Future[Any]] = {}
        self._count = 0
        if self._door == "ws":
            url = f"ws://{settings.host}/ws-api/v3"
            how = {"on_message": self._on_answer, "on_close": _ignore, "on_error": _ignore}
            self._api = SpotWebsocketAPIClient(url, key, secret, **how)

    def __getattr__(self, name: str) -> Any:
        async def call(**parameters: Any) -> Any:
            if self._door == "ws" and name in WS:
                return await self._ask(WS[name], parameters)
            if name in PATHS:
                method, path = PATHS[name]
                ask = self._client.sign_request
                return await asyncio.to_thread(ask, method, path, parameters)
            return await asyncio.to_thread(getattr(self._client, REST[name]), **parameters)

        return call

    async def _ask(self, method: str, parameters: dict[str, Any]) -> Any:
        self._count += 1
        asked = f"q{self._count}"
        answered: Future[Any] = Future()
        self._asked[asked] = answered
        getattr(self._api, method)(id=asked, **parameters)
        answer = await asyncio.wait_for(asyncio.wrap_future(answered), ANSWER_TIMEOUT_S)
        if answer["status"] != 200:
            raise ApiError(answer)
        return answer["result"]

    def _on_answer(self, _: Any, text: str) -> None:
        answer = json.loads(text)
        self._asked.pop(answer["id"]).set_result(answer)

    async def listen(self) -> None:
        """To the user data stream, from now on."""
        listen_key = (await asyncio.to_thread(self._client.new_listen_key))["listenKey"]
        ready: Future[None] = Future()

        def on_message(_: Any, text: str) -> None:
            said = json.loads(text)
            if "result" in said:
                ready.set_result(None)
            else:
                self._loop.call_soon_threadsafe(self.hear, said)

        self._user_stream = self._stream(on_message)
        self._user_stream.user_data(listen_key=listen_key)
        await asyncio.wrap_future(ready)

    def _stream(self, on_message: Any) -> Any:
        how = {"on_message": on_message, "on_close": _ignore, "on_error": self._on_error}
        return SpotWebsocketStreamClient(stream_url=f"ws://{self._host}", **how)

    def _on_error(self, _: Any, error: Exception) -> None:
        self._loop.call_soon_threadsafe(self.hear, {"e": "error", "type": type(error).__name__})

    async def follow(self, symbol: str) -> None:
        """Maintain a local book by Binance's procedure, from now on."""
        self._book = LocalBook()

        def on_message(_: Any, text: str) -> None:
            said = json.loads(text)
            if said.get("e") == "depthUpdate":
                self._loop.call_soon_threadsafe(self._book.update, said)

        self._depth_stream = self._stream(on_message)
        self._depth_stream.diff_book_depth(symbol=symbol.lower(), speed=100)
        await self._book.first_event()
        snapshot = await asyncio.to_thread(self._client.depth, symbol, limit=5000)
        self._book.start(snapshot)

    async def book(self, update_id: int) -> dict[str, Any]:
        """Once it is as new as that."""
        return await self._book.at(update_id)


def _ignore(*_: Any) -> None:
    pass


async def open_trader(settings: Settings, who: str) -> Trader:
    return BinanceConnector(settings, who)


def describe(error: Exception) -> dict[str, Any]:
    if isinstance(error, ApiError):
        refused = error.answer["error"]
        return {
            "code": refused["code"],
            "message": refused["msg"],
            "status": error.answer["status"],
        }
    if isinstance(error, ClientError):
        return {
            "code": error.error_code,
            "message": error.error_message,
            "status": error.status_code,
            "retryAfter": error.header.get("Retry-After"),
        }
    if isinstance(error, ServerError):
        return {"status": error.status_code, "message": error.message}
    return {"message": str(error)}


if __name__ == "__main__":
    run(open_trader, describe)
