"""Is it there, what does its clock say, and what are its rules."""

from rialto.gateway.caller import Caller
from rialto.gateway.handlers.symbols import has_status
from rialto.gateway.sources import Sources
from rialto.gateway.wire import requests
from rialto.gateway.wire.answers import Answer, Nothing
from rialto.gateway.wire.errors import BAD_COMBINATION, Refused
from rialto.gateway.wire.exchange_info import PERMISSION_SETS, ExchangeInfo
from rialto.gateway.wire.exchange_info import exchange_info as rendered
from rialto.messages.instruments import Instrument


class ServerTime(Answer, frozen=True):
    server_time: int


async def ping(_: Sources, __: Caller, ___: requests.Nothing) -> Nothing:
    return Nothing()


async def time(_: Sources, caller: Caller, __: requests.Nothing) -> ServerTime:
    return ServerTime(caller.received_us // caller.time_divisor)


async def exchange_info(
    sources: Sources, caller: Caller, request: requests.ExchangeInfo
) -> ExchangeInfo:
    return rendered(
        _chosen(sources, request),
        sources.limits.announced,
        caller.received_us // caller.time_divisor,
        permission_sets=request.show_permission_sets,
        exchange_limits=sources.folds.catalog.exchange_limits,
    )


def _chosen(sources: Sources, request: requests.ExchangeInfo) -> list[Instrument]:
    named = (request.symbol is not None) + (request.symbols is not None)
    filtered = request.permissions is not None or request.symbol_status is not None
    if named == 2 or (named and filtered):
        raise Refused(BAD_COMBINATION)
    if request.symbol is not None:
        return [sources.instrument(request.symbol)]
    if request.symbols is not None:
        return [sources.instrument(symbol) for symbol in request.symbols]
    permissions = request.permissions
    if permissions is not None and not set(permissions) & set(PERMISSION_SETS[0]):
        return []
    status = request.symbol_status
    instruments = sources.folds.catalog.instruments.values()
    return [one for one in instruments if status is None or has_status(one, status)]
