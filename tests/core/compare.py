"""Runs one stream of commands through two machines, and stops at the first difference.

A difference is shown with the shortest stream found that still shows it (shrink.py).
"""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from rialto.messages.events import Event
from tests.core.audit import Audit
from tests.core.invariants import Looked, check_events, check_state
from tests.core.machines import Core, Machine
from tests.core.markets import opening
from tests.core.model import Identified, Model
from tests.core.shrink import Batch, shrink
from tests.core.strategies import START_US, Stream

MakeMachine = Callable[[], Machine]
MakeModel = Callable[[], Model]


class Difference(AssertionError):
    """Two machines that do not agree, or one that broke an invariant."""


@dataclass
class Figures:
    """What a comparison has gone through, so that a reader can judge whether orders met at all."""

    commands: int
    events: dict[str, int]


class Comparison:
    """One model and one machine, driven by the same batches."""

    def __init__(
        self,
        make_machine: MakeMachine = Core,
        make_model: MakeModel = Model,
        look_every: int = 1,
    ) -> None:
        self.machine, self.model, self.audit = make_machine(), make_model(), Audit()
        self.events: dict[str, int] = {}
        self.look_every, self.batches = look_every, 0

    def apply(self, time_us: int, batch: list[Identified]) -> None:
        first = self.model.sequence + 1
        expected = self.model.apply(first, time_us, batch)
        found = self.machine.apply(first, time_us, batch)
        if found != expected:
            raise Difference(difference(expected, found))
        for event in found:
            name = type(event).__name__
            reason = getattr(event, "rejection", None) or getattr(event, "reason", None)
            name = name if reason is None else f"{name} {reason.name}"
            self.events[name] = self.events.get(name, 0) + 1
        check_events(self.audit, found)
        self.batches += 1
        if self.batches % self.look_every == 0:
            self.look()

    def look(self) -> None:
        """At everything that the machines show, not only at what they say."""
        instruments = range(len(self.model.markets))
        books = {n: self.machine.open_orders(n) for n in instruments}
        balances = self.machine.balances()
        if balances != self.model.balances():
            raise Difference(f"balances\nmodel   {self.model.balances()}\nmachine {balances}")
        for n, rows in books.items():
            if rows != self.model.open_orders(n):
                raise Difference(f"book {n}\nmodel   {self.model.open_orders(n)}\nmachine {rows}")
        wake_at_us = self.machine.wake_at_us()
        if wake_at_us != self.model.wake_at_us():
            raise Difference(f"wake at {self.model.wake_at_us()} model, {wake_at_us} machine")
        check_state(Looked(self.audit, balances, books, wake_at_us))


def difference(expected: list[Event], found: list[Event]) -> str:
    lines = ["events"]
    for n in range(max(len(expected), len(found))):
        pair = [repr(events[n]) if n < len(events) else "-" for events in (expected, found)]
        mark = "  " if pair[0] == pair[1] else "!!"
        lines += [f"{mark} model   {pair[0]}", f"{mark} machine {pair[1]}"]
    return "\n".join(lines)


def opening_batch() -> Batch:
    return START_US, [(0, 0, command) for command in opening()]


def compare_seed(
    seed: int, commands: int, make_machine: MakeMachine = Core, look_every: int = 1
) -> Figures:
    """Drive both with the stream of a seed; Difference, with a short stream, if they part."""
    stream, batches = Stream(Random(seed)), [opening_batch()]
    comparison = Comparison(make_machine, look_every=look_every)
    try:
        comparison.apply(*batches[0])
        while comparison.model.sequence < commands:
            batches.append(stream.batch(comparison.model))
            comparison.apply(*batches[-1])
        comparison.look()
    except (AssertionError, LookupError) as failure:
        short = report(batches, make_machine)
        raise Difference(f"seed {seed}: {failure}\n\n{short}") from failure
    return Figures(comparison.model.sequence, comparison.events)


def how_it_fails(batches: list[Batch], make_machine: MakeMachine) -> str | None:
    comparison = Comparison(make_machine)
    try:
        for batch in batches:
            comparison.apply(*batch)
    except (AssertionError, LookupError) as failure:
        return f"{type(failure).__name__}: {failure}\n{traceback.format_exc(limit=-1)}"
    return None


def report(batches: list[Batch], make_machine: MakeMachine) -> str:
    short = shrink(batches, lambda tried: how_it_fails(tried, make_machine))
    lines = [f"{time_us} {one}" for time_us, batch in short for one in batch]
    return "\n".join([*lines, str(how_it_fails(short, make_machine))])
