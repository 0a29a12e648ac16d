"""Market data sessions: lists of instruments, and subscriptions.

In:  InstrumentListRequest<x> and MarketDataRequest<V>.
Out: lists, snapshots and what changes after them; MarketDataRequestReject<Y>.
"""

from collections.abc import Callable, Mapping
from functools import partial

from rialto.gateway.fix import instruments
from rialto.gateway.fix.bodies import Body, Layout, Mistake, read_body
from rialto.gateway.fix.headers import Incoming
from rialto.gateway.fix.market_feed import BookTicker, Levels, MarketFeeds, Stream, Trades
from rialto.gateway.fix.message_types import ORDER_ENTRY_TYPES
from rialto.gateway.fix.reports import Fields
from rialto.gateway.fix.session import Session
from rialto.gateway.sources import Folds
from rialto.gateway.wire import client_order_ids
from rialto.gateway.wire.errors import (
    ILLEGAL_CHARACTERS,
    INVALID_PARAMETER,
    INVALID_SYMBOL,
    Refused,
)
from rialto.gateway.wire.fix_errors import BAD_REQUEST_ID, ENTRY_TWICE, TOO_MANY_SUBSCRIPTIONS
from rialto.messages.instruments import Instrument

STREAMS_MAX = 1_000  # of one session: an instrument in a subscription is one
LEVELS_MAX = 5_000
DUPLICATE, TOO_MANY, UNKNOWN_SYMBOL = "1", "2", "0"  # MDReqRejReason(281)
SUBSCRIBE, UNSUBSCRIBE = "1", "2"
BOOK, TRADES = {"0", "1"}, {"2"}
SINGLE, ALL = "0", "4"
INSTRUMENT_LIST = Layout(frozenset((320, 559, 55)))
REQUEST = Layout(
    frozenset((262, 263, 264, 266)),
    {146: Layout(frozenset((55,)), first=55), 267: Layout(frozenset((269,)), first=269)},
)


class MarketDesk:
    elsewhere = ORDER_ENTRY_TYPES

    def __init__(self, feeds: MarketFeeds, folds: Folds, session: Session) -> None:
        self._feeds = feeds
        self._folds = folds
        self._session = session
        self._streams: dict[str, list[Stream]] = {}
        self.messages: Mapping[str, Callable[[Incoming], None]] = {
            "x": self._list,
            "V": self._request,
        }

    def begin(self) -> None:
        """Nothing is told to whoever has not asked."""

    def end(self) -> None:
        for request_id in list(self._streams):
            self._unsubscribe(request_id)

    def _list(self, message: Incoming) -> None:
        body = read_body(message.fields, INSTRUMENT_LIST)
        request_id = body.need(320)
        match body.need(559):
            case "0":
                found = [self._instrument(body.need(55))]
            case "4":
                found = list(self._folds.catalog.instruments.values())
            case _:
                raise Mistake(INVALID_PARAMETER, "InstrumentListRequestType(559)", tag=559)
        self._session.send("y", [(320, request_id), *instruments.listed(found)])

    def _request(self, message: Incoming) -> None:
        body = read_body(message.fields, REQUEST)
        request_id = body.need(262)
        if not client_order_ids.is_legal(request_id):
            raise Mistake(ILLEGAL_CHARACTERS, "MDReqID(262)", client_order_ids.LEGAL, tag=262)
        match body.need(263):
            case "1":
                self._subscribe(request_id, body)
            case "2":
                if request_id not in self._streams:
                    self._refuse(request_id, DUPLICATE, Refused(BAD_REQUEST_ID))
                else:
                    self._unsubscribe(request_id)
            case _:
                raise Mistake(INVALID_PARAMETER, "SubscriptionRequestType(263)", tag=263)

    def _subscribe(self, request_id: str, body: Body) -> None:
        kinds = _once([entry.need(269) for entry in body.entries(267)], 267)
        symbols = _once([entry.need(55) for entry in body.entries(146)], 146)
        make = _maker(kinds, body)
        if request_id in self._streams:
            self._refuse(request_id, DUPLICATE, Refused(BAD_REQUEST_ID))
            return
        if sum(map(len, self._streams.values())) + len(symbols) > STREAMS_MAX:
            self._refuse(request_id, TOO_MANY, Refused(TOO_MANY_SUBSCRIPTIONS, STREAMS_MAX))
            return
        try:
            found = [self._instrument(symbol) for symbol in symbols]
        except Refused as refused:
            self._refuse(request_id, UNKNOWN_SYMBOL, refused)
            return
        self._streams[request_id] = []
        for instrument in found:
            stream = make(self._folds, instrument, request_id, self._session.send)
            self._feeds.add(stream)
            self._streams[request_id].append(stream)

    def _unsubscribe(self, request_id: str) -> None:
        for stream in self._streams.pop(request_id):
            self._feeds.remove(stream)

    def _refuse(self, request_id: str, reason: str, refused: Refused) -> None:
        fields: Fields = [(262, request_id), (281, reason)]
        self._session.send("Y", [*fields, (25016, refused.code), (58, refused.message)])

    def _instrument(self, symbol: str) -> Instrument:
        found = self._folds.catalog.find_instrument(symbol)
        if found is None:
            raise Mistake(INVALID_SYMBOL, tag=55)
        return found


def _once(values: list[str], tag: int) -> list[str]:
    """At least one, and none twice."""
    if not values:
        raise Mistake(INVALID_PARAMETER, tag, tag=tag)
    if len(set(values)) != len(values):
        raise Mistake(ENTRY_TWICE, tag, tag=tag)
    return values


def _maker(kinds: list[str], body: Body) -> Callable[..., Stream]:
    """Trades, or both sides of the book: its best prices, or levels."""
    if set(kinds) == TRADES:
        return Trades
    if set(kinds) != BOOK:
        raise Mistake(INVALID_PARAMETER, "MDEntryType(269)", tag=269)
    if body.get(266) not in (None, "Y"):
        raise Mistake(INVALID_PARAMETER, "AggregatedBook(266)", tag=266)
    wanted = body.need(264)
    if not (wanted.isascii() and wanted.isdigit() and 1 <= int(wanted[:9]) <= LEVELS_MAX):
        raise Mistake(INVALID_PARAMETER, "MarketDepth(264)", tag=264)
    if wanted == "1":
        return BookTicker
    return partial(Levels, levels_max=int(wanted))
