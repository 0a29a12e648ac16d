"""Which sessions hear of which account, and what they are told.

In:  events one by one, with the orders and balances as they are at that event (sources.Folds).
Out: the reports of the user stream, read once for all sessions of an account.
Never: a word written out for an account that no session listens to.
"""

from typing import Protocol

import msgspec

from rialto.gateway.account_feed import AccountFeed
from rialto.gateway.account_reports import AccountReports
from rialto.gateway.caller import Clock
from rialto.gateway.feeds import Render
from rialto.gateway.fix import reports
from rialto.gateway.retention import Retention
from rialto.gateway.sources import Folds
from rialto.gateway.wire.time_units import MICROSECOND
from rialto.messages import events as e
from rialto.messages.ids import AccountId

_decode = msgspec.json.decode


class Reader(Protocol):
    def hear(self, kind: str, event: reports.Event, fields: reports.Fields) -> None:
        """kind: MsgType of the fields. They belong to all readers."""


class FixFeed(AccountFeed):
    """The sessions of one account."""

    def __init__(self, now_us: int) -> None:
        super().__init__(Retention(), now_us)
        self.readers: dict[Reader, None] = {}

    @property
    def is_read(self) -> bool:
        return bool(self.readers)

    def send(self, *renders: Render) -> None:
        for render in renders:
            event = _decode(render(MICROSECOND))
            match event["e"]:
                case "executionReport":
                    self._tell("8", event, reports.execution_report(event))
                case "listStatus":
                    self._tell("N", event, reports.list_status(event))

    def _tell(self, kind: str, event: reports.Event, fields: reports.Fields) -> None:
        for reader in list(self.readers):
            reader.hear(kind, event, fields)


class ReportFeeds:
    """A Witness of the folds."""

    def __init__(self, folds: Folds, clock: Clock) -> None:
        self._clock = clock
        self._feeds: dict[AccountId, FixFeed] = {}
        self._reports = AccountReports(folds, clock, self._feeds)

    def join(self, account: AccountId, reader: Reader) -> None:
        feed = self._feeds.get(account)
        if feed is None:
            feed = self._feeds[account] = FixFeed(self._clock())
        feed.readers[reader] = None

    def leave(self, account: AccountId, reader: Reader) -> None:
        """Nothing happens if it is not there."""
        feed = self._feeds.get(account)
        if feed is not None:
            feed.readers.pop(reader, None)
            if not feed.readers:
                del self._feeds[account]

    @property
    def listening(self) -> bool:
        return bool(self._feeds)

    def hear(self, event: e.Event, client_order_id_before: str) -> None:
        self._reports.tell(event, client_order_id_before)

    def end_command(self) -> None:
        self._reports.end_command()
