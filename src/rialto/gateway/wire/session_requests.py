"""The parameters of what the WebSocket API has besides the endpoints, as in wire/requests.py."""

from rialto.gateway.wire.requests import Flag, Integer, Request


class Subscribe(Request, frozen=True):
    """since: the number of the event to go on after; not one of Binance's."""

    since: Integer | None = None


class Unsubscribe(Request, frozen=True):
    subscription_id: Integer | None = None


class CancelOnDisconnect(Request, frozen=True):
    enabled: Flag
