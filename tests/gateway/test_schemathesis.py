"""Whatever the OpenAPI document allows, and much that it does not, is sent to a running exchange:
no answer is a 5xx, none is of a kind that the document does not tell of, and nothing is done that
the document does not allow.

`make schemathesis` sends more of it.
"""

import hashlib
import hmac
import os
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import jsonschema  # type: ignore[import-untyped]
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import (
    CheckFunction,
    content_type_conformance,
    negative_data_rejection,
    not_a_server_error,
    response_headers_conformance,
    status_code_conformance,
)
from schemathesis.generation import GenerationMode

from rialto.gateway.endpoints import ENDPOINTS, Endpoint
from rialto.gateway.v1 import PATH as V1_PATH
from tests.cli.running import running

EXAMPLES = int(
    os.environ.get("RIALTO_SCHEMATHESIS_EXAMPLES", "6")
)  # of each endpoint, in each mode
TIMEOUT_S = 10.0
SIGNING = ("timestamp=", "recvWindow=", "signature=")
CHECKS: list[CheckFunction] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
]
MODES = {"allowed": GenerationMode.POSITIVE, "anything": GenerationMode.NEGATIVE}
Document = dict[str, Any]


class Keyed(requests.auth.AuthBase):
    def __init__(self, account: Document) -> None:
        self._key = account["api_key"]

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["X-MBX-APIKEY"] = self._key
        return request


class Signed(requests.auth.AuthBase):
    """Puts a good signature in the place of whatever was made up for one."""

    def __init__(self, account: Document) -> None:
        self._key = account["api_key"]
        self._secret = account["api_secret"].encode()

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["X-MBX-APIKEY"] = self._key
        url = urlsplit(request.url or "")
        query = _without_signing(url.query)
        raw = request.body or b""
        body = raw if isinstance(raw, bytes) else str(raw).encode()
        stamp = f"timestamp={time.time_ns() // 1_000_000}"
        query = f"{query}&{stamp}" if query else stamp
        body = _without_signing(body.decode("latin-1")).encode("latin-1")
        signature = hmac.digest(self._secret, query.encode() + body, hashlib.sha256).hex()
        request.url = urlunsplit(url._replace(query=f"{query}&signature={signature}"))
        request.headers.pop("Content-Length", None)
        request.prepare_body(body, None)
        return request


def _without_signing(pairs: str) -> str:
    return "&".join(pair for pair in pairs.split("&") if pair and not pair.startswith(SIGNING))


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Document]:
    with running(tmp_path_factory.mktemp("exchange") / "data", "--demo") as process:
        yield process.ready()
        status, _, logged = process.stop()
        assert status == 0
        assert '"level":"ERROR"' not in logged


@pytest.fixture(scope="module")
def schema(exchange: Document) -> schemathesis.BaseSchema:
    document = requests.get(f"{exchange['url']}/openapi.json", timeout=TIMEOUT_S).json()
    loaded = schemathesis.openapi.from_dict(document)
    loaded.config.update(base_url=exchange["url"])
    return loaded


Auth = requests.auth.AuthBase


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("row", ENDPOINTS, ids=lambda row: row.rest)
def test_no_server_error_and_no_undeclared_answer(
    exchange: Document, schema: schemathesis.BaseSchema, row: Endpoint, mode: str
) -> None:
    auth = Signed(exchange["accounts"][0]) if row.security.keyed else None
    ask_much(schema, row.method, row.path, mode, auth)


@pytest.mark.parametrize("mode", MODES)
def test_the_first_designs_door(
    exchange: Document, schema: schemathesis.BaseSchema, mode: str
) -> None:
    """The demo's key alone will do there."""
    ask_much(schema, "POST", V1_PATH, mode, Keyed(exchange["accounts"][0]))


def ask_much(
    schema: schemathesis.BaseSchema, method: str, path: str, mode: str, auth: Auth | None
) -> None:
    """With auth, and as nobody."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=schema[path][method].as_strategy(generation_mode=MODES[mode]))
    def ask(case: schemathesis.Case[Any]) -> None:
        for by in (auth, None) if auth else (None,):
            response = case.call(auth=by, timeout=TIMEOUT_S)
            # With a good signature put in, what was wrong may no longer be.
            strictly = [negative_data_rejection] if by is None else []
            case.validate_response(response, checks=CHECKS + strictly)
            declared(schema.raw_schema, method, path, response.status_code).validate(
                response.json()
            )

    ask()


def declared(
    document: Document, method: str, path: str, status: int
) -> jsonschema.Draft202012Validator:
    """schemathesis reads the tuples of newer schemas as older ones have them, so answers are
    looked at here.
    """
    responses = document["paths"][path][method.lower()]["responses"]
    found = responses[str(status)]["content"]["application/json"]["schema"]
    return jsonschema.Draft202012Validator({**found, "components": document["components"]})
