"""Requests of the WebSocket API: the quick way reads them as the careful one, or not at all."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rialto.gateway.wire import ws_requests
from rialto.gateway.wire.ws_requests import BadRequest, WsRequest

# (text, whether the quick way takes it)
TEXTS = [
    ('{"id":1,"method":"ping"}', True),
    ('{ "id" : 1, "method": "v3/ping" }', True),
    ('{"id":null,"method":"ping","params":{}}', False),
    ('{"id":"a-1","method":"depth","params":{"symbol":"BTCUSDT","limit":5}}', True),
    ('{"params":{"symbol": "BTCUSDT"}, "method": "depth", "id": -7}', True),
    ('{"id":1,"method":"x","params":{"a":true,"b":false,"c":12345678901234567}}', True),
    ('{"id":1,"method":"x","params":{"a":1.50}}', False),
    ('{"id":1,"method":"x","params":{"a":1e2}}', False),
    ('{"id":1,"method":"x","params":{"a":["b", "c"]}}', False),
    ('{"id":1,"method":"x","params":{"a":"\\u00e9"}}', False),
    ('{"id":1,"method":"x","params":{"a":"é"}}', True),
    ('{"id":1,"method":"x","params":{"a":null}}', False),
]


def careful(text: str) -> WsRequest | str:
    try:
        return ws_requests._parse_any(text)
    except BadRequest as bad:
        return f"{bad.refused.code}"


@pytest.mark.parametrize(("text", "is_usual"), TEXTS)
def test_both_ways_read_the_same(text: str, is_usual: bool) -> None:
    quick = ws_requests._parse_usual(text)
    assert (quick is not None) is is_usual
    assert ws_requests.parse(text) == careful(text)
    if quick is not None:
        assert quick == careful(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"id":1,"id":2,"method":"ping"}',
        '{"id":1,"method":"ping","method":"time"}',
        '{"id" :1,"id":2,"method":"ping"}',
        '{"id":1,"id":"2","method":"ping"}',
        '{"id":1,"method":"x","params":{"a":1,"a":2}}',
        '{"id":1,"method":"x","params":{"a":1},"params":{"a":1}}',
        '{"id":1,"method":"x","params":{},"params":{}}',
        '{"id":1,"method":"ping","more":1}',
        '{"id":true,"method":"ping"}',
        '{"id":9223372036854775808,"method":"ping"}',
        '{"id":"a b","method":"ping"}',
        '{"method":"ping"}',
        '{"id":1,"method":"x","params":{"a":{"b":1}}}',
        '{"id":1,"method":"x","params":[]}',
        '{"id":1,"method":""}',
        "[]",
        "",
        "[" * 100_000,
    ],
)
def test_the_quick_way_lets_no_mistake_in(text: str) -> None:
    with pytest.raises(BadRequest):
        ws_requests.parse(text)


VALUES = st.one_of(
    st.text(max_size=8), st.integers(), st.booleans(), st.none(), st.floats(allow_nan=False)
)


@given(
    st.one_of(st.integers(), st.text(max_size=5), st.none()),
    st.text(max_size=12),
    st.dictionaries(st.text(max_size=6), VALUES, max_size=6),
    st.booleans(),
)
def test_no_request_is_read_in_two_ways(
    id_: Any, method: str, params: dict[str, Any], is_ascii: bool
) -> None:
    text = json.dumps({"id": id_, "method": method, "params": params}, ensure_ascii=is_ascii)
    quick = ws_requests._parse_usual(text)
    assert quick is None or quick == careful(text)
