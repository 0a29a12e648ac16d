"""The generator writes the same bytes for ever: figures of different days are of the same flow."""

import hashlib
from pathlib import Path

import pytest

from benchmarks.workload.__main__ import make

OPERATIONS = 2_000

# shape, SHA-256 of the file, trades, tape hash, book hash
KNOWN = [
    ("W1", "05e9c0474fd20e71", 134, "f8ff7c440d2961ca", "6a890346c23bfc3d"),
    ("W1F", "f540ea0aafb624d8", 134, "f8ff7c440d2961ca", "6a890346c23bfc3d"),
    ("W3", "e5d919df85ddc150", 224, "de9719657b93c2d4", "dfa869b5f12ed99b"),
    ("W4", "ec682bf0437e945f", 2587, "fa06279337316e0b", "93885acba8e14379"),
    ("W5", "a4f51d827a205b48", 591, "92d16956f3f101bd", "615c4f9ba04de5f0"),
]


@pytest.mark.parametrize(("shape", "sha256", "trades", "tape", "book"), KNOWN)
def test_seed_1_gives_the_known_flow(
    tmp_path: Path, shape: str, sha256: str, trades: int, tape: str, book: str
) -> None:
    path = tmp_path / "workload.bin"
    state = make(shape, 1, path, OPERATIONS)
    assert hashlib.sha256(path.read_bytes()).hexdigest().startswith(sha256)
    assert (state["trades"], state["tape_hash"], state["book_hash"]) == (trades, tape, book)
