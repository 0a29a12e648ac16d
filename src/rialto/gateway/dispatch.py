"""From a request to its answer, the same for every transport: charge, authenticate, read, act.

In:  a row of the endpoint table, and what the transport found: address, key, signed bytes,
     parameters.
Out: what the answer's JSON says; or Refused, which each transport renders in its own way.
"""

from typing import Any

import msgspec

from rialto.gateway.caller import Authentication, Caller
from rialto.gateway.endpoints import Endpoint
from rialto.gateway.sources import Sources
from rialto.gateway.weights import Weights
from rialto.gateway.wire.errors import TIMEOUT, UNEXPECTED_RESPONSE, Refused
from rialto.gateway.wire.parameters import Reader

OUTCOME_UNKNOWN = frozenset((TIMEOUT.code, UNEXPECTED_RESPONSE.code))


class Asked(msgspec.Struct, gc=False):
    """One request as a transport received it. The signing parameters are taken out of texts on the
    way.
    """

    address: str
    received_us: int
    time_divisor: int
    key: str | None
    payload: bytes  # what was signed
    texts: dict[str, str]


class Route(msgspec.Struct, frozen=True, gc=False):
    row: Endpoint
    reader: Reader[Any]


def route(row: Endpoint) -> Route:
    return Route(row, Reader(row.request))


class Dispatch:
    def __init__(self, sources: Sources, authentication: Authentication, weights: Weights) -> None:
        self.sources = sources
        self.authentication = authentication
        self.weights = weights

    async def answer(self, to: Route, asked: Asked) -> tuple[Any, Caller]:
        """What the handler answers, and for whom."""
        row = to.row
        weight = row.weight if isinstance(row.weight, int) else row.weight(asked.texts)
        self.weights.charge(asked.address, weight, asked.received_us)
        sent = len(asked.texts)
        caller = self._caller(row, asked)
        request = to.reader.read(asked.texts, sent - len(asked.texts))
        if row.orders:
            answer = await self._ordered(row, caller, request)
        else:
            answer = await row.handler(self.sources, caller, request)
        if row.is_free_when_done:
            self.weights.give_back(asked.address, weight)
        return answer, caller

    def _caller(self, row: Endpoint, asked: Asked) -> Caller:
        security = row.security
        if not security.keyed:
            return Caller(asked.address, asked.received_us, asked.time_divisor)
        key = self.authentication.find(asked.key, security.permission)
        expires_us = 0
        if security.signed:
            expires_us = self.authentication.check_signed(key, asked.payload, asked.texts)
        return Caller(asked.address, asked.received_us, asked.time_divisor, key, expires_us)

    async def _ordered(self, row: Endpoint, caller: Caller, request: Any) -> Any:
        """Counted before it is sent, so that many at once cannot pass the limit together."""
        account = caller.account
        self.weights.charge_orders(account, row.orders, caller.received_us)
        try:
            return await row.handler(self.sources, caller, request)
        except Refused as refused:
            if refused.code not in OUTCOME_UNKNOWN:
                self.weights.give_back_orders(account, row.orders)
            raise
