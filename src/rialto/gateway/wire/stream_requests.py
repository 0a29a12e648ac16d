"""Live control of the market streams: SUBSCRIBE and its like, their replies and errors.

In:  the text that a client sent.
Out: a request, or the error reply to send back.
"""

import json
import re
from enum import StrEnum
from typing import Any

import msgspec

from rialto.gateway.wire.documents import json_text

REQUEST_ID_CHARACTERS_MAX = 36
STREAM_NAME_CHARACTERS_MAX = 128
_REQUEST_ID = re.compile(rf"[a-zA-Z0-9\-_]{{1,{REQUEST_ID_CHARACTERS_MAX}}}")
_PROPERTY = "combined"
TOO_OLD_CODE = 4  # Rialto's own: what `since` names is not there any more

RequestId = int | str | None


class Method(StrEnum):
    SUBSCRIBE = "SUBSCRIBE"
    UNSUBSCRIBE = "UNSUBSCRIBE"
    LIST_SUBSCRIPTIONS = "LIST_SUBSCRIPTIONS"
    SET_PROPERTY = "SET_PROPERTY"
    GET_PROPERTY = "GET_PROPERTY"


class StreamRequest(msgspec.Struct, frozen=True):
    """names for SUBSCRIBE and UNSUBSCRIBE, combined for SET_PROPERTY."""

    method: Method
    id: RequestId
    names: list[str] = []
    combined: bool = False


class BadRequest(Exception):
    """The client's mistake, not an error of ours. reply is the text to answer with."""

    def __init__(self, code: int, text: str, request_id: RequestId = None) -> None:
        error = {"code": code, "msg": text}
        self.reply = json_text({"error": error, "id": request_id})
        super().__init__(text)


def reply(request: StreamRequest, result: object = None) -> str:
    return json_text({"result": result, "id": request.id})


def too_many_streams(request: StreamRequest, streams_max: int) -> BadRequest:
    text = f"Invalid request: at most {streams_max} streams per connection"
    return BadRequest(2, text, request.id)


def parse(text: str) -> StreamRequest:
    """A request, or BadRequest."""
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        where = f"at line {error.lineno} column {error.colno}"
        raise BadRequest(3, f"Invalid JSON: expected value {where}") from None
    except (ValueError, RecursionError):  # a number of thousands of digits, a thousand brackets
        raise BadRequest(3, "Invalid JSON: number or depth out of range") from None
    if not isinstance(found, dict):
        raise BadRequest(2, "Invalid request: expected an object")
    request_id = _request_id(found.get("id"))
    if "method" not in found:
        end = f"at line 1 column {len(text)}"
        raise BadRequest(2, f"Invalid request: missing field `method` {end}", request_id)
    method = _method(found["method"], text, request_id)
    if found.keys() - {"method", "params", "id"}:
        raise BadRequest(2, "Invalid request: unknown field", request_id)
    return _request(method, found.get("params"), request_id)


def is_possible(name: str) -> bool:
    """Whether some stream could have that name; one that has not is accepted in silence."""
    return 0 < len(name) <= STREAM_NAME_CHARACTERS_MAX and name.isprintable()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadRequest(2, "Invalid request: duplicate field")
    return found


def _request_id(value: Any) -> RequestId:
    if value is None or (type(value) is int and -(2**63) <= value < 2**63):
        return value
    if isinstance(value, str) and _REQUEST_ID.fullmatch(value):
        return value
    raise BadRequest(2, "Invalid request: request ID must be an unsigned integer")


def _method(value: Any, text: str, request_id: RequestId) -> Method:
    if isinstance(value, str) and value in Method.__members__:
        return Method(value)
    is_short = isinstance(value, str) and len(value) <= REQUEST_ID_CHARACTERS_MAX
    shown = value if is_short and value.isprintable() else "..."
    expected = ", ".join(f"`{method}`" for method in Method)
    position = text.find('"method"') + len('"method":') + 1
    raise BadRequest(
        2,
        f"Invalid request: unknown variant `{shown}`, expected one of {expected} "
        f"at line 1 column {position}",
        request_id,
    )


def _request(method: Method, params: Any, request_id: RequestId) -> StreamRequest:
    if method is Method.LIST_SUBSCRIPTIONS:
        if params:
            raise BadRequest(2, "Invalid request: too many parameters", request_id)
        return StreamRequest(method, request_id)
    if not isinstance(params, list):
        raise BadRequest(2, "Invalid request: params must be an array", request_id)
    if method in (Method.SUBSCRIBE, Method.UNSUBSCRIBE):
        if not all(isinstance(name, str) for name in params):
            raise BadRequest(2, "Invalid request: stream names must be strings", request_id)
        if not all(is_possible(name) for name in params):
            raise BadRequest(2, "Invalid request: impossible stream name", request_id)
        return StreamRequest(method, request_id, names=params)
    return _property(method, params, request_id)


def _property(method: Method, params: list[Any], request_id: RequestId) -> StreamRequest:
    if not params or not isinstance(params[0], str):
        raise BadRequest(2, "Invalid request: property name must be a string", request_id)
    if params[0] != _PROPERTY:
        raise BadRequest(0, "Unknown property", request_id)
    if len(params) > (2 if method is Method.SET_PROPERTY else 1):
        raise BadRequest(2, "Invalid request: too many parameters", request_id)
    if method is Method.GET_PROPERTY:
        return StreamRequest(method, request_id)
    if len(params) != 2 or not isinstance(params[1], bool):
        raise BadRequest(1, "Invalid value type: expected Boolean", request_id)
    return StreamRequest(method, request_id, combined=params[1])
