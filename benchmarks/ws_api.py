"""Order entry over the WebSocket API beside the same orders over REST, in one run.

    python -m benchmarks.ws_api [--seconds 5] [--connections 128] [--rounds 3]

The server is that of benchmarks.http, the orders are the same: buys and sells that meet, each
durable and answered in full.

    REST          POST /api/v3/order, each signed (HMAC); one at a time on each connection
    signed        order.place, each signed (HMAC); one at a time on each connection
    session       order.place after session.logon (Ed25519), without signatures; one at a time
    REST, few     as REST, over FEW connections: HTTP has one order under way on each
    session, few  as session, over as FEW connections, with as many orders under way as above

Prints a table with two ratios, and one JSON object last: orders per second to those of REST over
as many connections, and orders per second of the server's processor time to those of REST. cpu is
what the server's process used per order.
"""

import argparse
import asyncio
import base64
import hashlib
import hmac
import json
import subprocess
import sys
import tempfile
import time
from functools import partial
from typing import Any, NamedTuple

import uvloop
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks import http
from benchmarks.http import RECV_WINDOW_MS, REQUESTS_PER_SECOND_MAX, cpu_seconds

FEW = 4
AHEAD_MAX = 64  # orders of one side before the other's
PATH = "/ws-api/v3"
UPGRADE = (
    f"GET {PATH}?returnRateLimits=true HTTP/1.1\r\nHost: rialto\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    "Sec-WebSocket-Version: 13\r\n\r\n"
).encode()
PLACED = b'"status":200,'

Account = dict[str, str]


class Shape(NamedTuple):
    in_session: bool
    connections: int
    in_flight: int  # on each


class Balance:
    """Keeps buys and sells together: an account may have only so many open orders."""

    def __init__(self) -> None:
        self._sent = [0, 0]
        self._waiting: tuple[list[Connection], list[Connection]] = ([], [])

    def may_send(self, connection: "Connection") -> bool:
        """If not, it is called again when it may."""
        side = connection.side
        if self._sent[side] - self._sent[1 - side] >= AHEAD_MAX:
            self._waiting[side].append(connection)
            return False
        self._sent[side] += 1
        if self._waiting[1 - side]:
            self._waiting[1 - side].pop().send()
        return True

    def end(self) -> None:
        for waiting in self._waiting:
            while waiting:
                waiting.pop().send()


class Connection(asyncio.Protocol):
    """Keeps so many of the prepared requests in flight. before: sent first, one by one. side: of
    all its orders, if there is a balance to keep.
    """

    def __init__(
        self,
        before: list[bytes],
        requests: list[bytes],
        in_flight: int,
        until: float,
        balance: Balance | None,
        side: int,
    ) -> None:
        self.before = before
        self.requests = requests
        self.in_flight = in_flight
        self.until = until
        self.balance = balance
        self.side = side
        self.latencies: list[float] = []
        self.refused = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._is_open = False
        self._sent: dict[int, float] = {}
        self._number = 0
        self._waiting = 0
        self._received = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        transport.write(UPGRADE)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._is_open:
            head, end, rest = self._received.partition(b"\r\n\r\n")
            if not end:
                return
            assert head.startswith(b"HTTP/1.1 101"), head
            self._is_open, self._received = True, rest
            self._begin()
        while (size := _frame_size(self._received)) and len(self._received) >= size:
            frame, self._received = self._received[:size], self._received[size:]
            self._take(frame)

    def _begin(self) -> None:
        if self.before:
            self._transport.write(self.before.pop(0))
            return
        for _ in range(self.in_flight):
            self.send()

    def _take(self, frame: bytes) -> None:
        if PLACED not in frame[:96]:
            self.refused += 1
        if not self._sent:
            self._begin()
            return
        start = frame.index(b'{"id":') + 6
        sent = self._sent.pop(int(frame[start : frame.index(b",", start)]))
        self.latencies.append(time.perf_counter() - sent)
        self._waiting -= 1
        self.send()

    def send(self) -> None:
        now = time.perf_counter()
        if now < self.until and self.requests:
            if self.balance is not None and not self.balance.may_send(self):
                return
            self._transport.write(self.requests.pop())
            self._sent[self._number] = now
            self._number += 1
            self._waiting += 1
        elif not self._waiting and not self.done.done():
            self._transport.close()
            self.done.set_result(None)
            if self.balance is not None:
                self.balance.end()


def _frame_size(received: bytes) -> int:
    """Of the first frame, head included; 0 if that is not known yet."""
    if len(received) < 2:
        return 0
    if received[1] < 126:
        return 2 + received[1]
    return 4 + int.from_bytes(received[2:4], "big") if len(received) >= 4 else 0


def _frame(text: str) -> bytes:
    """As a client sends it: masked, with a mask that changes nothing."""
    payload = text.encode()
    return bytes((0x81, 0xFE)) + len(payload).to_bytes(2, "big") + b"\0\0\0\0" + payload


def _signed(params: dict[str, Any], account: Account) -> dict[str, Any]:
    params = {**params, "apiKey": account["api_key"]}
    payload = "&".join(f"{name}={params[name]}" for name in sorted(params)).encode()
    digest = hmac.digest(account["api_secret"].encode(), payload, hashlib.sha256)
    return {**params, "signature": digest.hex()}


def _logon(account: Account, now_us: int) -> bytes:
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(account["session_private"]))
    params = {"apiKey": account["session_key"], "timestamp": now_us}
    payload = "&".join(f"{name}={params[name]}" for name in sorted(params)).encode()
    params["signature"] = base64.b64encode(private.sign(payload)).decode()
    return _frame(json.dumps({"id": 0, "method": "session.logon", "params": params}))


def prepared(accounts: list[Account], count: int, seat: int, *, in_session: bool) -> list[bytes]:
    """As those of benchmarks.http, last one first; a session's are all of one account."""
    now_us, made = time.time_ns() // 1000 + seat * count, []
    for number in range(count):
        turn = seat % 2 if in_session else number % 2
        params: dict[str, Any] = {
            "symbol": "BTCUSDT",
            "side": ("SELL", "BUY")[turn],
            "type": "LIMIT",
            "timeInForce": "GTC",
            "quantity": "0.00100",
            "price": "50000.00",
            "recvWindow": RECV_WINDOW_MS,
            "timestamp": now_us + number,
        }
        if not in_session:
            params = _signed(params, accounts[turn])
        request = {"id": count - 1 - number, "method": "order.place", "params": params}
        made.append(_frame(json.dumps(request, separators=(",", ":"))))
    return made


async def load(exchange: dict[str, Any], shape: Shape, seconds: float) -> dict[str, float]:
    """Orders per second and latencies of one shape over the WebSocket API."""
    host, _, port = exchange["url"].removeprefix("http://").partition(":")
    accounts = exchange["accounts"]
    each = int(seconds * REQUESTS_PER_SECOND_MAX / shape.connections)
    queues = [
        prepared(accounts, each, seat, in_session=shape.in_session)
        for seat in range(shape.connections)
    ]
    await http.cancel_all(exchange)
    loop = asyncio.get_running_loop()
    now_us, started = time.time_ns() // 1000, time.perf_counter()
    opened, until = [], started + seconds
    balance = Balance() if shape.in_session else None
    for seat, queue in enumerate(queues):
        before = [_logon(accounts[seat % 2], now_us + seat)] if shape.in_session else []
        connection = Connection(before, queue, shape.in_flight, until, balance, seat % 2)
        await loop.create_connection(partial(_itself, connection), host, int(port))
        opened.append(connection)
    await asyncio.gather(*[connection.done for connection in opened])
    return http.figures(opened, time.perf_counter() - started)


def _itself(connection: Connection) -> Connection:
    return connection


def measure(seconds: float, connections: int, rounds: int) -> dict[str, dict[str, float]]:
    """The median round of each shape; they take turns, so that all see the same machine."""
    shapes: dict[str, Shape | int] = {  # of REST: how many connections
        "REST": connections,
        "signed": Shape(False, connections, 1),
        "session": Shape(True, connections, 1),
        "REST, few": FEW,
        "session, few": Shape(True, FEW, connections // FEW),
    }
    found: dict[str, list[dict[str, float]]] = {name: [] for name in shapes}
    with (
        tempfile.TemporaryDirectory() as directory,
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.http_server", directory],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as server,
    ):
        assert server.stdout is not None
        exchange = json.loads(server.stdout.readline())
        for _ in range(rounds):
            for name, shape in shapes.items():
                before = cpu_seconds(server.pid)
                if isinstance(shape, Shape):
                    work = load(exchange, shape, seconds)
                else:
                    work = http.load(exchange, http.ROUTES["order"], seconds, shape)
                seen = uvloop.run(work)
                used = cpu_seconds(server.pid) - before
                seen["cpu_us"] = round(used * 1e6 / seen["requests"], 1)
                found[name].append(seen)
        server.communicate()
    return {
        name: sorted(figures, key=lambda each: each["per_second"])[len(figures) // 2]
        for name, figures in found.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--connections", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    found = measure(chosen.seconds, chosen.connections, chosen.rounds)
    columns = ("per second", "p50 µs", "p99 µs", "cpu µs", "of REST", "by cpu")
    print(f"{'shape':<14}" + "".join(f"{column:>12}" for column in columns))
    for name, seen in found.items():
        rest = found["REST, few" if name.endswith("few") else "REST"]
        by_cpu = found["REST"]["cpu_us"] / seen["cpu_us"]
        print(
            f"{name:<14}{seen['per_second']:>12,.0f}{seen['p50_us']:>12,.0f}"
            f"{seen['p99_us']:>12,.0f}{seen['cpu_us']:>12.1f}"
            f"{seen['per_second'] / rest['per_second']:>11.2f}×{by_cpu:>11.2f}×"
        )
    print(json.dumps(found))


if __name__ == "__main__":
    main()
