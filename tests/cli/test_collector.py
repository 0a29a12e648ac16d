"""The garbage collector of a process that serves."""

import gc

from rialto.cli.collector import YOUNG_OBJECTS_MAX, collect_rarely


def test_what_was_loaded_is_frozen_and_cycles_are_still_collected() -> None:
    thresholds = gc.get_threshold()
    try:
        collect_rarely()
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold()[0] == YOUNG_OBJECTS_MAX
        assert gc.isenabled()
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)
