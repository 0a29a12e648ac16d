"""The OpenAPI document, written from the endpoint table: every parameter, answer and error. And
the first design's door, which is no row of it.

In:  rows of the table; their request structs say what goes in, their handlers' annotations what
     comes out.
Out: one JSON document, made once.
"""

from collections.abc import Iterable, Iterator
from types import GenericAlias, UnionType
from typing import Any, NoReturn, Union, get_args, get_origin, get_type_hints

import msgspec

from rialto.gateway import openapi_v1
from rialto.gateway.endpoints import Endpoint
from rialto.gateway.v1 import PATH as V1_PATH
from rialto.gateway.wire import errors
from rialto.gateway.wire.errors import HTTP_STATUSES, WireError
from rialto.gateway.wire.parameters import DECIMAL, TIME, WORD, Field, Reader
from rialto.gateway.wire.rejections import AMEND_ERRORS, CANCEL_ERRORS, WIRE_ERRORS

Schema = dict[str, Any]

REFERENCE = "#/components/schemas/{name}"
FORM = "application/x-www-form-urlencoded"
ABOUT = """\
Rialto speaks Binance's Spot REST interface. Parameters are plain ASCII; times are in milliseconds,
or in microseconds with the header `X-MBX-TIME-UNIT: MICROSECOND`.

A signed request sends its key in `X-MBX-APIKEY` and adds `timestamp`, if need be `recvWindow`, and
`signature`: HMAC-SHA256 with the secret, in hex, over the query string and the body as they are
sent, without the signature. A signature changes something once. POST, PUT and DELETE take
parameters in the query, in a form body, or in both.

Besides REST there are WebSockets, which this document cannot list. Binance's streams are at
`/ws/<stream>` and `/stream?streams=<stream>/<stream>`, and at `/ws` for whoever subscribes later:
`btcusdt@trade`, `btcusdt@depth`, `btcusdt@bookTicker`, or a listen key for the account's own.

The first design's own door is `/v1/orders`, by POST as below and as a WebSocket that takes orders,
answers them and tells every later status; `?since=<eventId>` goes on after a reconnect.
`/v1/outcomes/match`, `/v1/outcomes/no-match` and `/v1/outcomes/other` tell the operator's key what
became of everybody's orders. Message by message: docs/guide/first-design.md, and with examples
docs/guide/quickstart.md.
"""
SIGNING = (
    Field("timestamp", "timestamp", TIME, mandatory=True),
    Field("recv_window", "recvWindow", DECIMAL, mandatory=False),
    Field("signature", "signature", WORD, mandatory=True),
)
KEY = {"key": {"type": "apiKey", "in": "header", "name": "X-MBX-APIKEY"}}
REFUSALS = {
    "400": "Refused: the request is wrong, or the exchange's rules are against it.",
    "401": "The key is not known or may not do this.",
    "429": "Too much was asked for; Retry-After says for how many seconds to wait.",
    "503": "Overloaded: nothing was done. Or SQL is behind: ask again.",
    "504": "Whether it was done is unknown.",
}


def document(endpoints: Iterable[Endpoint], version: str) -> bytes:
    rows = list(endpoints)
    answers = {row: _answer_types(row) for row in rows}
    every = {type_ for types in answers.values() for type_ in types}
    ordered = sorted(every, key=str)
    schemas, components = msgspec.json.schema_components(ordered, ref_template=REFERENCE)
    by_type = dict(zip(ordered, schemas, strict=True))
    paths: dict[str, Schema] = {}
    for row in rows:
        path = paths.setdefault(row.path, {})
        path[row.method.lower()] = _operation(row, [by_type[type_] for type_ in answers[row]])
    paths[V1_PATH] = {"post": openapi_v1.operation()}
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {"title": "Rialto", "version": version, "description": ABOUT},
            "paths": paths,
            "components": {
                "schemas": {**components, **openapi_v1.schemas(), "Error": _error_schema()},
                "securitySchemes": {**KEY, **openapi_v1.SECURITY_SCHEMES},
            },
        }
    )


def _answer_types(row: Endpoint) -> tuple[Any, ...]:
    """What a handler may answer, () if it always refuses; unions are taken apart, since their
    members have no tags.
    """
    hint = get_type_hints(row.handler)["return"]
    return () if hint is NoReturn else tuple(_members(hint))


def _members(hint: Any) -> Iterator[Any]:
    if get_origin(hint) in (Union, UnionType):
        for member in get_args(hint):
            yield from _members(member)
    elif get_origin(hint) is list:
        for member in _members(get_args(hint)[0]):
            yield GenericAlias(list, (member,))
    else:
        yield hint


def _operation(row: Endpoint, answers: list[Schema]) -> Schema:
    fields = Reader(row.request).fields + (SIGNING if row.security.signed else ())
    operation: Schema = {
        "operationId": f"{row.method.lower()}{row.path.replace('/', '_')}",
        "summary": row.path.rpartition("/")[2],
        "tags": [row.security.name],
        "description": _about(row),
        "parameters": [],
        "responses": _responses(row, answers),
    }
    if row.security.keyed:
        operation["security"] = [{"key": []}]
    if row.method == "POST" and fields:
        operation["requestBody"] = {"content": {FORM: {"schema": _form(fields)}}}
    else:
        operation["parameters"] = [_parameter(field) for field in fields]
    return operation


def _responses(row: Endpoint, answers: list[Schema]) -> Schema:
    refused = {status: _response(text, _reference("Error")) for status, text in _refusals(row)}
    if not answers:
        return refused
    done = _response("Done.", answers[0] if len(answers) == 1 else {"anyOf": answers})
    return {"200": done, **refused}


def _refusals(row: Endpoint) -> Iterator[tuple[str, str]]:
    yield from REFUSALS.items()
    if row.may_be_done_in_part:
        yield "409", "One part was done and the other refused: see `data`."


def _about(row: Endpoint) -> str:
    weight = str(row.weight) if isinstance(row.weight, int) else "by what is asked for"
    lines = [f"Security: {row.security.name}. Weight: {weight}. Source: {row.source.value}."]
    if row.is_free_when_done:
        lines.append("It weighs nothing when it succeeds.")
    if row.handler.__doc__:
        lines.append(row.handler.__doc__.strip())
    return " ".join(lines)


def _parameter(field: Field) -> Schema:
    return {
        "name": field.name,
        "in": "query",
        "required": field.mandatory,
        "schema": field.kind.schema,
    }


def _form(fields: tuple[Field, ...]) -> Schema:
    return {
        "type": "object",
        "properties": {field.name: field.kind.schema for field in fields},
        "required": [field.name for field in fields if field.mandatory],
        "additionalProperties": False,
    }


def _response(text: str, schema: Schema) -> Schema:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _reference(name: str) -> Schema:
    return {"$ref": REFERENCE.format(name=name)}


def _error_schema() -> Schema:
    """With every code and its text, as the errors module has them."""
    known = {value for value in vars(errors).values() if isinstance(value, WireError)}
    for table in (WIRE_ERRORS, CANCEL_ERRORS, AMEND_ERRORS):
        known |= set(table.values())
    rows = [
        f"| {error.code} | {HTTP_STATUSES.get(error.code, 400)} | {error.text} |"
        for error in sorted(known, reverse=True)
    ]
    return {
        "type": "object",
        "properties": {"code": {"type": "integer"}, "msg": {"type": "string"}, "data": {}},
        "required": ["code", "msg"],
        "description": "\n".join(["| code | status | msg |", "| --- | --- | --- |", *rows]),
    }
