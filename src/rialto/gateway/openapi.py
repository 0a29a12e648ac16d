"""The OpenAPI document, written from the endpoint table: every parameter, answer and error. And
the first design's door, which is no row of it.

In:  rows of the table; their request structs say what goes in, their handlers' annotations what
     comes out.
Out: one JSON document, made once.
"""

from collections.abc import Callable, Iterable, Iterator
from types import GenericAlias, UnionType
from typing import Any, NoReturn, Union, get_args, get_origin, get_type_hints

import msgspec

from rialto.gateway import openapi_v1
from rialto.gateway.endpoints import Endpoint
from rialto.gateway.openapi_responses import error_schema, responses
from rialto.gateway.v1 import PATH as V1_PATH
from rialto.gateway.weighing import described
from rialto.gateway.wire.parameters import DECIMAL, TIME, WORD, Field, Reader
from rialto.gateway.wire.time_units import DIVISORS

Schema = dict[str, Any]

REFERENCE = "#/components/schemas/{name}"
FORM = "application/x-www-form-urlencoded"
ABOUT = """\
Rialto speaks Binance's Spot REST interface. Parameters are plain ASCII; times are in milliseconds,
or in microseconds with the header `X-MBX-TIME-UNIT: MICROSECOND`.

A signed request sends its key in `X-MBX-APIKEY` and adds `timestamp`, if need be `recvWindow`, and
`signature`: HMAC-SHA256 with the secret, in hex, over the query string and the body as they are
sent, without the signature; or RSA or Ed25519 by the client's own key, in base64. A signature
changes something once. POST, PUT and DELETE take parameters in the query, in a form body, or in
both.

Every answer says in `X-MBX-USED-WEIGHT-1M` what its address has used. Whoever uses more gets 429
and the seconds to wait in `Retry-After`; whoever goes on all the same, 418 for two minutes, and for
longer each time.

Besides REST there are WebSockets: Binance's streams at `/ws` and `/stream`, and the WebSocket API
at `/ws-api/v3`. [/asyncapi.json](/asyncapi.json) describes them, message by message.

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
TIME_UNIT: Schema = {
    "name": "X-MBX-TIME-UNIT",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "enum": list(DIVISORS), "default": "MILLISECOND"},
    "description": "Of the times in the answer.",
}


def document(endpoints: Iterable[Endpoint], version: str) -> bytes:
    rows = list(endpoints)
    answers = {row: answer_types(row.handler) for row in rows}
    every = {type_ for types in answers.values() for type_ in types}
    ordered = sorted(every, key=str)
    schemas, components = msgspec.json.schema_components(ordered, ref_template=REFERENCE)
    by_type = dict(zip(ordered, schemas, strict=True))
    paths: dict[str, Schema] = {}
    for row in rows:
        path = paths.setdefault(row.path, {})
        path[row.method.lower()] = _operation(row, merged(by_type[type_] for type_ in answers[row]))
    paths[V1_PATH] = {"post": openapi_v1.operation()}
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {"title": "Rialto", "version": version, "description": ABOUT},
            "paths": paths,
            "components": {
                "schemas": {**components, **openapi_v1.schemas(), "Error": error_schema()},
                "securitySchemes": {**KEY, **openapi_v1.SECURITY_SCHEMES},
            },
        }
    )


def answer_types(handler: Callable[..., Any]) -> tuple[Any, ...]:
    """What a handler may answer, () if it always refuses; unions are taken apart, since their
    members have no tags.
    """
    hint = get_type_hints(handler)["return"]
    return () if hint is NoReturn else tuple(_members(hint))


def merged(answers: Iterable[Schema]) -> list[Schema]:
    """Several kinds of arrays become one kind, of items of several kinds."""
    schemas = list(answers)
    if len(schemas) > 1 and all(schema.get("type") == "array" for schema in schemas):
        return [{"type": "array", "items": {"anyOf": [each["items"] for each in schemas]}}]
    return schemas


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
        "parameters": [TIME_UNIT],
        "responses": responses(row, answers),
    }
    if row.security.keyed:
        operation["security"] = [{"key": []}]
    if row.method == "POST" and fields:
        operation["requestBody"] = {"content": {FORM: {"schema": _form(row, fields)}}}
    else:
        operation["parameters"] += [_parameter(row, field) for field in fields]
    return operation


def _about(row: Endpoint) -> str:
    lines = [f"Security: {row.security.name}. Weight: {described(row.weight)}"]
    if row.is_free_when_done:
        lines.append("It weighs nothing when it succeeds.")
    if row.orders:
        lines.append(f"Unfilled orders: {row.orders}.")
    lines.append(f"Source: {row.source.value}.")
    if row.ws:
        lines.append(f"Over the WebSocket API: `{row.ws}`.")
    if row.handler.__doc__:
        lines.append(row.handler.__doc__.strip())
    return " ".join(lines)


def _parameter(row: Endpoint, field: Field) -> Schema:
    return {
        "name": field.name,
        "in": "query",
        "required": field.mandatory,
        "schema": _schema(row, field),
    }


def _form(row: Endpoint, fields: tuple[Field, ...]) -> Schema:
    return {
        "type": "object",
        "properties": {field.name: _schema(row, field) for field in fields},
        "required": [field.name for field in fields if field.mandatory],
        "additionalProperties": False,
    }


def _schema(row: Endpoint, field: Field) -> Schema:
    """Of the field's kind, with what it is taken for when it is not sent."""
    schema: Schema = dict(field.kind.schema)
    for declared in msgspec.structs.fields(row.request):
        if declared.encode_name == field.name and "default" not in schema:
            default = getattr(declared.default, "name", declared.default)
            if isinstance(default, bool) or default in schema.get("enum", ()):
                schema["default"] = default
    return schema
