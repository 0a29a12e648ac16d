"""ccxt's own tests of an exchange, as they ship in its wheel, pointed at Rialto.

They refuse to run where pip installs, and read settings three folders above themselves: so they
run in a tree of links to the package. Static tests need files that the wheel does not have.
"""

import asyncio
import json
import os
import re
import shutil
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from rialto.messages.commands import PlaceOrder
from rialto.messages.ids import AccountId, InstrumentId
from rialto.messages.orders import OrderType, Side, StpMode, TimeInForce
from tests.compat.clients.addresses import of_ccxt
from tests.compat.driving import at
from tests.compat.environments import ROOT, python_of
from tests.gateway.doors import open_doors
from tests.gateway.venue import Venue, WallClock

TIMEOUT_S = 120.0
NO_MARGIN = "Rialto is a spot exchange: no margin, no contracts"
# Whole tests, or single properties of what they look at; docs/guide/clients.md lists them too.
SKIPPED: dict[str, str | dict[str, str]] = {
    "fetchBorrowInterest": NO_MARGIN,
    "fetchLeverageTiers": NO_MARGIN,
    "fetchMarginModes": NO_MARGIN,
    "createOrder": "in Python it joins a text and a number in its own log line and ends",
    "orderBook": {"timestamp": "Binance's depth tells no time either"},
    "watchOrders": "it gives the commission of an order as text, and its test wants a number",
    "fetchDeposits": {
        "network": "deposits by the operator came through no network",
        "updated": "Binance's deposits have no such time either",
        "fee": "nor a fee",
    },
}
EXCHANGE = {
    "id": "rialto",  # an exchange called binance must have the addresses of Binance
    "has": dict.fromkeys(["swap", "future", "option", "margin", "watchPositions"], False),
    "options": {"fetchMarkets": {"types": ["spot"]}},
}
REST = """
    loadMarkets features afterConstruct fetchCurrencies fetchTicker fetchTickers fetchLastPrices
    fetchOHLCV fetchTrades fetchOrderBook fetchStatus fetchBalance
    fetchTransactionFees fetchTradingFees fetchOrders fetchOpenOrders fetchClosedOrders
    fetchMyTrades fetchDeposits fetchWithdrawals fetchTransfers
"""
WS = """
    loadMarkets watchOHLCV watchOHLCVForSymbols watchTicker watchTickers watchBidsAsks
    watchOrderBook watchOrderBookForSymbols watchTrades watchTradesForSymbols watchBalance
    watchMyTrades
"""
MIDDLES = {InstrumentId(0): 5_000_000, InstrumentId(1): 300_000}  # BTCUSDT and ETHUSDT, in ticks
PAUSE_S = 0.1
QUANTITY_LOTS = 2_000


class Trading:
    """All the time, since streams tell nothing when nothing happens."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    async def start(self) -> None:
        """With a book that stays."""
        for account, side, away in ((1, Side.SELL, 300), (2, Side.BUY, -300)):
            await self._place_everywhere(AccountId(account), side, away)

    async def go_on(self) -> None:
        """alice rests an order on each side, and bob takes it."""
        while True:
            for side, other, away in ((Side.SELL, Side.BUY, 10), (Side.BUY, Side.SELL, -10)):
                await self._place_everywhere(AccountId(1), side, away)
                await asyncio.sleep(PAUSE_S)
                await self._place_everywhere(AccountId(2), other, away)

    async def _place_everywhere(self, account: AccountId, side: Side, away: int) -> None:
        for instrument, middle in MIDDLES.items():
            kind = (OrderType.LIMIT, TimeInForce.GTC, StpMode.EXPIRE_MAKER, False)
            order = PlaceOrder(account, instrument, side, *kind, middle + away, QUANTITY_LOTS)
            await self._venue.engine.submit(order)


@asynccontextmanager
async def trading(venue: Venue) -> AsyncIterator[None]:
    trading = Trading(venue)
    await trading.start()
    task = asyncio.create_task(trading.go_on())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


def lay_out(directory: Path, venue: Venue, python: Path) -> None:
    """The package as if it were ccxt's repository, and the settings that its tests read."""
    (package,) = python.parents[1].glob("lib/python*/site-packages/ccxt")
    shutil.copytree(package, directory / "python" / "ccxt", copy_function=os.symlink)
    host, keys = at(venue)
    key, secret = keys["alice"]
    settings = {**EXCHANGE, "apiKey": key, "secret": secret, "urls": {"api": of_ccxt(host)}}
    (directory / "keys.local.json").write_text(json.dumps({"binance": settings}))
    skipped = {"binance": {"skipMethods": SKIPPED}}
    (directory / "skip-tests.json").write_text(json.dumps(skipped))


async def run_tests(directory: Path, python: Path, *options: str) -> str:
    """What they print."""
    tree = directory / "python"
    process = await asyncio.create_subprocess_exec(
        *(str(python), "-m", "tests_init", "binance", "BTC/USDT", "--private", *options),
        cwd=directory,
        env={**os.environ, "PYTHONPATH": f"{tree}/ccxt/test:{tree}", "NO_PROXY": "*"},
        stdout=PIPE,
        stderr=STDOUT,
    )
    try:
        async with asyncio.timeout(TIMEOUT_S):
            printed, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, printed.decode()
    return printed.decode()


@pytest.mark.parametrize(
    ("options", "expected"),
    [(["--sync", "--fundedTests"], REST), (["--fundedTests"], REST), (["--ws"], WS)],
    ids=["sync", "async", "ws"],
)
async def test_ccxts_own_tests(tmp_path: Path, options: list[str], expected: str) -> None:
    python = await asyncio.to_thread(python_of, "ccxt")
    (tmp_path / "exchange").mkdir()
    async with open_doors(tmp_path / "exchange", clock=WallClock()) as (venue, _):
        await asyncio.to_thread(lay_out, tmp_path, venue, python)
        async with trading(venue):
            printed = await run_tests(tmp_path, python, *options)
    failed = re.findall(r"\[TEST_(?:FAILURE|WARNING)\].*|^\w+Error: .*", printed, re.MULTILINE)
    assert not any(line.startswith("[TEST_") for line in failed), "\n".join(failed)
    passed = set(re.findall(r"TESTING DONE +rialto (\w+)", printed))
    assert passed == set(expected.split())


def test_the_guide_lists_what_is_skipped() -> None:
    guide = (ROOT / "docs" / "guide" / "clients.md").read_text()
    assert [name for name in SKIPPED if f"`{name}`" not in guide] == []
