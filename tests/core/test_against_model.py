"""The core and the naive exchange get the same random commands, and must agree on everything."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rialto.messages import commands as c
from rialto.messages.codec import EVENT_KINDS
from rialto.messages.orders import ExpiryReason
from rialto.messages.rejections import Rejection
from tests.core.compare import Comparison, compare_seed, opening_batch
from tests.core.machines import Core, RestoredCore
from tests.core.markets import some_definition
from tests.core.model import Identified, Model
from tests.core.strategies import Stream

SEEDS = 70
COMMANDS_PER_SEED = 3_000
LOOK_EVERY = 10  # batches; events are compared and judged after each
TIMEOUT_S = 900
# The first is for frames that our codec does not write, the second takes a million deposits
# (test_limits.py).
OUT_OF_REACH = {Rejection.MALFORMED, Rejection.LIMIT_REACHED}


@pytest.mark.slow
@pytest.mark.timeout(TIMEOUT_S)
def test_random_commands_give_the_same_events_and_reach_every_rule() -> None:
    seen: dict[str, int] = {}
    compared = 0
    for seed in range(SEEDS):
        machine = Core if seed % 2 else RestoredCore
        figures = compare_seed(seed, COMMANDS_PER_SEED, machine, LOOK_EVERY)
        compared += figures.commands
        for name, count in figures.events.items():
            seen[name] = seen.get(name, 0) + count
    assert compared >= 200_000
    assert seen["TradeExecuted"] > compared // 20
    words = {word for name in seen for word in name.split()}
    events = {event.__name__ for event in EVENT_KINDS.values()}
    assert words >= events
    assert words >= {reason.name for reason in ExpiryReason}
    assert words >= {rejection.name for rejection in set(Rejection) - OUT_OF_REACH}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(random=st.randoms(use_true_random=False), batches=st.integers(1, 40))
def test_hypothesis_finds_no_difference(random: Random, batches: int) -> None:
    comparison, stream = Comparison(), Stream(random)
    comparison.apply(*opening_batch())
    for _ in range(batches):
        comparison.apply(*stream.batch(comparison.model))


def test_random_definitions_are_judged_alike() -> None:
    """Each field of an instrument at its bounds and beyond."""
    random = Random(1)
    assets = [c.AddAsset(8, symbol) for symbol in ("BTC", "USD", "ETH", "GOLD", "YEN")]
    for _ in range(4_000):
        commands = [*assets, c.ListInstrument(some_definition(random))]
        batch: list[Identified] = [(0, 0, command) for command in commands]
        assert Core().apply(1, 1, batch) == Model().apply(1, 1, batch)
