"""Instruments and market data over FIX."""

from pathlib import Path
from typing import Any

from tests.gateway.fix.test_order_entry import shown
from tests.gateway.fix.trader import exchange


def wanted(request_id: str, *kinds: str, symbol: str = "BTCUSDT", depth: int = 1) -> Any:
    types = tuple((269, kind) for kind in kinds)
    book = ((264, depth), (146, 1), (55, symbol), (267, len(types)))
    return ((262, request_id), (263, 1), *book, *types)


async def test_instruments_are_listed(tmp_path: Path) -> None:
    async with exchange(tmp_path) as there:
        watcher = await there.watcher("WATCH", there.alice)
        every = await watcher.ask("x", (320, "i-1"), (559, 4))
        assert int(every[146]) == len(every.all(55)) > 1
        one = await watcher.ask("x", (320, "i-2"), (559, 0), (55, "BTCUSDT"))
        assert shown(one, 35, 320, 146, 55, 15) == ("y", "i-2", "1", "BTCUSDT", "USDT")
        none = await watcher.ask("x", (320, "i-3"), (559, 0), (55, "NOSUCH"))
        assert shown(none, 35, 25016) == ("3", "-1121")


async def test_book_and_trades_as_they_change(tmp_path: Path) -> None:
    async with exchange(tmp_path) as there:
        alice = await there.trader("ALICE", there.alice)
        await alice.order("a-1", (44, "50000"))
        await alice.hear()
        best = await there.watcher("BEST", there.alice)
        levels = await there.watcher("LEVELS", there.alice)
        trades = await there.watcher("TRADES", there.bob)
        assert (await best.ask("V", *wanted("best", "0", "1"))).all(270) == ["50000.00000000"]
        snapshot = await levels.ask("V", *wanted("levels", "0", "1", depth=5))
        assert shown(snapshot, 35, 262, 55, 268) == ("W", "levels", "BTCUSDT", "1")
        await trades.say("V", *wanted("trades", "2"))
        await alice.order("a-2", (54, 2), (44, "51000"))
        await alice.hear()
        told = await best.hear()
        assert shown(told, 35, 262, 279, 269, 270, 271) == (
            *("X", "best", "0", "1", "51000.00000000", "0.01000000"),
        )
        told = await levels.hear()
        assert shown(told, 35, 279, 269, 270) == ("X", "1", "1", "51000.00000000")
        assert int(told[25043]) == int(snapshot[25044]) + 1
        bob = await there.trader("BOB", there.bob)
        await bob.order("b-1", (54, 2), (44, "50000"))
        told = await trades.hear()
        assert shown(told, 35, 279, 269, 270, 2446) == ("X", "0", "2", "50000.00000000", "2")
        assert shown(await best.hear(), 279, 269, 270) == ("2", "0", "50000.00000000")
        assert shown(await levels.hear(), 279, 269, 270) == ("2", "0", "50000.00000000")
        await best.say("V", (262, "best"), (263, 2))
        assert (await best.ask("1", (112, "over")))[112] == "over"


async def test_what_is_refused(tmp_path: Path) -> None:
    async with exchange(tmp_path) as there:
        watcher = await there.watcher("WATCH", there.alice)
        await watcher.ask("V", *wanted("r-1", "0", "1"))
        for tags, kind, code in (
            (wanted("r-1", "0", "1"), "Y", "-1190"),
            (wanted("r-2", "0", "1", symbol="NOSUCH"), "Y", "-1121"),
            (((262, "r-3"), (263, 2)), "Y", "-1190"),
            (wanted("r-4", "0"), "3", "-1130"),
            (wanted("r-5", "0", "1", depth=5001), "3", "-1130"),
            (wanted("r-6", "0", "0"), "3", "-1189"),
            (wanted("r 7", "0", "1"), "3", "-1100"),
        ):
            said = await watcher.ask("V", *tags)
            assert shown(said, 35, 25016) == (kind, code), (tags, said.pairs)
        assert (await watcher.ask("D", (11, "a")))[25016] == "-1187"
