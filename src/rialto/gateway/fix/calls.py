"""One request of a session to an endpoint of the table."""

import logging
from collections.abc import Callable
from typing import Any

from rialto.gateway.calls import Call
from rialto.gateway.dispatch import Asked, Dispatch, Route
from rialto.gateway.fix.headers import Incoming
from rialto.gateway.fix.session import Session
from rialto.gateway.wire.errors import OUTCOME_UNKNOWN, UNKNOWN, Refused
from rialto.gateway.wire.time_units import MICROSECOND
from rialto.messages.events import Event, OrderRepeated

WINDOW_MS = "60000"  # where a message names none, for what waits before the engine
_log = logging.getLogger(__name__)

Answered = Callable[[Any, OrderRepeated | None], None]
RefusedBy = Callable[[Refused], None]


class FixCall(Call):
    """answer: what the endpoint gives, and the event if the order was sent before."""

    __slots__ = ("_answer_to", "_message", "_refuse_to", "_repeated", "_session")

    def __init__(self, dispatch: Dispatch, to: Route, asked: Asked, session: Session) -> None:
        super().__init__(dispatch, to, asked)
        self._session = session
        self._repeated: OrderRepeated | None = None

    def begin(self, message: Incoming, answer: Answered, refuse: RefusedBy) -> None:
        self._message, self._answer_to, self._refuse_to = message, answer, refuse
        self._session.note_begun()
        self.start()

    def tell(self, events: list[Event]) -> None:
        if events and isinstance(events[0], OrderRepeated):
            self._repeated = events[0]
        super().tell(events)

    def answered(self, answer: Any) -> None:
        self._session.note_done()
        self._answer_to(answer, self._repeated)

    def refused(self, refused: Refused) -> None:
        self._session.note_done()
        if refused.code in OUTCOME_UNKNOWN:  # a report would say that nothing was done
            self._session.reject(self._message, refused)
        else:
            self._refuse_to(refused)

    def failed(self) -> None:
        self._session.note_done()
        _log.exception("%s failed", self.to.row.rest)
        self._session.reject(self._message, Refused(UNKNOWN))


def asked_by(session: Session, message: Incoming, texts: dict[str, str], now_us: int) -> Asked:
    """In the name of whoever is logged on."""
    if message.window is None:
        texts |= {"timestamp": str(now_us), "recvWindow": WINDOW_MS}
    else:
        texts |= {"timestamp": str(message.sent_us), "recvWindow": message.window}
    key = session.terms.key.key
    return Asked(session.address, now_us, MICROSECOND, key, b"", texts, in_session=True)
