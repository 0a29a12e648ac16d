"""Who sends the first design's orders: signed exactly as for /api/v3.

In:  header X-MBX-APIKEY or X-API-KEY; timestamp, recvWindow and signature in the query string,
     signed over the query string and the body as sent. Or from a client that cannot set headers a
     first message {"apiKey", "timestamp", "signature"}, signed over apiKey=...&timestamp=...
     In the demo the key alone will do: whoever tries the first design's message by hand signs
     nothing.
Out: the key, or Invalid.
"""

from decimal import Decimal
from typing import Any

from rialto.gateway.caller import Authentication, Caller, signed_payload
from rialto.gateway.sockets import Scope, address_of
from rialto.gateway.sources import Sources
from rialto.gateway.weights import Weights
from rialto.gateway.wire import parameters, v1
from rialto.gateway.wire.errors import Refused
from rialto.gateway.wire.execution_ids import EXECUTION_ID_MAX, sequence_of
from rialto.gateway.wire.v1 import Invalid, Reason
from rialto.identity.api_keys import ApiKey, Permission

FOREVER_US = 2**63 - 1


class V1Callers:
    def __init__(
        self,
        sources: Sources,
        authentication: Authentication,
        weights: Weights,
        *,
        unsigned_allowed: bool,
    ) -> None:
        self._sources = sources
        self._authentication = authentication
        self._unsigned_allowed = unsigned_allowed
        self.weights = weights

    def charge(self, scope: Scope, weight: int) -> None:
        """Before anything else is looked at; Invalid if the address has asked for too much."""
        try:
            self.weights.charge(address_of(scope), weight, self._sources.clock())
        except Refused as refused:
            raise Invalid(Reason.TOO_MANY_REQUESTS, refused.message) from None

    def give_back(self, scope: Scope, weight: int) -> None:
        self.weights.give_back(address_of(scope), weight)

    def of_request(self, scope: Scope, body: bytes, permission: Permission) -> Caller:
        query: bytes = scope["query_string"]
        try:
            key = self._authentication.find(key_text(scope), permission, address_of(scope))
            texts = parameters.parse(query, b"")
            if self._is_unsigned(texts):
                return self.of_connection(address_of(scope), key)
            payload = signed_payload(query, b"") + body
            expires_us = self._authentication.check_signed(key, payload, texts)
        except Refused as refused:
            raise Invalid(Reason.NOT_AUTHENTICATED, refused.message) from None
        return Caller(address_of(scope), self._sources.clock(), key=key, expires_us=expires_us)

    def of_message(self, text: str, permission: Permission, address: str) -> ApiKey:
        texts = _texts(v1.read(text))
        signed = "&".join(f"{name}={texts[name]}" for name in sorted(texts) if name != "signature")
        try:
            key = self._authentication.find(texts.get("apiKey"), permission, address)
            if not self._is_unsigned(texts):
                self._authentication.check_signed(key, signed.encode(), texts)
        except Refused as refused:
            raise Invalid(Reason.NOT_AUTHENTICATED, refused.message) from None
        if texts.keys() != {"apiKey"}:
            raise Invalid(Reason.NOT_AUTHENTICATED, "the message has a field of no use here")
        return key

    def _is_unsigned(self, texts: dict[str, str]) -> bool:
        return self._unsigned_allowed and "signature" not in texts and "timestamp" not in texts

    def of_connection(self, address: str, key: ApiKey) -> Caller:
        """Who was authenticated when the connection began needs no signature for each order."""
        return Caller(address, self._sources.clock(), key=key, expires_us=FOREVER_US)


def _texts(document: dict[str, Any]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for name, value in document.items():
        text = f"{value:f}" if isinstance(value, Decimal) else value
        if not isinstance(text, str) or not text.isascii():
            raise Invalid(Reason.NOT_AUTHENTICATED, "a field is neither a text nor a number")
        texts[name] = text
    return texts


def since_of(scope: Scope, newest: int) -> int | None:
    """The event id to go on after, None to begin with what happens next; Invalid if it is none."""
    try:
        text = parameters.parse(scope["query_string"], b"").get("since")
        since = None if text is None else parameters.integer("since", text)
    except Refused as refused:
        raise Invalid(Reason.MALFORMED, refused.message) from None
    if since is not None and (since > EXECUTION_ID_MAX or sequence_of(since) > newest):
        raise Invalid(Reason.MALFORMED, "since is not an eventId of this exchange")
    return since


def key_text(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name in (b"x-api-key", b"x-mbx-apikey"):
            text: str = value.decode("latin-1")
            return text
    return None
