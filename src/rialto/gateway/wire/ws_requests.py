"""Requests and replies of the WebSocket API: one JSON object each.

In:  the text that a client sent.
Out: a request whose parameters are texts, as they would be in a query string, so that
     wire/parameters.py reads both; or BadRequest with whatever id could be made out.
Never: a number that went through a float: it is signed and read as it was written.
"""

import json
import re
from typing import Any, NoReturn

import msgspec

from rialto.gateway.wire.errors import (
    ILLEGAL_CHARACTERS,
    INVALID_JSON_REQUEST,
    INVALID_PARAMETER,
    MANDATORY_PARAMETER,
    TOO_MANY_PARAMETERS,
    UNKNOWN_PARAMETER,
    Refused,
)
from rialto.gateway.wire.parameters import INTEGER_MAX, PARAMETERS_MAX

ID_RANGE = r"^[a-zA-Z0-9\-_]{1,36}$"
VERSION_PREFIX = "v3/"
INTEGER_DIGITS = len(str(INTEGER_MAX))
_ID = re.compile(r"[a-zA-Z0-9\-_]{1,36}")
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
_FIELDS = {"id", "method", "params"}
NO_ID = "null"
_encode = msgspec.json.Encoder().encode


class Number(str):
    """A JSON number as it was written."""


class WsRequest(msgspec.Struct, gc=False):
    """id_text: as JSON, to be repeated in the reply. method: without its version."""

    id_text: str
    method: str
    texts: dict[str, str]


class BadRequest(Exception):
    """The client's mistake, before a method could be found."""

    def __init__(self, refused: Refused, id_text: str = NO_ID) -> None:
        self.refused = refused
        self.id_text = id_text
        super().__init__(*refused.args)


class _Usual(msgspec.Struct, forbid_unknown_fields=True):
    """What nearly every request is."""

    id: int | str | None
    method: str
    params: dict[str, str | int | bool] = {}


def parse(text: str) -> WsRequest:
    return _parse_usual(text) or _parse_any(text)


def _parse_usual(text: str) -> WsRequest | None:
    """At a fifth of the cost. None for whatever needs a closer look: mistakes, escapes, fractions
    (which would become floats), arrays, and what may be there twice.
    """
    try:
        found = _decode_usual(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    id_, texts = found.id, found.params
    quoted = len(texts)
    for name, value in texts.items():
        if type(value) is not str:
            texts[name] = str(value) if type(value) is int else _text(name, value)
            quoted -= 1
    # Without escapes the number of quotes tells whether something that was there is not here.
    names = len(texts) + 3 if texts else 2
    if "\\" in text or text.count('"') != 2 * (names + quoted + 1 + (type(id_) is str)):
        return None
    id_text = _usual_id(id_)
    if id_text is None or not found.method or len(texts) > PARAMETERS_MAX:
        return None
    return WsRequest(id_text, found.method.removeprefix(VERSION_PREFIX), texts)  # type: ignore[arg-type]


def _usual_id(id_: int | str | None) -> str | None:
    if type(id_) is str:
        return f'"{id_}"' if _ID.fullmatch(id_) else None
    if id_ is None:
        return NO_ID
    text = str(id_)
    return text if len(text) < INTEGER_DIGITS else None


def _parse_any(text: str) -> WsRequest:
    try:
        found = _DECODER.decode(text)
    except (ValueError, RecursionError):
        raise BadRequest(Refused(INVALID_JSON_REQUEST)) from None
    if not isinstance(found, dict):
        raise BadRequest(Refused(INVALID_JSON_REQUEST))
    id_text = NO_ID
    try:
        id_text = _id_text(found)
        method, params = found.get("method"), found.get("params")
        if type(method) is not str or not method:
            raise Refused(MANDATORY_PARAMETER, "method")
        if not found.keys() <= _FIELDS:
            raise Refused(UNKNOWN_PARAMETER)
        texts = {} if params is None else _texts(params)
        if "\\" in text:  # an escape can be half a character, which no bytes can be made of
            "".join((*texts, *texts.values())).encode()
    except UnicodeEncodeError:
        raise BadRequest(Refused(INVALID_JSON_REQUEST), id_text) from None
    except Refused as refused:
        raise BadRequest(refused, id_text) from None
    return WsRequest(id_text, method.removeprefix(VERSION_PREFIX), texts)


_decode_usual = msgspec.json.Decoder(_Usual).decode


def signed_payload(texts: dict[str, str]) -> bytes:
    """The bytes that are signed: all parameters but the signature, in the order of their names."""
    return "&".join(
        [f"{name}={texts[name]}" for name in sorted(texts) if name != "signature"]
    ).encode()


def reply(id_text: str, result: Any, rate_limits: str) -> bytes:
    """rate_limits: as JSON, or "" to leave them out."""
    shown = _shown(rate_limits)
    return b'{"id":%b,"status":200,"result":%b%b}' % (id_text.encode(), _encode(result), shown)


def refusal(id_text: str, status: int, error: dict[str, Any], rate_limits: str) -> bytes:
    written, shown = _encode(error), _shown(rate_limits)
    return b'{"id":%b,"status":%d,"error":%b%b}' % (id_text.encode(), status, written, shown)


def _shown(rate_limits: str) -> bytes:
    return b',"rateLimits":' + rate_limits.encode() if rate_limits else b""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_once, parse_float=Number, parse_int=Number, parse_constant=_refuse
)


def _id_text(found: dict[str, Any]) -> str:
    if "id" not in found:
        raise Refused(MANDATORY_PARAMETER, "id")
    value = found["id"]
    if value is None:
        return NO_ID
    if type(value) is str and _ID.fullmatch(value):
        return f'"{value}"'
    if type(value) is Number and _INTEGER.fullmatch(value) and abs(int(value)) <= INTEGER_MAX:
        return value
    raise Refused(ILLEGAL_CHARACTERS, "id", ID_RANGE)


def _texts(params: Any) -> dict[str, str]:
    if type(params) is not dict:
        raise Refused(INVALID_PARAMETER, "params")
    if len(params) > PARAMETERS_MAX:
        raise Refused(TOO_MANY_PARAMETERS, PARAMETERS_MAX, len(params))
    return {
        name: value if type(value) is str else _text(name, value) for name, value in params.items()
    }


def _text(name: str, value: Any) -> str:
    match value:
        case str():
            return str(value)
        case bool():
            return "true" if value else "false"
        case None:
            return ""
        case list() if all(type(each) is str for each in value):
            return _encode(value).decode()
    raise Refused(INVALID_PARAMETER, name)
