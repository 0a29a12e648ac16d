"""Which instruments a request is about: `symbol`, `symbols` or all, and `symbolStatus`."""

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from rialto.gateway.sources import Sources
from rialto.gateway.wire.errors import (
    BAD_COMBINATION,
    EITHER_PARAMETER,
    STATUS_DOES_NOT_MATCH,
    Refused,
)
from rialto.gateway.wire.requests import SymbolStatus
from rialto.messages.instruments import Instrument
from rialto.messages.orders import InstrumentStatus

T = TypeVar("T")

_STATUSES = {
    SymbolStatus.TRADING: InstrumentStatus.TRADING,
    SymbolStatus.HALT: InstrumentStatus.HALT,
}


class OneOrMany(Protocol):
    """A request with the three parameters."""

    @property
    def symbol(self) -> str | None: ...
    @property
    def symbols(self) -> tuple[str, ...] | None: ...
    @property
    def symbol_status(self) -> SymbolStatus | None: ...


def each(sources: Sources, request: OneOrMany, show: Callable[[Instrument], T]) -> T | list[T]:
    """One thing for `symbol`, a list for `symbols` or for all that there are. A status leaves
    others out of a list.
    """
    status = request.symbol_status
    if request.symbol is not None:
        if request.symbols is not None:
            raise Refused(BAD_COMBINATION)
        return show(with_status(sources.instrument(request.symbol), status))
    wanted: Iterable[Instrument] = sources.folds.catalog.instruments.values()
    if request.symbols is not None:
        wanted = [sources.instrument(symbol) for symbol in request.symbols]
    return [show(one) for one in wanted if status is None or has_status(one, status)]


def each_named(
    sources: Sources, request: OneOrMany, show: Callable[[Instrument], T]
) -> T | list[T]:
    """The same where all that there are would be too much to ask for."""
    if request.symbol is None and request.symbols is None:
        raise Refused(EITHER_PARAMETER, "symbol", "symbols")
    return each(sources, request, show)


def with_status(instrument: Instrument, status: SymbolStatus | None) -> Instrument:
    """The instrument; Refused if it has another status than the one that is asked for."""
    if status is not None and not has_status(instrument, status):
        raise Refused(STATUS_DOES_NOT_MATCH)
    return instrument


def has_status(instrument: Instrument, status: SymbolStatus) -> bool:
    """BREAK is a word of the wire that no instrument of ours has."""
    return instrument.status is _STATUSES.get(status)
