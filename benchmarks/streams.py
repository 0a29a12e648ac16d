"""What a trade costs to tell: messages delivered to the readers of one stream.

    python -m benchmarks.streams [--rounds 3]

The gateway with its real server publishes trades, a hundred at a time, to @trade; the readers are
another process on the same machine, which counts what arrives. Not included: the engine and its
log, whose rate benchmarks.pipeline and benchmarks.http show. Prints a table, and one JSON object
last.
"""

import argparse
import asyncio
import json
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uvloop

from rialto.gateway.doors import Doors
from tests.gateway.doors import open_doors
from tests.gateway.test_streams_slow import UPGRADE, trades_after

SHAPES = ((1, 100_000), (100, 5_000), (1_000, 500))  # (readers, trades)
TRADES_AT_ONCE = 100
WAITING_MAX = 4_000  # texts in any one backlog before the next trades are published


def read(port: int, readers: int, trades: int) -> None:
    """The other process: says "ready", then "done" when every reader has every trade."""
    selector = selectors.DefaultSelector()
    left: dict[int, int] = {}
    for _ in range(readers):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(UPGRADE)
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += connection.recv(1)
        selector.register(connection, selectors.EVENT_READ)
        left[connection.fileno()] = trades
    print("ready", flush=True)
    last = dict.fromkeys(left, b"")  # what the end of one read may share with the next
    while left:
        for key, _ in selector.select():
            assert isinstance(key.fileobj, socket.socket)
            received = key.fileobj.recv(1 << 18)
            assert received, "a reader was closed"
            left[key.fd] -= (last[key.fd] + received).count(b'"e":"trade"')
            last[key.fd] = received[-10:]
            if left[key.fd] == 0:
                selector.unregister(key.fileobj)
                del left[key.fd]
    print("done", flush=True)


async def publish(doors: Doors, trades: int) -> None:
    batch = trades_after(0)[:TRADES_AT_ONCE]
    for _ in range(trades // TRADES_AT_ONCE):
        doors.market.publish(batch)
        await asyncio.sleep(0)
        while doors.connections.most_waiting() > WAITING_MAX:  # noqa: ASYNC110 nothing tells
            await asyncio.sleep(0)


async def measure(readers: int, trades: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as directory:
        async with open_doors(Path(directory)) as (venue, doors):
            shape = (str(venue.port), str(readers), str(trades))
            with subprocess.Popen(  # noqa: ASYNC220 once, before anything is measured
                [sys.executable, "-m", "benchmarks.streams", "--read", *shape],
                stdout=subprocess.PIPE,
            ) as process:
                assert process.stdout is not None
                await asyncio.to_thread(process.stdout.readline)
                started, cpu = time.perf_counter(), time.process_time()
                await publish(doors, trades)
                await asyncio.to_thread(process.stdout.readline)
                took, cpu = time.perf_counter() - started, time.process_time() - cpu
    messages = readers * trades
    return {
        "readers": readers,
        "per_second": round(messages / took),
        "per_cpu_second": round(messages / cpu),
    }


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--read", type=int, nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.read:
        read(*arguments.read)
        return 0
    print(f"{'readers':>8} {'messages/s':>12} {'per CPU second':>16}")
    found = []
    for readers, trades in SHAPES:
        rounds = [uvloop.run(measure(readers, trades)) for _ in range(arguments.rounds)]
        median = sorted(rounds, key=lambda each: each["per_second"])[len(rounds) // 2]
        print(f"{readers:>8} {median['per_second']:>12,} {median['per_cpu_second']:>16,}")
        found.append(median)
    print(json.dumps({"streams": found}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
