"""The first design's orders as they are sent, and why one is refused.

In:  {"orderId", "type": "BUY" | "SELL", "userID", "coinID", "quantity", "price"}.
Out: an order with exact numbers, or Invalid.
Never: a field that is guessed, left out or passed over.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

from rialto.gateway.wire import client_order_ids, strict_json
from rialto.gateway.wire.documents import json_text
from rialto.gateway.wire.errors import Refused
from rialto.gateway.wire.rejections import WIRE_ERRORS
from rialto.gateway.wire.strict_json import BadJson
from rialto.messages.orders import Side
from rialto.messages.rejections import Rejection

TEXT_CHARACTERS_MAX = 64
_FIELDS = ("orderId", "type", "userID", "coinID", "quantity", "price")


class Status(StrEnum):
    """What an order can be, in the words of the first design."""

    RESTING = "resting"
    PARTLY_MATCHED = "partly_matched"
    MATCHED = "matched"
    AMENDED = "amended"
    CANCELED = "canceled"
    EXPIRED = "expired"
    INVALID = "invalid"


class Reason(StrEnum):
    """Why a message was refused at the door; the machine's reasons go by the names of Rejection."""

    MALFORMED = "MALFORMED"
    UNKNOWN_COIN = "UNKNOWN_COIN"
    NOT_OWNER = "NOT_OWNER"
    NOT_AUTHENTICATED = "NOT_AUTHENTICATED"
    TOO_MANY_ORDERS = "TOO_MANY_ORDERS"
    TOO_MANY_REQUESTS = "TOO_MANY_REQUESTS"
    OVERLOADED = "OVERLOADED"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    TOO_OLD = "TOO_OLD"
    KEY_LIMIT = "KEY_LIMIT"


HTTP_STATUSES = {
    Reason.NOT_OWNER: 403,
    Reason.NOT_AUTHENTICATED: 401,
    Reason.TOO_MANY_ORDERS: 429,
    Reason.TOO_MANY_REQUESTS: 429,
    Reason.OVERLOADED: 503,
    Reason.OUTCOME_UNKNOWN: 504,
    Reason.TOO_OLD: 410,
}


class Invalid(Exception):
    """A message that will not be acted on. order_id is None if none could be read."""

    def __init__(
        self, reason: Reason | Rejection, message: str, order_id: str | None = None
    ) -> None:
        self.reason = reason
        self.message = message
        self.order_id = order_id
        super().__init__(reason, message)

    @property
    def http_status(self) -> int:
        return HTTP_STATUSES.get(self.reason, 400) if isinstance(self.reason, Reason) else 400

    @property
    def text(self) -> str:
        return json_text(
            {
                "orderId": self.order_id,
                "accepted": False,
                "status": Status.INVALID,
                "reason": self.reason.name,
                "message": self.message,
            }
        )


class NewOrder(msgspec.Struct, frozen=True):
    order_id: str
    side: Side
    user: str
    coin: str
    quantity: Decimal
    price: Decimal


def read(raw: str | bytes) -> dict[str, Any]:
    """A JSON object with exact numbers, or Invalid."""
    try:
        return strict_json.parse(raw)
    except BadJson as bad:
        raise Invalid(Reason.MALFORMED, str(bad)) from None


def new_order(document: dict[str, Any]) -> NewOrder:
    """The order that a message asks for, or Invalid."""
    order_id = _order_id(document)
    for name in _FIELDS:
        if name not in document:
            raise Invalid(Reason.MALFORMED, f"{name} is missing", order_id)
    for name in document:
        if name not in _FIELDS:
            shown_name = name[:TEXT_CHARACTERS_MAX].encode("ascii", "replace").decode()
            raise Invalid(Reason.MALFORMED, f"{shown_name} is not a field of an order", order_id)
    side = document["type"]
    if side not in ("BUY", "SELL"):
        raise Invalid(Reason.MALFORMED, 'type must be "BUY" or "SELL"', order_id)
    return NewOrder(
        order_id,
        Side[side],
        _text(document, "userID", order_id),
        _text(document, "coinID", order_id),
        _number(document, "quantity", order_id),
        _number(document, "price", order_id),
    )


def _order_id(document: dict[str, Any]) -> str:
    value = document.get("orderId")
    if isinstance(value, Decimal) and value == value.to_integral_value() and value >= 0:
        value = f"{value:f}"
    if not isinstance(value, str):
        raise Invalid(Reason.MALFORMED, "orderId must be a text or a whole number")
    try:
        return client_order_ids.chosen("orderId", value)
    except Refused as refused:
        raise Invalid(Reason.MALFORMED, refused.message) from None


def _text(document: dict[str, Any], name: str, order_id: str) -> str:
    value = document[name]
    if not isinstance(value, str) or not 0 < len(value) <= TEXT_CHARACTERS_MAX:
        text = f"{name} must be a text of 1 to {TEXT_CHARACTERS_MAX} characters"
        raise Invalid(Reason.MALFORMED, text, order_id)
    return value


def _number(document: dict[str, Any], name: str, order_id: str) -> Decimal:
    value = document[name]
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str):
        raise Invalid(Reason.MALFORMED, f"{name} must be a number or a text of one", order_id)
    try:
        return strict_json.number(value)
    except BadJson as bad:
        raise Invalid(Reason.MALFORMED, f"{name}: {bad}", order_id) from None


def rejected(rejection: Rejection, order_id: str) -> Invalid:
    return Invalid(rejection, WIRE_ERRORS[rejection].text, order_id)
