"""The rules as tables (scenarios/*.txt): who, does, then. Each story is told to model and core.

A line `given  min_lots=2 ...` changes the rules of BTCUSD for its story, `clock  24h` lets time
pass, `alice  has USD` looks at a balance, and `book  BTCUSD` at the orders resting, bids first.
"""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from rialto.messages import commands as c
from rialto.messages import events as e
from rialto.messages.commands import Command
from rialto.messages.events import Event
from rialto.messages.orders import ExpiryReason, Side
from rialto.messages.postings import COMMISSION, EXTERNAL
from rialto.messages.rejections import Rejection
from tests.core import markets
from tests.core.machines import Core
from tests.core.model import Model
from tests.core.sentences import (
    ACCOUNTS,
    START_US,
    account_id,
    asset_id,
    duration_us,
    identified,
    instrument_id,
    rules,
)
from tests.core.telling import told

SCENARIOS = Path(__file__).parent / "scenarios"
FUNDS = 1_000_000
# The first is for frames that our codec does not write, the second takes a million deposits
# (test_limits.py).
NOT_TOLD = {Rejection.MALFORMED, Rejection.LIMIT_REACHED}


class Line(NamedTuple):
    number: int
    who: str
    does: str
    then: str


class Story(NamedTuple):
    title: str
    lines: list[Line]


def stories() -> list[Story]:
    """Stories of all tables; a blank line ends one, and a comment above it is its title."""
    found = []
    for path in sorted(SCENARIOS.glob("*.txt")):
        title, lines = "", list[Line]()
        for number, text in enumerate([*path.read_text().splitlines(), ""], 1):
            if text.startswith("#"):
                title = title or text.strip("# ").replace(" ", "-")
            elif text.strip():
                columns = [*re.split(r"\s{2,}", text.strip()), "", ""]
                lines.append(Line(number, *columns[:3]))
            elif lines:
                found.append(Story(f"{path.stem}:{title or lines[0].number}", lines))
                title, lines = "", []
            else:
                title = ""
    return found


class Telling:
    """One story, told to both machines."""

    def __init__(self, story: Story) -> None:
        self.model, self.core = Model(), Core()
        self.time_us = START_US
        self.events: list[Event] = []
        given = " ".join(line.does for line in story.lines if line.who == "given")
        for command in opening(rules(given.split())):
            self.apply(0, 0, command)
        self.events.clear()

    def apply(self, origin: int, number: int, command: Command) -> str:
        sequence = self.model.sequence + 1
        expected = self.model.apply(sequence, self.time_us, [(origin, number, command)])
        found = self.core.apply(sequence, self.time_us, [(origin, number, command)])
        assert found == expected
        assert self.core.balances() == self.model.balances()
        self.events += found
        return told(found)

    def tell(self, line: Line) -> str:
        """What then happened, in the words of the table."""
        if line.who == "clock":
            self.time_us += duration_us(line.does)
            return ""
        if line.who == "book":
            return self.book(instrument_id(line.does))
        if line.does.startswith("has "):
            return self.balance(line.who, line.does.removeprefix("has "))
        return self.apply(*identified(line.who, line.does))

    def balance(self, who: str, symbol: str) -> str:
        names = {"commission": COMMISSION, "outside": EXTERNAL}
        account = names[who] if who in names else account_id(who)
        found = {row[:2]: row[2:] for row in self.core.balances()}
        free, locked = found.get((account, asset_id(symbol)), (0, 0))
        return f"{free} free, {locked} locked" if locked else f"{free} free"

    def book(self, instrument: int) -> str:
        rows = self.core.open_orders(instrument)
        assert rows == self.model.open_orders(instrument)
        sides = [[r for r in rows if r[2] == side] for side in Side]
        shown = [", ".join(f"#{r[0]} {r[5]} @ {r[3]}" for r in side) or "nothing" for side in sides]
        return " / ".join(shown)


def opening(given: dict[str, object]) -> list[Command]:
    """BTCUSD by the rules given, a plain ETHUSD, and accounts with a million of each asset."""
    assets = [c.AddAsset(8, "BTC"), c.AddAsset(2, "USD"), c.AddAsset(8, "ETH")]
    other = replace(markets.PLAIN, base=markets.ETH, symbol="ETHUSD")
    listed = [c.ListInstrument(replace(markets.PLAIN, **given)), c.ListInstrument(other)]
    accounts = [c.OpenAccount(account_id(name)) for name in ACCOUNTS]
    funded = [
        c.Deposit(account_id(name), asset, FUNDS)
        for name in ACCOUNTS
        if name != "poor"
        for asset in (markets.BTC, markets.USD, markets.ETH)
    ]
    return [*assets, *listed, *accounts, *funded]


@pytest.mark.parametrize("story", stories(), ids=lambda story: story.title)
def test_story(story: Story) -> None:
    telling = Telling(story)
    for line in story.lines:
        if line.who != "given":
            then = telling.tell(line)
            assert then == line.then, f"line {line.number}: {line.who} {line.does}"


def test_the_stories_show_every_rejection_and_every_reason_to_expire() -> None:
    rejections: set[Rejection] = set()
    reasons: set[ExpiryReason] = set()
    for story in stories():
        telling = Telling(story)
        for line in story.lines:
            if line.who != "given":
                telling.tell(line)
        for event in telling.events:
            if isinstance(event, e.OrderRejected | e.CommandRejected):
                rejections.add(event.rejection)
            if isinstance(event, e.OrderExpired):
                reasons.add(event.reason)
    assert set(Rejection) - rejections == NOT_TOLD
    assert reasons == set(ExpiryReason)
