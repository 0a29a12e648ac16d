"""The parameters of what the WebSocket API has besides the endpoints, as in wire/requests.py."""

from rialto.gateway.wire.requests import Flag, Integer, Request


class Unsubscribe(Request, frozen=True):
    subscription_id: Integer | None = None


class CancelOnDisconnect(Request, frozen=True):
    enabled: Flag
