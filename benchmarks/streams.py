"""What a trade costs to tell: messages delivered to the readers of one stream, and how soon.

    python -m benchmarks.streams [--rounds 3]

The gateway with its real server publishes trades, a hundred at a time, to @trade; the readers are
another process on the same machine, which counts what arrives and looks at its own clock. How many
messages a second: as fast as they are taken. How soon: at a steady rate, from publish() to the read
that has the message, of all readers together. Not included: the engine and its log, whose rate
benchmarks.pipeline and benchmarks.http show. Prints a table, and one JSON object last.
"""

import argparse
import asyncio
import json
import re
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import uvloop

from rialto.gateway.doors import Doors
from tests.gateway.doors import open_doors
from tests.gateway.test_streams_slow import UPGRADE, trades_after
from tests.gateway.venue import Clock

SHAPES = ((1, 100_000), (100, 5_000), (1_000, 500))  # (readers, trades)
TRADES_AT_ONCE = 100
WAITING_MAX = 4_000  # texts in any one backlog before the next trades are published
STEADY_SHAPE = (1_000, 2_000)
STEADY_PER_SECOND = 100_000  # messages of all readers together
STEADY_AT_ONCE = 10  # trades, ten times a second
_SENT = re.compile(rb'"e":"trade","E":(\d{16})')
_MICROSECONDS = b"?timeUnit=MICROSECOND"
_UPGRADE = UPGRADE.replace(b"@trade", b"@trade" + _MICROSECONDS, 1)


def now_us() -> int:
    return time.time_ns() // 1000


def connect(port: int, readers: int) -> list[socket.socket]:
    found = []
    for _ in range(readers):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(_UPGRADE)
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += connection.recv(1)
        found.append(connection)
    return found


def read(port: int, readers: int, trades: int) -> None:
    """The other process: says "ready", then how long messages took when every reader has every
    trade. The first message of a read stands for the others in it: it has waited longest.
    """
    selector = selectors.DefaultSelector()
    left: dict[int, int] = {}
    for connection in connect(port, readers):
        selector.register(connection, selectors.EVENT_READ)
        left[connection.fileno()] = trades
    print("ready", flush=True)
    last = dict.fromkeys(left, b"")  # what the end of one read may share with the next
    delays_us: list[int] = []
    while left:
        for key, _ in selector.select():
            assert isinstance(key.fileobj, socket.socket)
            received = key.fileobj.recv(1 << 18)
            assert received, "a reader was closed"
            at_us = now_us()
            count = (last[key.fd] + received).count(b'"e":"trade"')
            last[key.fd] = received[-10:]
            left[key.fd] -= count
            if (sent := _SENT.search(received)) is not None:
                delays_us += [at_us - int(sent[1])] * count
            if left[key.fd] == 0:
                selector.unregister(key.fileobj)
                del left[key.fd]
    ordered = sorted(delays_us)
    shares = {name: ordered[int(len(ordered) * share)] / 1000 for name, share in SHARES.items()}
    print(json.dumps(shares), flush=True)


SHARES = {"p50_ms": 0.5, "p99_ms": 0.99, "p999_ms": 0.999}


async def publish(doors: Doors, clock: Clock, trades: int) -> None:
    """As fast as the readers take them."""
    batch = trades_after(0)[:TRADES_AT_ONCE]
    for _ in range(trades // TRADES_AT_ONCE):
        clock.now_us = now_us()
        doors.market.publish(batch)
        await asyncio.sleep(0)
        while doors.connections.most_waiting() > WAITING_MAX:  # noqa: ASYNC110 nothing tells
            await asyncio.sleep(0)


async def publish_steadily(doors: Doors, clock: Clock, trades: int, per_second: float) -> None:
    batch = trades_after(0)[:STEADY_AT_ONCE]
    started = time.perf_counter()
    for number in range(trades // STEADY_AT_ONCE):
        due = started + number * STEADY_AT_ONCE / per_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        clock.now_us = now_us()
        doors.market.publish(batch)


async def measure(readers: int, trades: int, *, steady: bool = False) -> dict[str, float]:
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
                if steady:
                    rate = STEADY_PER_SECOND / readers
                    await publish_steadily(doors, venue.clock, trades, rate)
                else:
                    await publish(doors, venue.clock, trades)
                delays = msgspec.json.decode(await asyncio.to_thread(process.stdout.readline))
                took, cpu = time.perf_counter() - started, time.process_time() - cpu
    messages = readers * trades
    return {
        "readers": readers,
        "per_second": round(messages / took),
        "per_cpu_second": round(messages / cpu),
        **(delays if steady else {}),
    }


def median(rounds: int, readers: int, trades: int, *, steady: bool = False) -> dict[str, float]:
    found = [uvloop.run(measure(readers, trades, steady=steady)) for _ in range(rounds)]
    by = "p99_ms" if steady else "per_second"
    return sorted(found, key=lambda each: each[by])[len(found) // 2]


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
        best = median(arguments.rounds, readers, trades)
        print(f"{readers:>8} {best['per_second']:>12,} {best['per_cpu_second']:>16,}")
        found.append(best)
    readers, trades = STEADY_SHAPE
    steady = median(arguments.rounds, readers, trades, steady=True)
    delays = ", ".join(f"{name.removesuffix('_ms')} {steady[name]:.1f} ms" for name in SHARES)
    print(f"{readers:>8} {steady['per_second']:>12,} steadily, delivered after {delays}")
    print(json.dumps({"streams": found, "steady": steady}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
