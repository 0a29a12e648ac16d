"""binance-sdk-spot: typed models over REST, the WebSocket API and the streams.

It says in its log when an answer does not fit its models; see Trader.warnings.
"""

import asyncio
import json
import re
from typing import Any

from binance_common.configuration import (  # type: ignore[import-not-found]
    ConfigurationRestAPI,
    ConfigurationWebSocketAPI,
    ConfigurationWebSocketStreams,
)
from binance_sdk_spot.spot import Spot  # type: ignore[import-not-found]

from tests.compat.clients.answering import Settings, Trader, run
from tests.compat.clients.local_book import LocalBook

REST = {
    "exchange_info": "exchange_info",
    "depth": "depth",
    "place": "new_order",
    "attempt": "order_test",
    "cancel": "delete_order",
    "cancel_all": "delete_open_orders",
    "replace": "order_cancel_replace",
    "amend": "order_amend_keep_priority",
    "order": "get_order",
    "open_orders": "get_open_orders",
    "all_orders": "all_orders",
    "trades": "my_trades",
    "account": "get_account",
    "commission": "account_commission",
    "amendments": "order_amendments",
    "prevented": "my_prevented_matches",
    "place_oco": "order_list_oco",
    "place_oto": "order_list_oto",
    "place_otoco": "order_list_otoco",
    "place_opo": "order_list_opo",
    "place_opoco": "order_list_opoco",
    "cancel_list": "delete_order_list",
    "order_list": "get_order_list",
    "klines": "klines",
    "aggregate_trades": "agg_trades",
    "ticker": "ticker24hr",
    "ping": "ping",
}
WS = {
    "depth": "depth",
    "place": "order_place",
    "attempt": "order_test",
    "cancel": "order_cancel",
    "cancel_all": "open_orders_cancel_all",
    "replace": "order_cancel_replace",
    "amend": "order_amend_keep_priority",
    "order": "order_status",
    "open_orders": "open_orders_status",
    "all_orders": "all_orders",
    "trades": "my_trades",
    "account": "account_status",
    "commission": "account_commission",
    "amendments": "order_amendments",
    "place_oco": "order_list_place_oco",
    "place_oto": "order_list_place_oto",
    "place_otoco": "order_list_place_otoco",
    "place_opo": "order_list_place_opo",
    "place_opoco": "order_list_place_opoco",
    "cancel_list": "order_list_cancel",
    "order_list": "order_list_status",
}
TIMEOUT_MS = 10_000


class ApiError(Exception):
    """It hands the refusals of the WebSocket API over as answers."""

    def __init__(self, refused: Any) -> None:
        super().__init__(refused)
        self.refused = refused


class BinanceSdkSpot(Trader):
    def __init__(self, settings: Settings, who: str) -> None:
        super().__init__()
        key, secret = settings.keys[who]
        credentials = {"api_key": key, "api_secret": secret}
        self._client = Spot(
            ConfigurationRestAPI(
                **credentials, base_path=f"http://{settings.host}", timeout=TIMEOUT_MS
            ),
            ConfigurationWebSocketAPI(**credentials, stream_url=f"ws://{settings.host}/ws-api/v3"),
            ConfigurationWebSocketStreams(stream_url=f"ws://{settings.host}"),
        )
        self._door = settings.door

    async def open(self) -> None:
        self._api = await self._client.websocket_api.create_connection()

    def __getattr__(self, name: str) -> Any:
        async def call(**parameters: Any) -> Any:
            snake = {_snake(word): value for word, value in parameters.items()}
            if self._door == "ws" and name in WS:
                answer = (await getattr(self._api, WS[name])(**snake)).data()
                if isinstance(answer, dict):
                    raise ApiError(answer["error"])
                return _plain(answer)["result"]
            ask = getattr(self._client.rest_api, REST[name])
            return _plain((await asyncio.to_thread(ask, **snake)).data())

        return call

    async def listen(self) -> None:
        """To the user data stream, from now on."""
        answer = await self._api.user_data_stream_subscribe_signature()
        answer.stream.on("message", lambda event: self.hear(_named(event)))

    async def follow(self, symbol: str) -> None:
        """Maintain a local book by Binance's procedure, from now on."""
        self._book = LocalBook()
        streams = await self._client.websocket_streams.create_connection()
        diffs = await streams.diff_book_depth(symbol=symbol.lower(), update_speed="100ms")
        diffs.on("message", lambda event: self._book.update(_plain(event)))
        await self._book.first_event()
        ask = self._client.rest_api.depth
        answer = await asyncio.to_thread(ask, symbol=symbol, limit=5000)
        self._book.start(_plain(answer.data()))

    async def book(self, update_id: int) -> dict[str, Any]:
        """Once it is as new as that."""
        return await self._book.at(update_id)


def _snake(word: str) -> str:
    return re.sub(r"([A-Z])", r"_\1", word).lower()


def _plain(model: Any) -> Any:
    """Its models as the JSON that they were made of."""
    if isinstance(model, list):
        return [_plain(each) for each in model]
    if hasattr(model, "to_json"):
        return json.loads(model.to_json())
    if hasattr(model, "model_dump_json"):
        return json.loads(model.model_dump_json(by_alias=True))
    return model


def _named(event: Any) -> Any:
    """Its models of events do without the event's type; their class has it in its name."""
    name = type(event.actual_instance).__name__
    return {"e": name[0].lower() + name[1:], **_plain(event)}


async def open_trader(settings: Settings, who: str) -> Trader:
    trader = BinanceSdkSpot(settings, who)
    await trader.open()
    return trader


def describe(error: Exception) -> dict[str, Any]:
    if isinstance(error, ApiError):
        return {"code": error.refused["code"], "message": error.refused["msg"]}
    return {
        "code": getattr(error, "status_code", None),  # where it keeps Binance's code
        "message": getattr(error, "error_message", str(error)),
        "retryAfter": getattr(error, "retry_after", None),
    }


if __name__ == "__main__":
    run(open_trader, describe)
