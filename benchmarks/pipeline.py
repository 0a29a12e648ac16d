"""The durable pipeline without HTTP, beside the bare log file; starts; snapshots.

    python -m benchmarks.pipeline [--batches 600] [--rounds 3] [--open-orders 1000000]

Load: orders of three accounts around one price, half of them trade, one command in ten is a
cancel-all; batches of 1,000, eight in flight. The pipeline flushes, applies, logs events and
answers; nobody listens to the events.
The bare log is a file of zeros overwritten with the same bytes, one positioned write and one
fdatasync per batch. Prints a table, and one JSON object last.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import tempfile
import time
from itertools import islice
from pathlib import Path

import uvloop

from rialto._core import Exchange
from rialto.engine.engine import Engine
from rialto.engine.limits import EngineLimits
from rialto.engine.records import HEADER_BYTES
from rialto.engine.recovery import recover
from rialto.engine.segments import fill_with_zeros
from rialto.engine.snapshots import Snapshot, read_snapshot, write_snapshot
from rialto.messages.orders import Side
from tests.engine.market import ACCOUNTS, frames, order, random_orders, setup_commands

BATCH_COMMANDS = 1_000
IN_FLIGHT = 8
SINGLES = 1_000
CALLERS = 256
OPEN_ORDER_BATCH = 4_000

Figures = dict[str, float]


def quantiles(name: str, seconds: list[float]) -> Figures:
    ordered = sorted(seconds)
    return {
        f"{name}_p50_us": round(ordered[len(ordered) // 2] * 1e6),
        f"{name}_p99_us": round(ordered[int(len(ordered) * 0.99)] * 1e6),
    }


def resident_bytes() -> int:
    """Of this process, in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def flush(directory: Path, payloads: list[bytes]) -> list[float]:
    """Seconds per write and flush of each payload, one behind the other in a file of zeros."""
    path, took = directory / "bare", []
    header, size = bytes(HEADER_BYTES), sum(map(len, payloads)) + HEADER_BYTES * len(payloads)
    fill_with_zeros(path, 0, size)
    descriptor, offset = os.open(path, os.O_RDWR), 0
    for payload in payloads:
        started = time.perf_counter()
        offset += os.pwritev(descriptor, [header, payload], offset)
        os.fdatasync(descriptor)
        took.append(time.perf_counter() - started)
    os.close(descriptor)
    path.unlink()
    return took


async def throughput(engine: Engine, batches: list[bytes]) -> float:
    """Seconds for all batches, IN_FLIGHT at a time."""
    waiting = iter(batches)

    async def caller() -> None:
        for batch in waiting:
            await engine.submit_frames(batch, BATCH_COMMANDS)

    started = time.perf_counter()
    await asyncio.gather(*[caller() for _ in range(IN_FLIGHT)])
    return time.perf_counter() - started


async def single_orders(engine: Engine, directory: Path) -> Figures:
    """One order at a time, with the bare flush of such a record before and after."""
    command = order(ACCOUNTS[0], Side.BUY, 50, 1)
    bare = flush(directory, [frames([command])] * SINGLES)
    took = []
    for _ in range(SINGLES):
        started = time.perf_counter()
        await engine.submit(command)
        took.append(time.perf_counter() - started)
    bare += flush(directory, [frames([command])] * SINGLES)

    async def caller() -> None:
        for _ in range(SINGLES // 20):
            await engine.submit(command)

    started = time.perf_counter()
    await asyncio.gather(*[caller() for _ in range(CALLERS)])
    rate = CALLERS * (SINGLES // 20) / (time.perf_counter() - started)
    figures = quantiles("idle_answer", took) | quantiles("bare_flush", bare)
    figures["idle_answer_flushes"] = round(
        figures["idle_answer_p50_us"] / figures["bare_flush_p50_us"], 2
    )
    return figures | {f"orders_per_s_{CALLERS}_callers": round(rate)}


async def pipeline(directory: Path, batches: list[bytes], rounds: int) -> Figures:
    commands = len(batches) * BATCH_COMMANDS
    bare_rates, rates, flushes = [], [], []
    limits = EngineLimits(replay_budget_commands=1 << 40)  # snapshots are measured by themselves
    for number in range(rounds):
        took = flush(directory, batches)
        flushes += took
        bare_rates.append(commands / sum(took))
        engine = await Engine.open(directory / str(number), None, limits)
        await engine.submit_frames(frames(setup_commands()), len(setup_commands()))
        rates.append(commands / await throughput(engine, batches))
        if number == rounds - 1:
            singles = await single_orders(engine, directory)
        await engine.close()
        if number < rounds - 1:
            shutil.rmtree(directory / str(number))
    pairs = zip(rates, bare_rates, strict=True)
    return {
        "commands_per_s": round(statistics.median(rates)),
        "bare_log_commands_per_s": round(statistics.median(bare_rates)),
        "of_bare_log": round(statistics.median(mine / bare for mine, bare in pairs), 3),
        **quantiles("bare_batch_flush", flushes),
        **singles,
    }


def starts(directory: Path) -> Figures:
    """A start that replays the whole log: with its events in place, and writing them anew."""
    shutil.rmtree(directory / "snapshots")
    figures: Figures = {}
    for name in ("replay", "replay_with_events"):
        if name == "replay_with_events":
            shutil.rmtree(directory / "events")
        started = time.perf_counter()
        recovered = recover(directory, EngineLimits())
        took = time.perf_counter() - started
        figures[f"{name}_commands_per_s"] = round(recovered.core.sequence / took)
        recovered.command_log.close()
        recovered.event_log.abandon()
        recovered.mark.close()
    return figures


def snapshots(directory: Path, open_orders: int) -> Figures:
    """Pause, save and load of a state with so many open orders."""
    core = Exchange()
    core.apply(1, 1, frames(setup_commands()))
    orders = [
        order(ACCOUNTS[number % 3], Side.BUY, 1 + number % 5_000, 1 + number % 7)
        for number in range(OPEN_ORDER_BATCH)
    ]
    batch = frames(list(orders))
    empty = resident_bytes()
    for _ in range(open_orders // OPEN_ORDER_BATCH):
        core.apply(core.sequence + 1, 1, batch)
    figures: Figures = {"resting_orders_mb": (resident_bytes() - empty) / 1e6}
    times = [time.perf_counter()]
    state = core.snapshot()
    times.append(time.perf_counter())
    path = write_snapshot(directory, Snapshot(core.sequence, 1, 1, bytes(16), state))
    times.append(time.perf_counter())
    snapshot = read_snapshot(path)
    assert snapshot is not None
    times.append(time.perf_counter())
    restored = Exchange.restore(snapshot.state)
    times.append(time.perf_counter())
    assert restored.state_hash() == core.state_hash()
    names = ("pause", "write", "read", "restore")
    figures |= {"snapshot_open_orders": open_orders, "snapshot_mb": len(state) / 1e6}
    for place, name in enumerate(names):
        figures[f"snapshot_{name}_s"] = round(times[place + 1] - times[place], 3)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--batches", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--open-orders", type=int, default=1_000_000)
    arguments = parser.parse_args()
    orders = random_orders(1)
    batches = [frames(list(islice(orders, BATCH_COMMANDS))) for _ in range(arguments.batches)]
    with tempfile.TemporaryDirectory(dir=".") as name:
        directory = Path(name)
        figures = uvloop.run(pipeline(directory, batches, arguments.rounds))
        figures |= starts(directory / str(arguments.rounds - 1))
        figures |= snapshots(directory, arguments.open_orders)
    for key, value in figures.items():
        print(f"{key:32} {value:>14,}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
