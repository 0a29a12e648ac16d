"""The AsyncAPI document, written from the tables: every stream and every method of the WebSocket
API, with what is said in each direction.

In:  rows of the stream table, of the endpoint table and of the session's methods.
Out: one JSON document, made once.
"""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from rialto.gateway import asyncapi_ws_api as ws_api
from rialto.gateway.asyncapi_schemas import (
    Document,
    Schema,
    components_of,
    described,
    message,
    message_reference,
    schema_reference,
)
from rialto.gateway.endpoints import Endpoint
from rialto.gateway.retention import RETAINED_MESSAGES_MAX, RETAINED_US
from rialto.gateway.wire import stream_requests, streams, user_events
from rialto.gateway.wire.execution_reports import ExecutionReport
from rialto.gateway.wire.stream_names import STREAMS, SYMBOL, Row
from rialto.gateway.wire.stream_requests import Method
from rialto.gateway.ws_session import SESSION_METHODS
from rialto.gateway.ws_streams import CLIENT_MESSAGES_PER_SECOND_MAX, STREAMS_MAX

ABOUT = f"""\
Rialto speaks Binance's streams and WebSocket API. A stream is read at `/ws/<name>`, several at
`/stream?streams=<name>/<name>`, and any later by SUBSCRIBE. Symbols are in lower case in names; a
name that is no stream stays silent. Times are in milliseconds, or in microseconds with
`timeUnit=MICROSECOND` in the address.

A connection reads {STREAMS_MAX} streams at most, sends {CLIENT_MESSAGES_PER_SECOND_MAX} messages in
a second (pings and pongs count), is pinged every 20 s, must answer within 60 s, and ends after
24 h. One that does not keep up with what it reads is closed with the reason.

An extension, for whoever asks for it: with `sequence=true` each message has the number of its
stream, one more than the message before. With `since=<number>` (one for each stream, separated by
`/`) a connection goes on after that message, without a gap. {RETAINED_MESSAGES_MAX} messages of a
stream are kept, as long as somebody counts and for {RETAINED_US // 1_000_000} s after; what is
older is refused with an error of code {stream_requests.TOO_OLD_CODE}.
"""
USER_PAYLOADS: tuple[type[msgspec.Struct], ...] = (
    ExecutionReport,
    user_events.AccountPosition,
    user_events.BalanceUpdate,
    user_events.ExternalLockUpdate,
    user_events.ListStatus,
    user_events.ListenKeyExpired,
)
WS_API_PAYLOADS = (user_events.EventStreamTerminated,)
QUERY: Schema = {
    "type": "object",
    "properties": {
        "timeUnit": {
            "type": "string",
            "enum": ["MILLISECOND", "MICROSECOND", "millisecond", "microsecond"],
        },
        "sequence": {"type": "boolean", "default": False},
        "since": {"type": "string", "pattern": "^[0-9]+(/[0-9]+)*$"},
    },
}


def document(endpoints: Iterable[Endpoint], version: str) -> bytes:
    made = Document()
    payloads: set[type[msgspec.Struct]] = {row.payload for row in STREAMS}
    payloads |= {*USER_PAYLOADS, *WS_API_PAYLOADS, streams.ServerShutdown}
    made.schemas |= components_of(payloads, "stream")
    for payload in sorted(payloads, key=lambda each: each.__name__):
        made.messages[payload.__name__] = message(payload)
    for row in STREAMS:
        _add_stream(made, row)
    _add_user_data(made)
    _add_control(made)
    ws_api.add(made, list(endpoints), SESSION_METHODS, (*USER_PAYLOADS, *WS_API_PAYLOADS))
    return msgspec.json.encode(
        {
            "asyncapi": "3.0.0",
            "info": {"title": "Rialto", "version": version, "description": ABOUT},
            "defaultContentType": "application/json",
            "servers": {"rialto": {"host": "127.0.0.1:8000", "protocol": "ws"}},
            "channels": made.channels,
            "operations": made.operations,
            "components": {"messages": made.messages, "schemas": made.schemas},
        }
    )


def channel_id(name: str) -> str:
    """`<symbol>@kline_1m@+08:00` -> `symbol_kline_1m_08_00`."""
    return re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")


def _add_stream(made: Document, row: Row) -> None:
    name = channel_id(row.name)
    payload = row.payload.__name__
    if row.stream.of_all:
        items = schema_reference(payload)
        made.messages[name] = described(name, {"type": "array", "items": items})
        payload = name
    channel: Schema = {
        "address": f"/ws/{row.name.replace(SYMBOL, '{symbol}')}",
        "title": row.name,
        "description": f"Speed: {row.speed}. {row.about}".strip(),
        "messages": {payload: message_reference(payload)},
        "bindings": {"ws": {"query": QUERY}},
    }
    if not row.stream.of_all:
        channel["parameters"] = {"symbol": {"description": "In lower case: btcusdt."}}
    made.add_channel(name, channel, sends=[payload])


def _add_user_data(made: Document) -> None:
    names = [payload.__name__ for payload in USER_PAYLOADS]
    channel: Schema = {
        "address": "/ws/{listenKey}",
        "title": "User data by listen key",
        "description": "What happens to the orders and balances of one account, in the order of "
        "the log: after what a command did, the balances that it moved.",
        "parameters": {"listenKey": {"description": "Of POST /api/v3/userDataStream."}},
        "messages": {name: message_reference(name) for name in names},
        "bindings": {"ws": {"query": QUERY}},
    }
    made.add_channel("userData", channel, sends=names)


def _add_control(made: Document) -> None:
    """The two addresses at which streams are asked for by message."""
    made.schemas |= {"StreamRequest": _request_schema(), "StreamReply": _reply_schema()}
    made.messages["StreamRequest"] = described("StreamRequest", _schema("StreamRequest"))
    made.messages["StreamReply"] = described("StreamReply", _schema("StreamReply"))
    every = sorted(
        {row.payload.__name__ for row in STREAMS} | {each.__name__ for each in USER_PAYLOADS}
    )
    data = [schema_reference(name) for name in every]
    arrays = [{"type": "array", "items": {"anyOf": data}}]
    wrapper = {
        "type": "object",
        "properties": {
            "stream": {"type": "string"},
            "sequence": {"type": "integer", "description": "Only if asked for."},
            "data": {"anyOf": [*data, *arrays]},
        },
        "required": ["stream", "data"],
    }
    made.messages["Combined"] = described("Combined", wrapper)
    query = {**QUERY, "properties": {"streams": {"type": "string"}, **QUERY["properties"]}}
    for name, address, wrapped in (("bare", "/ws", every), ("combined", "/stream", ["Combined"])):
        sends = [*wrapped, "StreamReply", "ServerShutdown"]
        channel: Schema = {
            "address": address,
            "title": f"Streams asked for by message, {name}",
            "messages": {each: message_reference(each) for each in (*sends, "StreamRequest")},
            "bindings": {"ws": {"query": query if name == "combined" else QUERY}},
        }
        made.add_channel(name, channel, sends=sends)
        made.add_question(name, name, "StreamRequest", "StreamReply")


def _schema(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _request_schema() -> Schema:
    return {
        "type": "object",
        "properties": {
            "method": {"type": "string", "enum": [method.value for method in Method]},
            "params": {"type": "array", "items": {"type": ["string", "boolean"]}},
            "id": ID_SCHEMA,
        },
        "required": ["method"],
        "additionalProperties": False,
    }


def _reply_schema() -> Schema:
    error = {
        "type": "object",
        "properties": {"code": {"type": "integer"}, "msg": {"type": "string"}},
        "required": ["code", "msg"],
    }
    result: dict[str, Any] = {
        "anyOf": [
            {"type": "null"},
            {"type": "boolean"},
            {"type": "array", "items": {"type": "string"}},
        ]
    }
    return {
        "type": "object",
        "properties": {"result": result, "error": error, "id": ID_SCHEMA},
        "oneOf": [{"required": ["result", "id"]}, {"required": ["error", "id"]}],
        "additionalProperties": False,
    }


ID_SCHEMA: Schema = {
    "anyOf": [
        {"type": "integer"},
        {"type": "string", "maxLength": stream_requests.REQUEST_ID_CHARACTERS_MAX},
        {"type": "null"},
    ]
}
