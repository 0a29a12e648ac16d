"""Orders over HTTP beside routes of the same server that do nothing with them.

    python -m benchmarks.http [--seconds 5] [--connections 128] [--rounds 3]

One gateway process with the demo exchange: engine, folds, streams, and the projector as its child.
The client is another process on the same machine, which sends prepared requests over keep-alive
connections, one at a time on each. All three routes take the same requests and answer the same
JSON.

    order         POST /api/v3/order: signed, durable, answered in full; buys and sells meet, so
                  that every second one trades
    signed no-op  the whole gateway (signature, replays, limits, headers) without an engine
    no-op         without key and signature too: parameters are parsed and the answer written

All three are rows of the endpoint table and go the same way through the server. Prints a table,
and one JSON object last. cpu is what the server's process used per request, the thread that writes
the log included; the shares by it are those of a machine where nothing else wants the processors.
"""

import argparse
import asyncio
import hashlib
import hmac
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import uvloop

from benchmarks.http_server import NO_OP_PATH, SIGNED_NO_OP_PATH

REQUESTS_PER_SECOND_MAX = 40_000  # prepared for each second of a round
RECV_WINDOW_MS = 60_000
WARM_UP_SECONDS = 0.5
ROUTES = {"no-op": NO_OP_PATH, "signed no-op": SIGNED_NO_OP_PATH, "order": "/api/v3/order"}


class Connection(asyncio.Protocol):
    """Sends the next prepared request when the last one is answered."""

    def __init__(self, requests: list[bytes], until: float) -> None:
        self.requests = requests
        self.until = until
        self.latencies: list[float] = []
        self.refused = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._received = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head_end = self._received.find(b"\r\n\r\n")
        if head_end < 0:
            return
        at = self._received.find(b"content-length: ") + 16
        length = int(self._received[at : self._received.find(b"\r\n", at)])
        if len(self._received) < head_end + 4 + length:
            return
        self.latencies.append(time.perf_counter() - self._sent)
        if not self._received.startswith(b"HTTP/1.1 200"):
            self.refused += 1
        self._received = b""
        self._send()

    def _send(self) -> None:
        self._sent = time.perf_counter()
        if self._sent >= self.until or not self.requests:
            self._transport.close()
            self.done.set_result(None)
        else:
            self._transport.write(self.requests.pop())


def _itself(connection: Connection) -> Connection:
    return connection


def signed(method: str, path: str, account: dict[str, str], parameters: str) -> bytes:
    secret = account["api_secret"].encode()
    signature = hmac.digest(secret, parameters.encode(), hashlib.sha256).hex()
    content = f"{parameters}&signature={signature}"
    return (
        f"{method} {path} HTTP/1.1\r\nHost: rialto\r\nX-MBX-APIKEY: {account['api_key']}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nUser-Agent: benchmark\r\n"
        f"Accept: */*\r\nContent-Length: {len(content)}\r\n\r\n{content}".encode()
    )


def prepared(path: str, accounts: list[dict[str, str]], count: int, offset_us: int) -> list[bytes]:
    """Alternately a buy of the first account and a sell of the second, last one first."""
    now_us, made = time.time_ns() // 1000 + offset_us, []
    for number in range(count):
        account = accounts[number % 2]
        # Times in microseconds: every request has one, and so a signature, of its own.
        body = (
            f"symbol=BTCUSDT&side={('SELL', 'BUY')[number % 2]}&type=LIMIT&timeInForce=GTC"
            f"&quantity=0.00100&price=50000.00&recvWindow={RECV_WINDOW_MS}"
            f"&timestamp={now_us + number}"
        )
        made.append(signed("POST", path, account, body))
    return made


async def cancel_all(exchange: dict[str, Any]) -> None:
    """Whatever the last round left open would add up to more than an account may have."""
    host, _, port = exchange["url"].removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    for account in exchange["accounts"]:
        parameters = f"symbol=BTCUSDT&timestamp={time.time_ns() // 1000}"
        writer.write(signed("DELETE", "/api/v3/openOrders", account, parameters))
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(head.rpartition(b"content-length: ")[2]))
    writer.close()


async def load(
    exchange: dict[str, Any], path: str, seconds: float, connections: int
) -> dict[str, float]:
    """Requests per second and latencies of one route."""
    host, _, port = exchange["url"].removeprefix("http://").partition(":")
    each = int(seconds * REQUESTS_PER_SECOND_MAX / connections)
    queues = [
        prepared(path, exchange["accounts"], each, seat * each) for seat in range(connections)
    ]
    await cancel_all(exchange)
    loop = asyncio.get_running_loop()
    opened = []
    started = time.perf_counter()
    for queue in queues:
        connection = Connection(queue, started + seconds)
        await loop.create_connection(partial(_itself, connection), host, int(port))
        opened.append(connection)
    await asyncio.gather(*[connection.done for connection in opened])
    took = time.perf_counter() - started
    return figures(opened, took)


class Measured(Protocol):
    """A connection when it is done."""

    latencies: list[float]
    refused: int


def figures(opened: Sequence[Measured], took: float) -> dict[str, float]:
    latencies = sorted(latency for connection in opened for latency in connection.latencies)
    refused = sum(connection.refused for connection in opened)
    assert not refused, f"{refused} requests were refused"
    return {
        "requests": len(latencies),
        "per_second": round(len(latencies) / took),
        "p50_us": round(latencies[len(latencies) // 2] * 1e6),
        "p99_us": round(latencies[len(latencies) * 99 // 100] * 1e6),
    }


def cpu_seconds(process: int) -> float:
    """Used so far by the threads of a process, not by its children."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(seconds: float, connections: int, rounds: int) -> dict[str, dict[str, float]]:
    """The median round of each route; the routes take turns, so that all see the same machine."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in ROUTES}
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
        for path in ROUTES.values():
            uvloop.run(load(exchange, path, WARM_UP_SECONDS, connections))
        for _ in range(rounds):
            for name, path in ROUTES.items():
                before = cpu_seconds(server.pid)
                seen = uvloop.run(load(exchange, path, seconds, connections))
                used = cpu_seconds(server.pid) - before
                seen["cpu_us"] = round(used * 1e6 / seen["requests"], 1)
                found[name].append(seen)
        server.communicate()
    return {
        name: sorted(each, key=lambda one: one["per_second"])[len(each) // 2]
        for name, each in found.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--connections", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    found = measure(chosen.seconds, chosen.connections, chosen.rounds)
    order, shares = found["order"], {}
    for name in ("no-op", "signed no-op"):
        words = f"orders_of_{name.replace(' ', '_').replace('-', '_')}"
        shares[words] = round(order["per_second"] / found[name]["per_second"], 3)
        shares[f"{words}_by_cpu"] = round(found[name]["cpu_us"] / order["cpu_us"], 3)
    print(f"{'route':<14}{'per second':>12}{'p50 µs':>10}{'p99 µs':>10}{'cpu µs':>10}")
    for name, seen in found.items():
        print(
            f"{name:<14}{seen['per_second']:>12,.0f}{seen['p50_us']:>10,.0f}"
            f"{seen['p99_us']:>10,.0f}{seen['cpu_us']:>10.1f}"
        )
    for name, share in shares.items():
        print(f"{name.replace('_', ' ')}: {share:.0%}")
    print(json.dumps({**shares, **found}))


if __name__ == "__main__":
    main()
