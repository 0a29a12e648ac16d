"""After a kill: what the client was told against what the exchange has, and against a replay."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from rialto.engine.engine import Engine
from rialto.engine.proof import prove
from rialto.messages import events as e
from tests.faults.driver import LIMITS, Journal, digest, place, read_journal, untold

SAMPLED = 50  # one in so many is also looked up by its sequence
PLACED, REJECTED = e.OrderPlaced.__name__, e.OrderRejected.__name__


@dataclass(frozen=True, slots=True)
class Report:
    """How much was compared; that it agrees is asserted."""

    acknowledged: int
    retried: int
    sequence: int


async def check(directory: Path, journal: Path) -> Report:
    """AssertionError if an acknowledged order is not there exactly once and as it was told."""
    engine = await Engine.open(directory, None, LIMITS)
    try:
        before = read_journal(journal)
        retried = untold(before)
        notebook = Journal(journal)
        for _ in range(2):  # the second time finds what the first one did, or did again
            for wanted in retried:
                await place(engine, notebook, wanted)
        rows = read_journal(journal)
        _compare(rows, _History(engine), engine)
        _money_is_conserved(engine)
        reached, sequence = engine.core.state_hash(), engine.sequence
    finally:
        await engine.close()
    proof = prove(directory)
    assert proof.differences == []
    assert (proof.core.state_hash(), proof.core.sequence) == (reached, sequence)
    return Report(sum(row[0] == "told" for row in before), len(retried), sequence)


class _History:
    """Every event by sequence, and where each client order id was accepted; no gap, no overfill."""

    def __init__(self, engine: Engine) -> None:
        self.events: dict[int, list[e.Event]] = defaultdict(list)
        self.accepted: dict[str, list[int]] = defaultdict(list)
        self._left: Counter[int] = Counter()
        for batch in engine.read_events(0):
            for event in batch:
                self._note(event)
        assert list(self.events) == list(range(1, engine.sequence + 1))

    def _note(self, event: e.Event) -> None:
        self.events[event.sequence].append(event)
        if isinstance(event, e.OrderPlaced):
            self.accepted[event.client_order_id].append(event.sequence)
            self._left[event.order_id] = event.quantity_lots
        elif isinstance(event, e.TradeExecuted):
            for order_id in (event.taker_order_id, event.maker_order_id):
                self._left[order_id] -= event.quantity_lots
                assert self._left[order_id] >= 0, f"order {order_id} traded twice"


def _compare(rows: list[list[object]], history: _History, engine: Engine) -> None:
    assert all(len(sequences) == 1 for sequences in history.accepted.values())
    for row in rows:
        if row[0] != "told":
            continue
        _, client_order_id, sequence, outcome, told_digest = row
        assert isinstance(client_order_id, str)
        assert isinstance(sequence, int)
        if outcome == PLACED:
            assert history.accepted.get(client_order_id) == [sequence], client_order_id
        else:
            assert (outcome, client_order_id in history.accepted) == (REJECTED, False)
        assert digest(history.events[sequence]) == told_digest, client_order_id
        if sequence % SAMPLED == 0:
            assert engine.events_of(sequence) == history.events[sequence]


def _money_is_conserved(engine: Engine) -> None:
    totals: Counter[int] = Counter()
    for _, asset, free, locked in engine.core.balances():
        totals[asset] += free + locked
    assert set(totals.values()) <= {0}
