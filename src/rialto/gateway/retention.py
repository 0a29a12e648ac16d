"""The last messages of streams whose readers count them: what `since` goes on from.

In:  messages with their numbers, one more each time; a number after which to go on.
Out: the messages after it, without a gap, or TooLongAgo.
Never: kept over a restart, and never more than the limits below. Numbers of a later life of a
     stream are larger than all of an earlier one, so an old number is too old and never wrong.
"""

from collections import deque
from itertools import islice
from typing import NamedTuple

from rialto.gateway.wire.time_units import MICROSECOND

RETAINED_STREAMS_MAX = 256  # that can be resumed; others have numbers and no past
RETAINED_MESSAGES_MAX = 4_096  # of one stream
RETAINED_CHARACTERS_MAX = 1024 * 1024  # of one stream
RETAINED_US = 120 * 1_000_000  # after its last counting reader left


class TooLongAgo(Exception):
    """What comes next is not retained any more, or never was."""


class Message(NamedTuple):
    """Its payload with times in either unit; where it has none both are the same text."""

    sequence: int
    in_ms: str
    in_us: str

    def payload(self, divisor: int) -> str:
        return self.in_us if divisor == MICROSECOND else self.in_ms


class Retained:
    """Of one stream, which `sequence` has numbered so far."""

    def __init__(self, sequence: int) -> None:
        self._messages: deque[Message] = deque()
        self._characters = 0
        self._last = sequence

    def add(self, message: Message) -> None:
        self._messages.append(message)
        self._last = message.sequence
        self._characters += len(message.in_ms) + len(message.in_us)
        while (
            len(self._messages) > RETAINED_MESSAGES_MAX
            or self._characters > RETAINED_CHARACTERS_MAX
        ):
            oldest = self._messages.popleft()
            self._characters -= len(oldest.in_ms) + len(oldest.in_us)

    def after(self, since: int, messages_max: int) -> list[Message]:
        """The next ones; TooLongAgo if one is missing between."""
        skipped = since - (self._last - len(self._messages))
        if skipped < 0 or since > self._last:
            raise TooLongAgo
        return list(islice(self._messages, skipped, skipped + messages_max))


class Retention:
    """How many streams are retained at once; each kind of stream has its own allowance."""

    def __init__(self, streams_max: int = RETAINED_STREAMS_MAX) -> None:
        self._left = streams_max
        self._highest = 0  # number that was ever given

    def first_sequence(self, now_us: int) -> int:
        """What a stream that begins counts from. No stream says more than a message in a
        microsecond, so a later beginning is beyond whatever was said before it.
        """
        return max(now_us, self._highest + 1)

    def begin(self, sequence: int) -> Retained | None:
        """None if there are too many already."""
        if self._left == 0:
            return None
        self._left -= 1
        return Retained(sequence)

    def end(self) -> None:
        self._left += 1

    def note(self, sequence: int) -> None:
        """A stream ended its count here."""
        self._highest = max(self._highest, sequence)
