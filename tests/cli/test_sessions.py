"""Sessions of the WebSocket API, as they meet the stop and the end of the process."""

import hashlib
import hmac
import json
import signal
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

from tests.cli.running import running

ORDER = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.01",
    "price": "40000",
}


def signed(account: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    params = {**params, "apiKey": account["api_key"], "timestamp": time.time_ns() // 1000}
    shown = {name: str(value).lower() if value is True else value for name, value in params.items()}
    payload = "&".join(f"{name}={shown[name]}" for name in sorted(shown)).encode()
    digest = hmac.digest(account["api_secret"].encode(), payload, hashlib.sha256)
    return {**params, "signature": digest.hex()}


def ask(socket: ClientConnection, method: str, params: dict[str, Any]) -> Any:
    socket.send(json.dumps({"id": 1, "method": method, "params": params}))
    reply = json.loads(socket.recv(timeout=10))
    assert reply["status"] == 200, reply
    return reply["result"]


def open_orders(url: str, account: dict[str, Any]) -> int:
    query = f"timestamp={time.time_ns() // 1000}"
    secret = account["api_secret"].encode()
    signature = hmac.digest(secret, query.encode(), hashlib.sha256).hex()
    answer = httpx.get(
        f"{url}/api/v3/openOrders?{query}&signature={signature}",
        headers={"X-MBX-APIKEY": account["api_key"]},
    )
    assert answer.status_code == 200, answer.text
    return len(answer.json())


@pytest.mark.parametrize(("how", "left"), [(signal.SIGTERM, 0), (signal.SIGKILL, 1)])
def test_cancel_on_disconnect_and_the_end_of_the_exchange(
    tmp_path: Path, how: signal.Signals, left: int
) -> None:
    """A planned stop ends connections, and cancels; nobody is left to cancel after a kill."""
    with running(tmp_path / "data", "--demo") as exchange:
        ready = exchange.ready()
        url, alice = ready["url"], ready["accounts"][0]
        with connect(url.replace("http", "ws") + "/ws-api/v3") as socket:
            ask(socket, "session.cancelOnDisconnect", signed(alice, {"enabled": True}))
            ask(socket, "order.place", signed(alice, ORDER))
            assert open_orders(url, alice) == 1
            status, _, errors = exchange.stop(how)
            if how is signal.SIGTERM:
                assert (status, errors.count("ERROR")) == (0, 0)
                assert json.loads(socket.recv(timeout=10))["event"]["e"] == "serverShutdown"
    with running(tmp_path / "data", "--demo") as again:
        ready = again.ready()
        assert open_orders(ready["url"], ready["accounts"][0]) == left
        assert again.stop()[0] == 0
