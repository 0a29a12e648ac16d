"""The comparison and the invariants see deliberate mistakes, so their silence means something."""

import traceback
from random import Random

import pytest

from tests.core import canaries as wrong
from tests.core import canaries_of_rules as wrong_rules
from tests.core import canaries_of_waiting as wrong_waiting
from tests.core.compare import Comparison, MakeMachine, MakeModel, opening_batch
from tests.core.machines import Core
from tests.core.model import Model
from tests.core.strategies import Stream

SEEDS = 64  # of which a mistake in a rare rule needs some dozens, and most the first
SEEDS_WITHOUT_MISTAKE = 16
COMMANDS_PER_SEED = 2_500
LOOK_EVERY = 10  # batches; events are compared after each

CANARIES: list[type[Model]] = [
    canary
    for module in (wrong, wrong_waiting, wrong_rules)
    for canary in vars(module).values()
    if isinstance(canary, type) and issubclass(canary, Model) and canary is not Model
]

# Which invariant sees a mistake that both machines make, so that they agree with each other.
SEEN_BY = {
    wrong.TradesAtTheTakersPrice: "i6_the_makers_price_within_both_limits",
    wrong.LastInFirstOut: "i7_best_price_then_first_come",
    wrong.WorstPriceFirst: "i7_best_price_then_first_come",
    wrong.AmendLosesPriority: "i9_the_book_is_what_the_events_left_on_it",
    wrong.KeepsOneOnCancel: "i3_locked_is_what_orders_lists_and_withdrawals_hold",
    wrong.HoldOneTooMuch: "i4_a_hold_is_what_the_rest_of_the_order_costs",
    wrong.PartialFillOfFok: "i12_no_order_rests_or_takes_that_may_not",
    wrong.RestingIoc: "i12_no_order_rests_or_takes_that_may_not",
    wrong.MakerMayTake: "i12_no_order_rests_or_takes_that_may_not",
    wrong.CommissionRoundedDown: "i14_commission_is_rounded_up_by_less_than_one_unit",
    wrong.MakerPaysAsTaker: "i14_commission_is_rounded_up_by_less_than_one_unit",
    wrong.TiersIgnored: "i14_commission_is_rounded_up_by_less_than_one_unit",
    wrong.TimeRunsBackwards: "i16_events_come_without_a_gap",
    wrong.ForgetsAnUpdateId: "i21_update_and_trade_ids_without_a_gap",
    wrong.SelfTradesAllowed: "i27_no_trade_with_oneself_unless_wanted",
    wrong.CancelsWhileHalted: "i30_nothing_happens_in_a_closed_market",
    wrong.OrdersWhileCancelOnly: "i30_nothing_happens_in_a_closed_market",
    wrong_waiting.IcebergKeepsItsPlace: "i7_best_price_then_first_come",
    wrong_waiting.FiresBothOfAPair: "i4_a_hold_is_what_the_rest_of_the_order_costs",
    wrong_waiting.PendingAfterTheFirstFill: "i28_one_leg_of_a_pair_and_pending_ones_in_their_time",
    wrong_waiting.PairHoldsTwice: "i28_the_funds_of_a_pair_are_held_once",
    wrong_waiting.ListsAreNeverDone: "i28_a_list_is_done_when_its_orders_are",
    wrong_waiting.NoEndOfFollowUps: "i29_a_stop_triggers_once_and_not_too_many_at_a_time",
    wrong_waiting.StopOneTickLate: "i29_no_stop_that_was_met_is_left_waiting",
    wrong_waiting.StopsWaitForever: "i29_no_stop_that_was_met_is_left_waiting",
    wrong_waiting.StopHoldsForItsStopPrice: "i4_a_hold_is_what_the_rest_of_the_order_costs",
    wrong_rules.TransferWithoutConsent: "i27_no_trade_with_oneself_unless_wanted",
    wrong_rules.GroupsIgnored: "i27_no_trade_with_oneself_unless_wanted",
}


def where_it_fails(
    make_machine: MakeMachine, make_model: MakeModel, look_every: int = 1, seeds: int = SEEDS
) -> set[str]:
    """The functions on the way to the first failure of any seed; none if all seeds agree."""
    for seed in range(seeds):
        comparison = Comparison(make_machine, make_model, look_every)
        stream = Stream(Random(seed))
        try:
            comparison.apply(*opening_batch())
            while comparison.model.sequence < COMMANDS_PER_SEED:
                comparison.apply(*stream.batch(comparison.model))
        except (AssertionError, LookupError) as failure:
            return {frame.name for frame in traceback.extract_tb(failure.__traceback__)}
    return set()


def test_nothing_is_seen_where_there_is_no_mistake() -> None:
    assert where_it_fails(Core, Model, LOOK_EVERY, SEEDS_WITHOUT_MISTAKE) == set()


def test_there_are_enough_canaries() -> None:
    assert len(CANARIES) >= 80


@pytest.mark.parametrize("canary", CANARIES, ids=lambda canary: canary.__name__)
def test_the_comparison_sees_a_mistake_in_one_rule(canary: type[Model]) -> None:
    assert where_it_fails(Core, canary, LOOK_EVERY)


@pytest.mark.parametrize("canary", SEEN_BY, ids=lambda canary: canary.__name__)
def test_the_invariants_see_a_mistake_that_both_machines_make(canary: type[Model]) -> None:
    assert SEEN_BY[canary] in where_it_fails(canary, canary)
