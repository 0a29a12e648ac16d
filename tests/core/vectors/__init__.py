"""Recorded streams and what the core made of them: a changed hash needs a reviewer's word.

    NAME.frames.gz   command frames, back to back
    NAME.json        time and end of each batch, and the hashes of the events and of the end state

`python -m tests.core.vectors record` writes them anew, `python -m tests.core.vectors replay
EXTENSION` prints the hashes that a compiled core gives, say one built without optimizations.
"""

import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from rialto.messages.codec import encode_command
from tests.core.markets import opening
from tests.core.model import Identified, Model
from tests.core.strategies import START_US, Stream

DIRECTORY = Path(__file__).parent
RECORDED = {  # name -> seed
    "orders-meet": 13,
    "deep-book": 26,
    "many-origins": 24,
    "fine-prices": 53,
    "crowds": 35,
}
COMMANDS = 3_000
BATCH_COMMANDS = 64


class Vector(NamedTuple):
    batches: list[tuple[int, bytes]]  # time_us, command frames
    commands: int
    events_sha256: str
    state_hash: str


def names() -> list[str]:
    return sorted(path.stem for path in DIRECTORY.glob("*.json"))


def read(name: str) -> Vector:
    told = json.loads((DIRECTORY / f"{name}.json").read_text())
    frames = gzip.decompress((DIRECTORY / f"{name}.frames.gz").read_bytes())
    batches, start = [], 0
    for time_us, end in told["batches"]:
        batches.append((time_us, frames[start:end]))
        start = end
    return Vector(batches, told["commands"], told["events_sha256"], told["state_hash"])


def stream_of(seed: int, commands: int) -> list[tuple[int, list[Identified]]]:
    """Batches of 64 random commands, each batch with one time."""
    model, stream = Model(), Stream(Random(seed))
    batches = [(START_US, [(0, 0, command) for command in opening()])]
    model.apply(1, *batches[0])
    while model.sequence < commands:
        time_us = max(model.time_us, stream.time_us)
        batch: list[Identified] = []
        while len(batch) < BATCH_COMMANDS:
            found = stream.batch(model)[1]
            model.apply(model.sequence + 1, time_us, found)
            batch += found
        batches.append((time_us, batch))
    return batches


def frames_of(batch: list[Identified]) -> bytes:
    return b"".join(encode_command(command, origin, number) for origin, number, command in batch)


def replay(make_exchange: Callable[[], Any], batches: list[tuple[int, bytes]]) -> dict[str, str]:
    """The hashes that a core gives for the batches."""
    exchange, events = make_exchange(), hashlib.sha256()
    for time_us, frames in batches:
        events.update(exchange.apply(exchange.sequence + 1, time_us, frames))
    return {"events_sha256": events.hexdigest(), "state_hash": exchange.state_hash().hex()}


def record(make_exchange: Callable[[], Any], name: str, seed: int) -> None:
    batches = [(time_us, frames_of(batch)) for time_us, batch in stream_of(seed, COMMANDS)]
    ends, end = [], 0
    for time_us, frames in batches:
        end += len(frames)
        ends.append([time_us, end])
    whole = b"".join(frames for _, frames in batches)
    told = {"commands": COMMANDS, **replay(make_exchange, batches), "batches": ends}
    (DIRECTORY / f"{name}.frames.gz").write_bytes(gzip.compress(whole, mtime=0))
    (DIRECTORY / f"{name}.json").write_text(json.dumps(told, indent=1) + "\n")
