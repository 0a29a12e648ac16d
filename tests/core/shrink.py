"""Makes a failing stream short: freed of every command that the failure does not need.

Orders are numbered by the machine, so a command that names an order has its number put right when
an earlier one is left out.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from msgspec.structs import replace

from rialto.messages.commands import AmendOrder, CancelOrder, Command, ReplaceOrder
from rialto.messages.events import OrderPlaced
from rialto.messages.ids import OrderId
from tests.core.model import Identified, Model

Batch = tuple[int, list[Identified]]  # time_us, commands
Fails = Callable[[list[Batch]], str | None]  # how a stream fails, None if it does not
LEFT_OUT = OrderId(2**40)


class Step(NamedTuple):
    time_us: int
    one: Identified
    places: list[int]  # numbers of the orders that it placed in the whole stream


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
            placed = [event.order_id for event in events if isinstance(event, OrderPlaced)]
            steps.append(Step(time_us, one, [int(order_id) for order_id in placed]))
    return steps


def _renumbered(steps: list[Step]) -> list[Batch]:
    model, numbers, batches = Model(), dict[int, OrderId](), list[Batch]()
    for step in steps:
        origin, number, command = step.one
        batch = (step.time_us, [(origin, number, _with_numbers(command, numbers))])
        events = model.apply(model.sequence + 1, *batch)
        placed = [event.order_id for event in events if isinstance(event, OrderPlaced)]
        numbers.update(zip(step.places, placed, strict=False))
        batches.append(batch)
    return batches


def _with_numbers(command: Command, numbers: dict[int, OrderId]) -> Command:
    if isinstance(command, CancelOrder | AmendOrder) and command.order_id:
        return replace(command, order_id=numbers.get(command.order_id, LEFT_OUT))
    if isinstance(command, ReplaceOrder) and command.cancel_order_id:
        return replace(command, cancel_order_id=numbers.get(command.cancel_order_id, LEFT_OUT))
    return command
