"""A client and its engine in one process, to be killed: it notes what it tries and what it is told.

    python -m tests.faults.driver DIRECTORY JOURNAL [--orders N] [--callers N] ...

Prints "ready" once it trades. Journal lines, each in one write: ["try", id, account, side, price,
lots] and ["told", id, sequence, outcome, digest of the events]. On start it first retries every
order it was not told about.
"""

import argparse
import asyncio
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from hashlib import blake2b
from itertools import count, islice
from pathlib import Path
from random import Random
from typing import Protocol

from rialto.engine.engine import Engine
from rialto.engine.errors import EngineStopped
from rialto.engine.limits import EngineLimits
from rialto.messages import events as e
from rialto.messages.codec import encode_event
from rialto.messages.ids import AccountId
from rialto.messages.orders import Side
from tests.engine.market import ACCOUNTS, order, setup_commands

LIMITS = EngineLimits(segment_bytes=1 << 16, replay_budget_commands=3_000)
UNKNOWN_ACCOUNT = AccountId(99)
STOPPED_EXIT = 3

Order = tuple[str, int, int, int, int]


def digest(events: list[e.Event]) -> str:
    return blake2b(b"".join(map(encode_event, events)), digest_size=8).hexdigest()


class Notebook(Protocol):
    def note(self, *row: object) -> None: ...


class Journal:
    """What the client remembers. It outlives the process because the kernel has it."""

    def __init__(self, path: Path) -> None:
        if path.exists():  # a kill may have cut the last line
            os.truncate(path, path.read_bytes().rfind(b"\n") + 1)
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(self, *row: object) -> None:
        os.write(self._descriptor, json.dumps(row).encode() + b"\n")


def read_journal(path: Path) -> list[list[object]]:
    """Every whole line."""
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    return [json.loads(line) for line in lines]


def untold(rows: list[list[object]]) -> list[Order]:
    tried = {row[1]: tuple(row[1:]) for row in rows if row[0] == "try"}
    for row in rows:
        if row[0] == "told":
            tried.pop(row[1], None)
    return list(tried.values())  # type: ignore[arg-type]


def new_orders(seed: int) -> Iterator[Order]:
    random = Random(seed)
    for number in count():
        account = random.choice((*ACCOUNTS, UNKNOWN_ACCOUNT))
        side = random.choice((Side.BUY, Side.SELL))
        yield (
            f"{seed}-{number}",
            account,
            side.value,
            random.randint(95, 105),
            random.randint(1, 9),
        )


async def place(engine: Engine, journal: Notebook, wanted: Order) -> None:
    client_order_id, account, side, price_ticks, lots = wanted
    command = order(AccountId(account), Side(side), price_ticks, lots, client_order_id)
    events = await engine.submit(command)
    first = events[0]
    if isinstance(first, e.OrderRepeated):
        events = engine.events_of(first.original_sequence)
        first = events[0]
    journal.note("told", client_order_id, first.sequence, type(first).__name__, digest(events))


async def trade(engine: Engine, journal: Notebook, orders: Iterator[Order]) -> None:
    for wanted in orders:
        journal.note("try", *wanted)
        await place(engine, journal, wanted)


async def set_up(engine: Engine) -> None:
    """Whatever part of the set-up an earlier life got through, the rest follows."""
    for command in setup_commands()[engine.sequence :]:
        await engine.submit(command)


async def run(arguments: argparse.Namespace) -> int:
    journal = Journal(arguments.journal)
    limits = replace(LIMITS, segment_bytes=arguments.segment_bytes)
    engine = await Engine.open(arguments.directory, None, limits)
    try:
        await set_up(engine)
        for wanted in untold(read_journal(arguments.journal)):
            await place(engine, journal, wanted)
        print("ready", flush=True)
        orders = islice(new_orders(arguments.seed), arguments.orders)
        await asyncio.gather(*[trade(engine, journal, orders) for _ in range(arguments.callers)])
    except EngineStopped as stopped:
        print(stopped, flush=True)
        return STOPPED_EXIT
    await engine.close()
    return 0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=Path)
    parser.add_argument("journal", type=Path)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--callers", type=int, default=32)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--segment-bytes", type=int, default=LIMITS.segment_bytes)
    return asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    raise SystemExit(main())
