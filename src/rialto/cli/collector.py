"""Python's garbage collector, for a process whose objects are many, lasting and without cycles.

Open orders, balances and levels live as long as they are needed and are freed by counting. Looking
through all of them for cycles, as Python does by default, costs an order a fifth of its time and
now and then stops everything for 50 ms. Measured with benchmarks/http.py.
"""

import gc

YOUNG_OBJECTS_MAX = 50_000  # allocations between looks at the youngest objects (Python: 700)
YOUNG_LOOKS_MAX = 50  # such looks between looks at those that survived one (Python: 10)
OLD_LOOKS_MAX = 1_000  # and those between looks at everything (Python: 10)


def collect_rarely() -> None:
    """Call it once what the process starts with is loaded: that is not looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS_MAX, YOUNG_LOOKS_MAX, OLD_LOOKS_MAX)
