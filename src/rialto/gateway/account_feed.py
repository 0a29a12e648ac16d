"""Who hears of one account: readers of its listen key, and subscribers of the WebSocket API."""

from functools import cache
from typing import Protocol

from rialto.gateway.feeds import Feed, Render
from rialto.gateway.retention import Retention
from rialto.gateway.wire.user_events import ListStep
from rialto.messages.ids import AssetId
from rialto.projections.orders import OrderList


class Subscriber(Protocol):
    """Hears of an account without a listen key."""

    @property
    def divisor(self) -> int:
        """Of its time unit, as in wire/time_units.py."""

    def push(self, payload: str, sequence: int) -> None:
        """One event, as bare JSON in that unit, and its number in the account's stream."""


class AccountFeed(Feed):
    """Who hears of one account, and what is to be told it after the command at hand."""

    def __init__(self, retention: Retention, now_us: int) -> None:
        super().__init__(retention, now_us)
        self.listen_key = ""
        self.subscribers: dict[Subscriber, None] = {}
        self.lists: list[tuple[OrderList, ListStep]] = []
        self.moved: dict[AssetId, None] = {}
        self.command_us = 0

    @property
    def is_read(self) -> bool:
        return bool(self.subscribers) or super().is_read

    def send(self, render: Render) -> None:
        render = cache(render)
        super().send(render)
        for subscriber in self.subscribers:
            subscriber.push(render(subscriber.divisor), self.sequence)
