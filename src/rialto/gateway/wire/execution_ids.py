"""Execution ids: one integer for the place of an event in the log, seen from one of its orders.

Unique and rising with the log, so a reader that knows the last one it has seen knows where to go
on. Below 2^53, which every JSON reader takes, for 2^33 commands.
"""

from rialto.messages.events import Event
from rialto.messages.ids import Sequence

EVENTS_PER_COMMAND = 2**19
EXECUTION_ID_MAX = 2**63 - 1
_IDS_PER_COMMAND = EVENTS_PER_COMMAND * 2


def execution_id(event: Event, *, is_maker: bool = False) -> int:
    """A trade has two: its taker's and its maker's."""
    return execution_id_of(event.sequence, event.index) + is_maker


def execution_id_of(sequence: int, index: int) -> int:
    """Of an event by its place, seen from its only order."""
    return (sequence * EVENTS_PER_COMMAND + index) * 2


def place_of(number: int) -> tuple[int, int]:
    """(sequence, index) of the first event whose id is not below a number."""
    return divmod(-(-number // 2), EVENTS_PER_COMMAND)


def sequence_of(number: int) -> Sequence:
    return Sequence(number // _IDS_PER_COMMAND)
