"""Drop copy: every report of an account, and nothing to ask for."""

from collections.abc import Callable, Mapping

from rialto.gateway.fix import reports
from rialto.gateway.fix.headers import Incoming
from rialto.gateway.fix.message_types import MARKET_DATA_TYPES, ORDER_ENTRY_TYPES
from rialto.gateway.fix.report_feed import ReportFeeds
from rialto.gateway.fix.session import Session


class DropCopy:
    messages: Mapping[str, Callable[[Incoming], None]] = {}
    elsewhere = ORDER_ENTRY_TYPES | MARKET_DATA_TYPES

    def __init__(self, feeds: ReportFeeds, session: Session) -> None:
        self._feeds = feeds
        self._session = session

    def begin(self) -> None:
        self._feeds.join(self._session.terms.key.account, self)

    def end(self) -> None:
        self._feeds.leave(self._session.terms.key.account, self)

    def hear(self, kind: str, event: reports.Event, fields: reports.Fields) -> None:
        self._session.send(kind, fields)
