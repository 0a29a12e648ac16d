"""What the OpenAPI document says about the first design's door, POST /v1/orders.

In:  the door's reasons and their statuses.
Out: its operation and the schemas that it refers to.
"""

from typing import Any

from rialto.gateway.v1 import MESSAGE_BYTES_MAX
from rialto.gateway.wire.client_order_ids import LEGAL
from rialto.gateway.wire.parameters import DECIMAL, TIME, WORD
from rialto.gateway.wire.v1 import HTTP_STATUSES, TEXT_CHARACTERS_MAX, Reason, Status
from rialto.messages.rejections import Rejection

Schema = dict[str, Any]

ABOUT = f"""\
The first design's own door. One order, answered at once; its later statuses come over the \
WebSocket of the same path. It is a limit order that rests until it is matched or canceled: all \
six fields, nothing else, nothing twice, at most {MESSAGE_BYTES_MAX} bytes. \
The signature is over the query string without it, followed by the body as sent. \
In demo mode the key alone will do: leave out timestamp and signature. \
Message by message: docs/guide/first-design.md."""
SECURITY_SCHEMES = {"v1_key": {"type": "apiKey", "in": "header", "name": "X-API-KEY"}}

_TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": TEXT_CHARACTERS_MAX}
_NUMBER: Schema = {"type": ["string", "number"], "description": "A number or a text, exact."}
_SHOWN: Schema = {"type": "string", "format": "decimal"}
_SIDE: Schema = {"type": "string", "enum": ["BUY", "SELL"]}
_WHOLE: Schema = {"type": "integer", "format": "int64"}
_PLACED = [Status.RESTING, Status.PARTLY_MATCHED, Status.MATCHED, Status.EXPIRED]
_SIGNED = "Mandatory, except in demo mode."
_TEXTS = {
    400: "The message is wrong, or the exchange's rules are against the order.",
    401: "The key or the signature is not good, or the key may not trade.",
    403: "The userID is not the owner of the key.",
    429: "Too much was asked for.",
    503: "Overloaded: it was not taken.",
    504: "Whether it was done is unknown: send the same orderId again to learn it.",
}


def operation() -> Schema:
    return {
        "operationId": "post_v1_orders",
        "summary": "orders",
        "tags": ["FIRST DESIGN"],
        "description": ABOUT,
        "security": [{"key": []}, {"v1_key": []}],
        "parameters": [
            _parameter("timestamp", TIME.schema, _SIGNED),
            _parameter("recvWindow", DECIMAL.schema, "Milliseconds."),
            _parameter("signature", WORD.schema, _SIGNED),
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _order()}}},
        "responses": {
            "200": _response("Accepted, or accepted before.", _reference("V1Answer")),
            **{str(status): _refusal(status) for status in _TEXTS},
        },
    }


def schemas() -> dict[str, Schema]:
    trade = {"tradeId": _WHOLE, "quantity": _SHOWN, "price": _SHOWN}
    always = {
        "orderId": {"type": "string"},
        "accepted": {"const": True},
        "status": {"type": "string", "enum": _PLACED},
        "type": _SIDE,
        "coinID": {"type": "string"},
        "quantity": _SHOWN,
        "price": _SHOWN,
        "remaining": _SHOWN,
        "trades": {"type": "array", "items": _object(trade)},
        "eventId": _WHOLE,
        "time": TIME.schema,
    }
    sometimes = {
        "reason": {"type": "string", "description": "Why it expired."},
        "repeated": {"const": True, "description": "It was sent before."},
    }
    refusal = {
        "orderId": {"type": ["string", "null"], "description": "null if none could be read."},
        "accepted": {"const": False},
        "status": {"const": Status.INVALID},
        "reason": {"type": "string"},
        "message": {"type": "string"},
    }
    return {"V1Answer": _object(always, sometimes), "V1Refusal": _object(refusal)}


def reasons(status: int) -> list[str]:
    """Why a POST is answered with a status; 400 is also for whatever the machine refuses."""
    at_the_door = [reason.name for reason in Reason if HTTP_STATUSES.get(reason, 400) == status]
    return at_the_door + ([rejection.name for rejection in Rejection] if status == 400 else [])


def _order() -> Schema:
    return _object(
        {
            "orderId": {
                "type": ["string", "integer"],
                "pattern": LEGAL,
                "minimum": 0,
                "description": "The client order id.",
            },
            "type": _SIDE,
            "userID": {**_TEXT, "description": "The owner of the key: a name, or the account."},
            "coinID": {**_TEXT, "examples": ["BTC"]},
            "quantity": _NUMBER,
            "price": _NUMBER,
        }
    )


def _parameter(name: str, schema: Schema, text: str) -> Schema:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": text}


def _refusal(status: int) -> Schema:
    reason = {"properties": {"reason": {"enum": reasons(status)}}}
    return _response(_TEXTS[status], {"allOf": [_reference("V1Refusal"), reason]})


def _response(text: str, schema: Schema) -> Schema:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(always: Schema, sometimes: Schema | None = None) -> Schema:
    return {
        "type": "object",
        "properties": {**always, **(sometimes or {})},
        "required": list(always),
        "additionalProperties": False,
    }
