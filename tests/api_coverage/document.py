"""docs/api-coverage.md: of everything that Binance has, whether it works, differs or is not there.

In:  binance.toml, and what tables.py reads from Rialto's tables.
Out: Markdown. mistakes() says what binance.toml and the tables do not agree on.
"""

import tomllib
from collections.abc import Iterable, Iterator
from itertools import chain, product
from pathlib import Path
from typing import Any, NamedTuple

from tests.api_coverage import tables

BINANCE: dict[str, Any] = tomllib.loads(Path(__file__).with_name("binance.toml").read_text())
ELSEWHERE = "-"  # the weight of what Binance weighs by another count
HEAD = """\
# What works

Everything that Binance's Spot API has (its public documentation of 2026-07-21, and the few other
paths that client libraries call), and whether Rialto has it. `make coverage-doc` writes this page
from the endpoint table, the stream table, the enums, the filters and the errors; a test fails when
they disagree.

* **works**: with Binance's name, parameters, weight and codes.
* **differs**: it is there; the note says what is different.
* **not there**: asked for, it is refused like anything that does not exist.

What no name shows:

{behaviour}
"""


class Line(NamedTuple):
    name: str
    about: str  # the weight or the speed
    is_there: bool

    @property
    def status(self) -> str:
        if not self.is_there:
            return _with_reason("not there", BINANCE["absent"].get(self.name))
        return _with_reason("differs", BINANCE["differs"].get(self.name)) or "works"


class Section(NamedTuple):
    title: str
    about: str  # the heading of the second column, "" if it has none
    lines: list[Line]
    own: list[str]  # what only Rialto has


def document() -> str:
    sections = list(_sections())
    behaviour = "\n".join(f"* {sentence}" for sentence in BINANCE["behaviour"])
    head = HEAD.format(behaviour=behaviour)
    return "\n".join([head, *_summary(sections), *(_table(section) for section in sections)])


def mistakes() -> list[str]:
    """Weights, speeds and callers that are not Binance's, and notes on what is not so."""
    lines = {line.name: line for section in _sections() for line in section.lines}
    found = []
    for name, expected, actual in chain(_compared(), _compared_callers()):
        if expected not in (ELSEWHERE, actual) and name not in BINANCE["differs"]:
            found.append(f"{name}: {actual} here, {expected} at Binance")
    for name in BINANCE["differs"]:
        if name not in lines:
            found.append(f"differs: Binance has no {name}")
    for name in BINANCE["absent"]:
        if name not in lines:
            found.append(f"absent: Binance has no {name}")
        elif lines[name].is_there:
            found.append(f"absent: {name} is there")
    return found


def _compared() -> Iterator[tuple[str, str, str]]:
    """(name, what it should be, what it is) of all that is there."""
    for part, there in (
        ("endpoints", tables.endpoints()),
        ("ws_methods", tables.ws_methods()),
        ("streams", tables.streams()),
    ):
        for pattern, expected in _rows(part):
            for name in _expanded(pattern):
                if name in there:
                    yield pattern, expected, there[name]


def _compared_callers() -> Iterator[tuple[str, str, str]]:
    """The same of what is asked of the caller, and of what an order counts."""
    orders = tables.unfilled_orders()
    for name, actual in tables.securities().items():
        if name in dict(_rows("endpoints")):
            yield name, _security(name), actual
            counted = BINANCE["unfilled_orders"].get(name, 0)
            yield name, f"{counted} unfilled orders", f"{orders[name]} unfilled orders"


def _security(name: str) -> str:
    fitting = (
        word for word, *beginnings in BINANCE["security"] if name.startswith(tuple(beginnings))
    )
    return str(next(fitting))


def _sections() -> Iterator[Section]:
    yield _named("REST", "endpoints", "weight", tables.endpoints())
    yield _named("WebSocket API", "ws_methods", "weight", tables.ws_methods())
    yield _named("Streams", "streams", "speed", tables.streams())
    there = tables.words()
    for title, names in BINANCE["words"].items():
        lines = [Line(name, "", name in there[title]) for name in names]
        yield Section(title.capitalize(), "", lines, sorted(there[title] - set(names)))
    codes = tables.error_codes()
    errors = [Line(code, name, code in codes) for code, name in BINANCE["errors"].items()]
    yield Section("Error codes", "name", errors, sorted(codes - set(BINANCE["errors"])))


def _named(title: str, part: str, about: str, there: dict[str, str]) -> Section:
    lines, known = [], set()
    for pattern, text in _rows(part):
        names = list(_expanded(pattern))
        known |= set(names)
        lines.append(Line(pattern, text, all(name in there for name in names)))
    return Section(title, about, lines, [name for name in there if name not in known])


def _rows(part: str) -> list[tuple[str, str]]:
    """Names, and what stands behind them; two spaces or more are between."""
    rows = [line.split("  ", 1) for line in BINANCE[part].strip().splitlines()]
    return [(name, text.strip()) for name, text in rows]


def _expanded(pattern: str) -> Iterator[str]:
    """Every stream that a name with <interval>, <window> or <levels> stands for."""
    values = BINANCE["stream_values"]
    holes = [hole for hole in values if f"<{hole}>" in pattern]
    for chosen in product(*(values[hole] for hole in holes)):
        name = pattern
        for hole, value in zip(holes, chosen, strict=True):
            name = name.replace(f"<{hole}>", value)
        yield name


def _with_reason(status: str, reason: str | None) -> str:
    if reason is None:
        return "" if status == "differs" else status
    return f"{status}: {reason}"


def _summary(sections: Iterable[Section]) -> list[str]:
    rows = ["| | works | differs | not there |", "| --- | ---: | ---: | ---: |"]
    for section in sections:
        words = [line.status.partition(":")[0] for line in section.lines]
        counts = [words.count(word) for word in ("works", "differs", "not there")]
        rows.append(f"| {section.title} | {' | '.join(map(str, counts))} |")
    return [*rows, ""]


def _table(section: Section) -> str:
    if section.about:
        rows = [f"| | {section.about} | |", "| --- | --- | --- |"]
        rows += [f"| `{line.name}` | {line.about} | {line.status} |" for line in section.lines]
    else:
        rows = ["| | |", "| --- | --- |"]
        rows += [f"| `{line.name}` | {line.status} |" for line in section.lines]
    if section.own:
        rows += ["", f"Only Rialto has {', '.join(f'`{name}`' for name in section.own)}."]
    return "\n".join([f"## {section.title}", "", *rows, ""])
