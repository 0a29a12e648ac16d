"""An order that was sent before: what is told of it instead of a second one."""

import msgspec

from rialto.gateway.fix.reports import Event
from rialto.gateway.sources import Sources
from rialto.gateway.wire.execution_reports import Reporter
from rialto.gateway.wire.time_units import MICROSECOND
from rialto.messages.events import OrderPlaced, OrderRepeated


async def repeated_report(sources: Sources, repeated: OrderRepeated) -> list[Event]:
    """That it was placed, with its status of now; of every order of its command."""
    told: list[Event] = []
    for event in sources.engine.events_of(repeated.original_sequence):
        if isinstance(event, OrderPlaced):
            order = await sources.find_order(event.order_id)
            if order is not None:
                instrument = sources.folds.catalog.instruments[order.instrument]
                reporter = Reporter(event, instrument, MICROSECOND, sources.clock())
                told.append(msgspec.json.decode(reporter.placed(order)))
    return told
