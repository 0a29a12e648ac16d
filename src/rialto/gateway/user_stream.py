"""User streams: what happens to an account's orders and balances, for its owner.

In:  events one by one, with the orders and balances as they are at that event (sources.Folds).
Out: an execution report for every step of an order; after each command, the balances it touched;
     to readers of a listen key, and to subscribers of an account (the WebSocket API).
Never: another account's events. The order of the messages is that of the log.
"""

from rialto.gateway.account_feed import AccountFeed
from rialto.gateway.account_reports import AccountReports
from rialto.gateway.caller import Clock
from rialto.gateway.feeds import Feed
from rialto.gateway.listen_keys import ListenKey, ListenKeys
from rialto.gateway.retention import Retention
from rialto.gateway.sources import Folds
from rialto.gateway.wire import user_events
from rialto.messages import events as e
from rialto.messages.ids import AccountId

EXPIRY_TICKS = 10  # listen keys are looked at once a second


class UserStreams:
    """A StreamSource whose names are listen keys, and a Witness of the folds."""

    def __init__(self, folds: Folds, listen_keys: ListenKeys, clock: Clock) -> None:
        self._listen_keys = listen_keys
        self.clock = clock
        self._retention = Retention()
        self._feeds: dict[AccountId, AccountFeed] = {}
        self._reports = AccountReports(folds, clock, self._feeds)

    @property
    def listening(self) -> bool:
        return any(feed.is_read for feed in self._feeds.values())

    def feed(self, account: AccountId) -> AccountFeed:
        """To add readers to. Whoever holds one adds to it at once or not at all."""
        feed = self._feeds.get(account)
        if feed is None:
            feed = self._feeds[account] = AccountFeed(self._retention, self.clock())
        return feed

    def find_feed(self, name: str) -> Feed | None:
        key = self._listen_keys.find(name)
        if key is None:
            return None
        feed = self.feed(key.account)
        self._leave_old_key(feed, name)
        return feed

    def tick(self, number: int, now_us: int) -> None:
        if number % EXPIRY_TICKS:
            return
        for key in self._listen_keys.expire(now_us):
            self._tell_expired(key, now_us)
        for account, feed in list(self._feeds.items()):
            if self._listen_keys.find(feed.listen_key) is None:
                self._leave_old_key(feed, "")
            feed.forget_past(now_us)
            if not feed.is_read:
                feed.end()
                del self._feeds[account]

    def _leave_old_key(self, feed: AccountFeed, name: str) -> None:
        """An account has one listen key; what was read by another is over."""
        if feed.listen_key not in ("", name):
            feed.remove_all(feed.listen_key)
        feed.listen_key = name

    def _tell_expired(self, key: ListenKey, now_us: int) -> None:
        feed = self._feeds.get(key.account)
        if feed is not None and feed.listen_key == key.text:
            feed.tell_all(
                key.text,
                lambda divisor: user_events.listen_key_expired(key.text, now_us // divisor),
            )

    def hear(self, event: e.Event, client_order_id_before: str) -> None:
        self._reports.tell(event, client_order_id_before)

    def end_command(self) -> None:
        self._reports.end_command()
