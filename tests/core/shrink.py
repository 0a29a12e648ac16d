"""Makes a failing stream short: freed of every command that the failure does not need.

Orders and lists are numbered by the machine, so a command that names one has its number put right
when an earlier one is left out.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from msgspec.structs import replace

from rialto.messages.commands import (
    AmendOrder,
    CancelOrder,
    CancelOrderList,
    Command,
    ReplaceOrder,
)
from rialto.messages.events import Event, OrderListPlaced, OrderPlaced
from rialto.messages.ids import OrderId, OrderListId
from tests.core.model import Identified, Model

Batch = tuple[int, list[Identified]]  # time_us, commands
Fails = Callable[[list[Batch]], str | None]  # how a stream fails, None if it does not
LEFT_OUT = 2**40
Placed = tuple[type[Event], int]  # OrderPlaced or OrderListPlaced, and its number


class Step(NamedTuple):
    time_us: int
    one: Identified
    places: list[Placed]  # what it placed in the whole stream


def shrink(batches: list[Batch], fails: Fails) -> list[Batch]:
    """The shortest stream found that fails in the same manner."""
    manner = _manner(fails(batches))
    steps = _steps(batches)
    if _manner(fails(_renumbered(steps))) != manner:
        return batches  # it needs its batches as they are
    size = len(steps) // 2
    while size:
        start = 0
        while start < len(steps):
            tried = steps[:start] + steps[start + size :]
            if _manner(fails(_renumbered(tried))) == manner:
                steps = tried
            else:
                start += size
        size //= 2
    return _renumbered(steps)


def _manner(failure: str | None) -> list[str] | None:
    """The names in the first difference, without its numbers."""
    if failure is None:
        return None
    marked = [line for line in failure.splitlines() if line.startswith("!!")][:2]
    return re.findall(r"[A-Z]\w+\(|rejection=\S+|reason=\S+", " ".join(marked or [failure]))


def _steps(batches: list[Batch]) -> list[Step]:
    model, steps = Model(), []
    for time_us, batch in batches:
        for one in batch:
            events = model.apply(model.sequence + 1, time_us, [one])
            steps.append(Step(time_us, one, _placed(events)))
    return steps


def _placed(events: list[Event]) -> list[Placed]:
    found: list[Placed] = []
    for event in events:
        if isinstance(event, OrderPlaced):
            found.append((OrderPlaced, event.order_id))
        elif isinstance(event, OrderListPlaced):
            found.append((OrderListPlaced, event.order_list))
    return found


def _renumbered(steps: list[Step]) -> list[Batch]:
    model, numbers, batches = Model(), dict[Placed, int](), list[Batch]()
    for step in steps:
        origin, number, command = step.one
        batch = (step.time_us, [(origin, number, _with_numbers(command, numbers))])
        events = model.apply(model.sequence + 1, *batch)
        for then, now in zip(step.places, _placed(events), strict=False):
            numbers[then] = now[1]
        batches.append(batch)
    return batches


def _with_numbers(command: Command, numbers: dict[Placed, int]) -> Command:
    if isinstance(command, CancelOrder | AmendOrder) and command.order_id:
        now = numbers.get((OrderPlaced, command.order_id), LEFT_OUT)
        return replace(command, order_id=OrderId(now))
    if isinstance(command, ReplaceOrder) and command.cancel_order_id:
        now = numbers.get((OrderPlaced, command.cancel_order_id), LEFT_OUT)
        return replace(command, cancel_order_id=OrderId(now))
    if isinstance(command, CancelOrderList) and command.order_list:
        now = numbers.get((OrderListPlaced, command.order_list), LEFT_OUT)
        return replace(command, order_list=OrderListId(now))
    return command
