"""The half of the AsyncAPI document that is the WebSocket API.

In:  the endpoints that have a name there, and the methods that only a session has.
Out: a request and a reply for each, and the events of user data in their wrapper.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from rialto.gateway.asyncapi_schemas import (
    Document,
    Schema,
    described,
    message_reference,
    schema_reference,
    schemas_of,
)
from rialto.gateway.caller import Security
from rialto.gateway.endpoints import Endpoint
from rialto.gateway.openapi import SIGNING, answer_types, merged
from rialto.gateway.wire.parameters import Reader
from rialto.gateway.wire.requests import Request
from rialto.gateway.ws_session import SessionMethod

CHANNEL = "wsApi"
ADDRESS = "/ws-api/v3"
ABOUT = """\
Requests are answered in any order; a reply repeats the id of its request. Who is logged on by
`session.logon` leaves out `apiKey` and `signature`. A signature is over all other parameters,
sorted by name.
"""
ID: Schema = {"anyOf": [{"type": "integer"}, {"type": "string"}, {"type": "null"}]}
RATE_LIMITS: Schema = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "rateLimitType": {"type": "string"},
            "interval": {"type": "string"},
            "intervalNum": {"type": "integer"},
            "limit": {"type": "integer"},
            "count": {"type": "integer"},
        },
    },
    "description": "Unless returnRateLimits is false.",
}


class MethodRow(NamedTuple):
    name: str
    security: Security
    request: type[Request]
    answers: tuple[Any, ...]
    about: str


def add(
    made: Document,
    endpoints: Iterable[Endpoint],
    session_methods: Iterable[SessionMethod],
    events: Sequence[type[msgspec.Struct]],
) -> None:
    rows = [
        MethodRow(row.ws, row.security, row.request, answer_types(row.handler), _weight(row))
        for row in endpoints
        if row.ws is not None
    ]
    rows += [
        MethodRow(each.name, each.security, each.request, answer_types(each.act), _doc(each.act))
        for each in session_methods
    ]
    every = sorted({answer for row in rows for answer in row.answers}, key=str)
    found, components = schemas_of(every, "answer")
    made.schemas |= components
    by_type = dict(zip(every, found, strict=True))
    messages = ["WsEvent", "WsShutdown"]
    for row in rows:
        made.messages[f"{row.name}.request"] = _question(row)
        made.messages[f"{row.name}.reply"] = _reply(
            row, merged(by_type[each] for each in row.answers)
        )
        messages += [f"{row.name}.request", f"{row.name}.reply"]
    made.messages |= _events(events)
    channel = {
        "address": ADDRESS,
        "title": "The WebSocket API",
        "description": ABOUT,
        "messages": {name: message_reference(name) for name in messages},
        "bindings": {"ws": {"query": _query()}},
    }
    made.add_channel(CHANNEL, channel, sends=["WsEvent", "WsShutdown"])
    for row in rows:
        made.add_question(row.name, CHANNEL, f"{row.name}.request", f"{row.name}.reply")


def _weight(row: Endpoint) -> str:
    weight = str(row.weight) if isinstance(row.weight, int) else "by what is asked for"
    return f"{row.rest}. Security: {row.security.name}. Weight: {weight}."


def _doc(act: Callable[..., Any]) -> str:
    return (act.__doc__ or "").strip()


def _question(row: MethodRow) -> Schema:
    fields = Reader(row.request).fields
    properties: Schema = {field.name: field.kind.schema for field in fields}
    required = [field.name for field in fields if field.mandatory]
    if row.security.keyed:
        properties["apiKey"] = {"type": "string"}
    if row.security.signed:
        properties |= {field.name: field.kind.schema for field in SIGNING}
        required.append("timestamp")
    properties["returnRateLimits"] = {"type": "boolean"}
    payload: Schema = {
        "type": "object",
        "properties": {
            "id": ID,
            "method": {"type": "string", "const": row.name},
            "params": {
                "type": "object",
                "properties": properties,
                "required": required,
                "additionalProperties": False,
            },
        },
        "required": ["id", "method", *(["params"] if required else [])],
        "additionalProperties": False,
    }
    return described(f"{row.name}.request", payload, row.about)


def _reply(row: MethodRow, answers: list[Schema]) -> Schema:
    payload: Schema = {
        "type": "object",
        "properties": {
            "id": ID,
            "status": {"type": "integer", "description": "As of HTTP: 200 is done."},
            "result": {"anyOf": answers} if answers else {},
            "error": {
                "type": "object",
                "properties": {
                    "code": {"type": "integer"},
                    "msg": {"type": "string"},
                    "data": {},
                },
                "required": ["code", "msg"],
            },
            "rateLimits": RATE_LIMITS,
        },
        "required": ["id", "status"],
        "oneOf": [{"required": ["result"]}, {"required": ["error"]}],
        "additionalProperties": False,
    }
    return described(f"{row.name}.reply", payload)


def _events(events: Sequence[type[msgspec.Struct]]) -> dict[str, Schema]:
    payloads = [schema_reference(each.__name__) for each in events]
    wrapper = {
        "type": "object",
        "properties": {
            "subscriptionId": {"type": "integer"},
            "sequence": {"type": "integer", "description": "Only if asked for."},
            "event": {"anyOf": payloads},
        },
        "required": ["subscriptionId", "event"],
        "additionalProperties": False,
    }
    shutdown = {
        "type": "object",
        "properties": {"event": schema_reference("ServerShutdown")},
        "required": ["event"],
        "additionalProperties": False,
    }
    return {
        "WsEvent": described("WsEvent", wrapper, "User data of one subscription."),
        "WsShutdown": described("WsShutdown", shutdown, "The server is about to stop."),
    }


def _query() -> Schema:
    units = ["MILLISECOND", "MICROSECOND", "millisecond", "microsecond"]
    return {
        "type": "object",
        "properties": {
            "timeUnit": {"type": "string", "enum": units},
            "returnRateLimits": {"type": "boolean", "default": True},
            "sequence": {"type": "boolean", "default": False},
        },
    }
