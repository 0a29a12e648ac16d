"""What becomes one record: submissions made durable together, and how each is answered."""

import asyncio
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from rialto.messages.codec import decode_events
from rialto.messages.events import Event


class EventsAnswer(Protocol):
    """Whoever hears the events of one command: a future, or what needs no task to be woken. Its
    methods are called on the event loop's thread and raise nothing.
    """

    def done(self) -> bool: ...
    def set_result(self, events: list[Event], /) -> None: ...
    def set_exception(self, error: Exception, /) -> None: ...


Answer = asyncio.Future[bytes] | EventsAnswer


class Submission(msgspec.Struct, gc=False):
    """Frames of one caller. Those of a single command are answered with events, a batch with
    their frames.
    """

    frames: bytes
    count: int
    events_answer: EventsAnswer | None
    frames_answer: asyncio.Future[bytes] | None

    @property
    def answer(self) -> Answer:
        answer = self.events_answer or self.frames_answer
        assert answer is not None
        return answer

    def refuse(self, error: Exception) -> None:
        if not self.answer.done():  # its caller may have gone
            self.answer.set_exception(error)


@dataclass(slots=True)
class Run:
    """What was applied in one call: single commands, or one batch of a caller; and its events."""

    submissions: list[Submission]
    first_sequence: int
    frames: bytes  # of the events
    events: list[Event] | None = None  # decoded only where someone wants them so

    def decoded(self) -> list[Event]:
        if self.events is None:
            self.events = decode_events(self.frames)
        return self.events

    def refuse(self, error: Exception) -> None:
        for submission in self.submissions:
            submission.refuse(error)

    def answer(self) -> None:
        frames_answer = self.submissions[0].frames_answer
        if frames_answer is None:
            self._answer_each()
        elif not frames_answer.done():  # its caller may have gone
            frames_answer.set_result(self.frames)

    def _answer_each(self) -> None:
        own: list[list[Event]] = [[] for _ in self.submissions]
        for event in self.decoded():
            own[event.sequence - self.first_sequence].append(event)
        for submission, events in zip(self.submissions, own, strict=True):
            answer = submission.events_answer
            assert answer is not None
            if not answer.done():
                answer.set_result(events)


@dataclass(slots=True)
class Batch:
    """What becomes one record."""

    first_sequence: int = 0
    time_us: int = 0
    count: int = 0
    size: int = 0
    payload: list[bytes] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
