"""Who hears of one account: readers of its listen key, and subscribers of the WebSocket API."""

from rialto.gateway.feeds import Feed
from rialto.gateway.retention import Retention
from rialto.gateway.wire.user_events import ListStep
from rialto.messages.ids import AssetId
from rialto.projections.orders import OrderList


class AccountFeed(Feed):
    """And what is to be told it after the command at hand."""

    def __init__(self, retention: Retention, now_us: int) -> None:
        super().__init__(retention, now_us)
        self.listen_key = ""
        self.lists: list[tuple[OrderList, ListStep]] = []
        self.moved: dict[AssetId, None] = {}
        self.command_us = 0
