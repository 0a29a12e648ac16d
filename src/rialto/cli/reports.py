"""The verbs that print something and end: for a person, or with --json one object for a script."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from rialto.engine.workload import run_workload
from rialto.ops import replay as replays
from rialto.ops import verify as proofs
from rialto.ops.recorded import read_fills, read_orders


def replay(arguments: argparse.Namespace) -> int:
    fills = read_fills(arguments.fills)
    with tempfile.TemporaryDirectory(prefix="rialto-replay-") as directory:
        orders = read_orders(arguments.orders)
        report = asyncio.run(replays.replay(orders, fills, Path(directory)))
    if arguments.json:
        return _print_json(report)
    r = report
    print(f"{r.orders:,} orders of the venue, every one a durable command", end=" ")
    print(f"({r.commands_per_second:,} a second)")
    print(f"{r.takers_reproduced:,} of {r.takers:,} takers reproduced: same makers, same order")
    print(f"{r.fills_reproduced:,} of {r.fills:,} fills")
    print(f"{r.resting_bids:,} bids and {r.resting_asks:,} asks rest at the end, ", end="")
    print(f"best {r.best_bid_ticks} / {r.best_ask_ticks} ticks")
    return 0


def verify(arguments: argparse.Namespace) -> int:
    verdict = proofs.verify(arguments.directory)
    if arguments.json:
        _print_json(verdict)
    else:
        _print_verdict(verdict)
    return 0 if verdict.verified else 1


def _print_verdict(verdict: proofs.Verdict) -> None:
    v = verdict
    print(f"{v.directory}: {v.commands:,} commands in {v.batches:,} batches, applied from nothing")
    print(f"  state        {v.state_hash}")
    print(f"  events       {v.event_bytes:,} bytes compared, up to sequence {v.events_sequence:,}")
    print(f"  snapshots    {', '.join(map(str, sorted(v.snapshots))) or 'none'}")
    print(f"  money        balances of {v.accounts:,} accounts summed for every asset")
    print(f"  SQL          at sequence {v.sql_sequence:,}: {v.sql_balances:,} balances, ", end="")
    print(f"{v.sql_open_orders:,} open orders")
    for difference in v.differences:
        print(f"  DIFFERENCE   {difference}")
    print("verified" if v.verified else "NOT verified")


def bench_core(arguments: argparse.Namespace) -> int:
    if not arguments.file.is_file():
        raise FileNotFoundError(f"{arguments.file}: no such file")
    try:
        figures = run_workload(arguments.file, ladder=arguments.ladder)
    except ValueError as malformed:
        print(f"rialto bench: {malformed}", file=sys.stderr)
        return 1
    if arguments.json:
        return _print_json(figures)
    for name, value in figures.items():
        print(f"{name:18} {value:,}" if isinstance(value, int) else f"{name:18} {value}")
    return 0


def _print_json(report: Any) -> int:
    print(msgspec.json.encode(report).decode())
    return 0
