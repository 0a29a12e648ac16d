"""Uniform random numbers in [0, 1), one at a time, the same for ever for one seed."""

from collections.abc import Callable, Iterator

import numpy as np

Uniform = Callable[[], float]
CHUNK = 1 << 16


def uniform(seed: int) -> Uniform:
    return _stream(seed).__next__


def _stream(seed: int) -> Iterator[float]:
    generator = np.random.Generator(np.random.PCG64(seed))
    while True:
        yield from generator.random(CHUNK).tolist()
