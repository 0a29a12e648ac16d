"""What the OpenAPI document says about answers: one that is done, every refusal, and their headers.

In:  rows of the endpoint table, the schemas of their answers, the tables of errors.
Out: the responses of an operation, and the schema of an error.
"""

from collections.abc import Iterator
from typing import Any

from rialto.gateway.endpoints import Endpoint
from rialto.gateway.wire import errors
from rialto.gateway.wire.errors import HTTP_STATUSES, WireError
from rialto.gateway.wire.rejections import AMEND_ERRORS, CANCEL_ERRORS, WIRE_ERRORS

Schema = dict[str, Any]

ERROR = {"$ref": "#/components/schemas/Error"}
REFUSALS = {
    "400": "Refused: the request is wrong, or the exchange's rules are against it.",
    "418": "The address went on after 429 and is banned; Retry-After says for how many seconds.",
    "429": "Too much was asked for; Retry-After says for how many seconds to wait.",
    "431": "The headers are too large.",
    "500": "A mistake of ours.",
    "502": "The engine has stopped: whether it was done is unknown.",
    "503": "Overloaded: nothing was done. Or SQL is behind: ask again.",
    "504": "Whether it was done is unknown.",
}
OF_KEYS = {"401": "The key is not known or may not do this."}
OF_PARTS = {"409": "One part was done and the other refused: see `data`."}
OF_SIZE = {
    "413": "The body is too large.",
    "414": "The address is too long.",
}
WAITING = ("418", "429")
UNCOUNTED = ("413", "414", "431")  # refused before anything was read


def responses(row: Endpoint, answers: list[Schema]) -> Schema:
    """By status; answers are what it may give when it is done, [] if it always refuses."""
    found: dict[str, Schema] = {}
    if answers:
        done = answers[0] if len(answers) == 1 else {"anyOf": answers}
        orders = _order_counts() if row.orders else {}
        found["200"] = _response("Done.", done, {**_weight_used(), **orders})
    for status, text in _refusals(row):
        headers = {} if status in UNCOUNTED else _weight_used()
        if status in WAITING:
            headers["Retry-After"] = _count("Seconds to wait.")
        found[status] = _response(text, ERROR, headers)
    return found


def error_schema() -> Schema:
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
        "properties": {
            "code": {"type": "integer", "enum": sorted({error.code for error in known})},
            "msg": {"type": "string"},
            "data": {"type": "object", "description": "Of a cancel-replace: its two parts."},
        },
        "required": ["code", "msg"],
        "additionalProperties": False,
        "description": "\n".join(["| code | status | msg |", "| --- | --- | --- |", *rows]),
    }


def _refusals(row: Endpoint) -> Iterator[tuple[str, str]]:
    yield from REFUSALS.items()
    yield from OF_SIZE.items()
    if row.security.keyed:
        yield from OF_KEYS.items()
    if row.may_be_done_in_part:
        yield from OF_PARTS.items()


def _response(text: str, schema: Schema, headers: Schema) -> Schema:
    content = {"application/json": {"schema": schema}}
    return {"description": text, "headers": headers, "content": content}


def _weight_used() -> Schema:
    return {"X-MBX-USED-WEIGHT-1M": _count("What the address has used in this minute.")}


def _order_counts() -> Schema:
    return {
        "X-MBX-ORDER-COUNT-10S": _count("Unfilled orders of the account in these ten seconds."),
        "X-MBX-ORDER-COUNT-1D": _count("Unfilled orders of the account on this day."),
    }


def _count(text: str) -> Schema:
    return {"description": text, "schema": {"type": "integer", "minimum": 0}}
