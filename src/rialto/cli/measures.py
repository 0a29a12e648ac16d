"""What /metrics shows, and the one thing that is done once a second: asking SQL how far it is."""

import asyncio
from collections.abc import Sized

from rialto.engine.engine import Engine
from rialto.gateway.sources import Folds
from rialto.messages.ids import Sequence
from rialto.projections.database import Database
from rialto.telemetry import Metrics

LOOK_EVERY_S = 1.0


class Measures:
    """run() while the exchange serves."""

    def __init__(
        self, engine: Engine, folds: Folds, database: Database, connections: Sized
    ) -> None:
        self._engine = engine
        self._folds = folds
        self._database = database
        self._sql_sequence = Sequence(0)
        self.metrics = Metrics()
        watch = self.metrics.watch
        watch("rialto_sequence", "Last durable command.", lambda: engine.sequence)
        watch("rialto_inbox_commands", "Taken, not answered yet.", lambda: engine.waiting_commands)
        watch("rialto_flush_seconds", "Of the command log, the last.", lambda: engine.flush_s)
        watch(
            "rialto_projection_lag_commands",
            "Durable commands that SQL did not have a second ago.",
            lambda: max(0, engine.sequence - self._sql_sequence),
        )
        watch("rialto_websocket_connections", "Open now.", lambda: len(connections))

    async def run(self) -> None:
        """Until canceled. What SQL has need not be kept in memory any more."""
        while True:
            self._sql_sequence = await asyncio.to_thread(self._database.checkpoint)
            self._folds.orders.forget_closed(self._sql_sequence)
            await asyncio.sleep(LOOK_EVERY_S)
