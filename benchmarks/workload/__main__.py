"""Write a workload file, and its end state as JSON beside it: W1 1 build/w1.bin."""

import argparse
import gc
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.workload import shapes
from benchmarks.workload.records import LIMIT, MARKET, Op, Records, Tif, price_bounds, write

SHAPES: dict[str, tuple[Callable[[int, int], shapes.Workload], int]] = {
    "W1": (shapes.w1, 3_000_000),
    "W1F": (shapes.w1_with_fok, 3_000_000),
    "W2": (shapes.w2, 2_000_000),
    "W3": (shapes.w3, 3_000_000),
    "W4": (shapes.w4, 1_000_000),
    "W5": (shapes.w5, 3_000_000),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workload")
    parser.add_argument("shape", choices=SHAPES)
    parser.add_argument("seed", type=int)
    parser.add_argument("out", type=Path)
    parser.add_argument(
        "--operations", type=int, help="after the prefill; 0 is the usual number", default=0
    )
    arguments = parser.parse_args()
    print(json.dumps(make(arguments.shape, arguments.seed, arguments.out, arguments.operations)))


def make(shape: str, seed: int, out: Path, operations: int = 0) -> dict[str, object]:
    """Write both files; what is in the JSON."""
    started = time.perf_counter()
    run, usual = SHAPES[shape]
    gc.disable()
    book, prefill, accounts = run(seed, operations or usual)
    gc.enable()
    records = book.recorder.records()
    out.parent.mkdir(parents=True, exist_ok=True)
    write(out, records, prefill=prefill, symbols=len(book.ladders), accounts=accounts, seed=seed)
    low, high = price_bounds(records)
    state: dict[str, object] = {
        **book.end_state(),
        "name": shape,
        "seed": seed,
        "n_records": len(records),
        "n_prefill": prefill,
        "mix_pct": mix(records[prefill:]),
        "price_lo": low,
        "price_hi": high,
        "levels": sum(len(ladder.queues) for pair in book.ladders for ladder in pair),
        "gen_s": round(time.perf_counter() - started, 1),
    }
    out.with_suffix(".json").write_text(json.dumps(state, indent=1))
    return state


def mix(records: Records) -> dict[str, float]:
    """Per cent of the operations."""
    op, type_, tif = records["op"], records["type"], records["tif"]
    kinds = {
        "new_gtc": (op == Op.NEW) & (tif == Tif.GTC),
        "new_ioc": (op == Op.NEW) & (tif == Tif.IOC) & (type_ == LIMIT),
        "market": (op == Op.NEW) & (type_ == MARKET),
        "new_fok": (op == Op.NEW) & (tif == Tif.FOK),
        "cancel": op == Op.CANCEL,
        "move": op == Op.MOVE,
        "reduce": op == Op.REDUCE,
    }
    return {kind: round(100 * float(np.mean(mask)), 3) for kind, mask in kinds.items()}


if __name__ == "__main__":
    main()
