"""A trading session of two accounts at one client: every step, what both are told, and their money.

Whoever is told of something is told in order, and of nothing that is not expected. The money is
counted from the trades alone, by Binance's arithmetic, and compared with what Rialto says.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import ROUND_DOWN, Decimal
from pathlib import Path
from typing import Any

from tests.compat.driving import Driver, Refusal, at, driving
from tests.compat.story import Step
from tests.gateway.doors import open_doors
from tests.gateway.venue import Venue, WallClock

WHO = ("alice", "bob")
SYMBOL = "BTCUSDT"
COMMISSION_RATE = Decimal("0.001")
SATOSHI = Decimal("0.00000001")
FUNDS = {"USDT": Decimal(10_000_000), "BTC": Decimal(100)}
# Where the client keeps no code: binance-sdk-spot of a 409, ccxt where it knows the text.
CODES = {
    "Order cancel-replace partially failed.": -2021,
    "binance Order would immediately match and take.": -2010,
    "binance Order would trigger immediately.": -2010,
}


class Session:
    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.money = {who: dict(FUNDS) for who in WHO}
        self._balances: dict[str, dict[str, tuple[Decimal, Decimal]]] = {who: {} for who in WHO}
        self._ids: dict[str, int] = {}

    async def play(self, steps: list[Step]) -> None:
        for step in steps:
            match step.name:
                case "settle":
                    found: Any = [await self._settle(who) for who in WHO]
                    assert found == [self.money[who] for who in WHO]
                case "book":
                    assert await self._book() == step.then
                case "locked":
                    assert await self._locked(step.who) == step.then
                case _:
                    await self._take(step)

    async def _take(self, step: Step) -> None:
        parameters: dict[str, Any] = {"symbol": SYMBOL} | {
            name: self._ids[str(value)[1:]] if str(value).startswith("$") else value
            for name, value in step.parameters.items()
        }
        name = parameters.pop("as", "")
        then = []
        try:
            answer = await self.driver.call(step.who, step.name, **parameters)
            self._ids[name] = _id_in(answer) if name else 0
        except Refusal as refusal:
            then.append((step.who, f"refused {_code(refusal)}"))
        for who, told in step.then[len(then) :]:
            events = await self.driver.call(who, "events", count=told.count("|") + 1)
            then.append((who, " | ".join(self._note(who, event) for event in events)))
        assert then == step.then, step

    async def _settle(self, who: str) -> dict[str, Decimal]:
        """All that it has, which is what it was told last."""
        account = await self.driver.call(who, "account")
        balances = {
            b["asset"]: (Decimal(b["free"]), Decimal(b["locked"])) for b in account["balances"]
        }
        told = self._balances[who]
        assert {asset: balances[asset] for asset in told} == told
        return {asset: sum(balances[asset], Decimal()) for asset in FUNDS}

    async def _locked(self, who: str) -> list[tuple[str, str]]:
        account = await self.driver.call(who, "account")
        locked = {b["asset"]: b["locked"] for b in account["balances"] if Decimal(b["locked"])}
        told = " ".join(f"{asset} {short(locked[asset])}" for asset in FUNDS if asset in locked)
        return [(who, told)] if told else []

    async def _book(self) -> list[tuple[str, str]]:
        depth = await self.driver.call("alice", "depth", symbol=SYMBOL)
        sides = (
            (side, [short(n) for level in depth[side] for n in level]) for side in ("bids", "asks")
        )
        return [(side, " ".join(numbers)) for side, numbers in sides if numbers]

    def _note(self, who: str, event: Any) -> str:
        """In words; its money is counted."""
        match event["e"]:
            case "executionReport":
                if event["x"] == "TRADE":
                    self._count(who, event)
                return _in_words(event)
            case "outboundAccountPosition":
                told = {b["a"]: (Decimal(b["f"]), Decimal(b["l"])) for b in event["B"]}
                self._balances[who] |= told
                return "position"
            case "listStatus":
                return f"list {event['l']} {event['L']}"
        return str(event["e"])

    def _count(self, who: str, report: Any) -> None:
        quantity, amount = Decimal(report["l"]), Decimal(report["Y"])
        assert amount == quantity * Decimal(report["L"])
        sign = 1 if report["S"] == "BUY" else -1
        received, asset = (quantity, "BTC") if sign > 0 else (amount, "USDT")
        commission = (received * COMMISSION_RATE).quantize(SATOSHI, ROUND_DOWN)
        assert (Decimal(report["n"]), report["N"]) == (commission, asset)
        self.money[who]["BTC"] += sign * quantity
        self.money[who]["USDT"] -= sign * amount
        self.money[who][asset] -= commission


def _id_in(answer: Any) -> int:
    """Of the list, else of the order, of a replacement the new one."""
    answer = answer.get("newOrderResponse") or answer
    return int(answer["orderId"] if answer.get("orderListId", -1) == -1 else answer["orderListId"])


def _code(refusal: Refusal) -> int:
    said = refusal.said
    return int(CODES[said["message"]] if said.get("code") is None else said["code"])


def _in_words(report: Any) -> str:
    """What happened, to which state, and how much at which price, or why."""
    words = [report["x"], report["X"]]
    if report["x"] == "TRADE":
        words += [short(report["l"]), "at", short(report["L"])]
    elif report["x"] == "NEW" and not report["w"]:
        words.append("waiting")
    elif report["x"] == "EXPIRED":
        words.append(report["eR"])
    return " ".join(words)


def short(number: str) -> str:
    """Without zeros at its end."""
    return f"{Decimal(number).normalize():f}"


@asynccontextmanager
async def session(directory: Path, client: str, door: str) -> AsyncIterator[tuple[Venue, Session]]:
    async with (
        open_doors(directory, clock=WallClock()) as (venue, _),
        driving(client, *at(venue), door=door) as driver,
    ):
        for who in WHO:
            await driver.call(who, "listen")
        yield venue, Session(driver)
