"""Stories as text: what a trader asks of its client, and below it, indented, what then holds.

    alice place side=SELL type=LIMIT timeInForce=GTC quantity=1 price=50000 as=maker
        alice NEW NEW | position
    bob place side=BUY type=LIMIT_MAKER quantity=0.1 price=50000
        bob refused -2010
        bob REJECTED REJECTED
    alice cancel orderId=$maker

`as` keeps the id of the order or the list for later lines. Below a step stand, for each trader who
is told something, the events in their order. Steps that ask for nothing: `settle` compares all
money, `book` the depth, `alice locked` what is held.
"""

from pathlib import Path
from typing import Any, NamedTuple

STORIES = Path(__file__).with_name("stories")
INTEGERS = ("orderId", "orderListId", "cancelOrderId", "trailingDelta", "pegOffsetValue")


class Step(NamedTuple):
    who: str
    name: str
    parameters: dict[str, Any]
    then: list[tuple[str, str]]  # (trader, what it is told)


def story(name: str) -> list[Step]:
    steps: list[Step] = []
    for line in (STORIES / f"{name}.txt").read_text().splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if line.startswith("    "):
            steps[-1].then.append((words[0], " ".join(words[1:])))
        else:
            who, *rest = words if len(words) > 1 else ["", *words]
            given = (word.split("=", 1) for word in rest[1:])
            steps.append(Step(who, rest[0], {name: _value(name, text) for name, text in given}, []))
    return steps


def _value(name: str, text: str) -> Any:
    return int(text) if name in INTEGERS and not text.startswith("$") else text
