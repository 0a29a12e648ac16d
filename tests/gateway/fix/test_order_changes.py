"""Mass cancel, cancel-replace, amend, order lists and limits over FIX."""

from pathlib import Path
from typing import Any

from rialto.identity.api_keys import Permission
from tests.gateway.fix.test_order_entry import shown
from tests.gateway.fix.trader import Trader, exchange

RELEASED = ((25011, 3), (25012, 0), (25013, 1))


def terms(client_order_id: str, side: int, kind: object, *more: Any) -> tuple[Any, ...]:
    return ((11, client_order_id), (54, side), (55, "BTCUSDT"), (38, "0.01"), (40, kind), *more)


def limit(price: str) -> tuple[Any, ...]:
    return ((44, price), (59, 1))


async def test_all_orders_of_an_instrument_are_canceled(tmp_path: Path) -> None:
    async with exchange(tmp_path) as there:
        alice = await there.trader("ALICE", there.alice)
        for number in range(3):
            await alice.order(f"a-{number}")
            await alice.hear()
        await alice.say("q", (11, "m-1"), (55, "BTCUSDT"), (530, 1))
        said = [await alice.hear() for _ in range(4)]
        (report,) = [each for each in said if each.kind == "r"]
        assert shown(report, 11, 531, 533) == ("m-1", "1", "3")
        assert {each[41] for each in said if each.kind == "8"} == {"a-0", "a-1", "a-2"}
        refused = await alice.ask("q", (11, "m-2"), (55, "BTCUSDT"), (530, 1))
        assert shown(refused, 35, 531, 25016) == ("r", "0", "-2011")


async def test_an_order_is_replaced_or_not(tmp_path: Path) -> None:
    async with exchange(tmp_path) as there:
        alice = await there.trader("ALICE", there.alice)
        await alice.order("a-1")
        await alice.hear()
        new = terms("a-2", 1, 2, *limit("49000"))
        canceled = await alice.ask("XCN", (25033, 1), (41, "a-1"), (25034, "c-1"), *new)
        placed = await alice.hear()
        assert shown(canceled, 11, 41, 150) == ("c-1", "a-1", "4")
        assert shown(placed, 11, 44, 150) == ("a-2", "49000.00000000", "0")
        again = terms("a-3", 1, 2, *limit("48000"))
        refused = await alice.ask("XCN", (25033, 1), (41, "a-1"), (25034, "c-2"), *again)
        assert shown(refused, 35, 11, 41, 25016) == ("9", "c-2", "a-1", "-2011")
        await alice.say("XCN", (25033, 2), (41, "a-1"), (25034, "c-3"), *again)
        both = {(await alice.hear()).kind for _ in range(2)}
        assert both == {"8", "9"}


async def test_an_order_is_amended_and_keeps_its_place(tmp_path: Path) -> None:
    async with exchange(tmp_path) as there:
        alice = await there.trader("ALICE", there.alice)
        await alice.order("a-1")
        await alice.hear()
        less = ((41, "a-1"), (55, "BTCUSDT"), (38, "0.004"))
        amended = await alice.ask("XAK", (11, "a-2"), *less)
        assert shown(amended, 35, 11, 41, 150, 38) == ("8", "a-2", "a-1", "5", "0.00400000")
        refused = await alice.ask("XAK", (11, "a-3"), (41, "a-9"), *less[1:])
        assert shown(refused, 35, 11, 25016) == ("XAR", "a-3", "-2038")


async def place_list(alice: Trader, list_id: str, *tags: Any) -> list[tuple[str, str | None]]:
    """(kind, client order id) of what is told of it."""
    await alice.say("E", (25014, list_id), *tags)
    told: list[tuple[str, str | None]] = []
    while True:
        said = await alice.hear()
        told.append((said.kind, said.get(25016) or said.get(25015) or said.get(11)))
        if said.kind != "8":
            return told


async def test_order_lists(tmp_path: Path) -> None:
    async with exchange(tmp_path) as there:
        alice = await there.trader("ALICE", there.alice)
        bob = await there.trader("BOB", there.bob)
        await bob.order("b-1", (54, 2))
        await bob.hear()
        await alice.order("a-0", (38, "0.01"))
        await alice.hear()
        await alice.hear()
        below = terms("a-1", 2, 3, (1102, "45000"), (1109, "D"))
        above = terms("a-2", 2, 2, (44, "55000"), (18, 6))
        oco = (
            *((1385, 1), (73, 2)),
            *(*below, (25010, 1), (25011, 2), (25012, 1), (25013, 2)),
            *(*above, (25010, 1), (25011, 1), (25012, 0), (25013, 2)),
        )
        told = await place_list(alice, "list-a", *oco)
        assert {("8", "a-1"), ("8", "a-2"), ("N", "list-a")} == set(told), told
        working = terms("a-3", 1, 2, *limit("48000"))
        pending = (*terms("a-4", 2, 2, *limit("60000")), (25010, 1), *RELEASED)
        told = await place_list(alice, "list-b", (1385, 2), (73, 2), *working, *pending)
        assert ("N", "list-b") in told and ("8", "a-3") in told, told
        told = await place_list(alice, "list-c", (1385, 1), (73, 2), *working, *pending)
        assert told == [("3", "-1174")]
        canceled = await alice.ask("F", (11, "c-1"), (25015, "list-b"), (55, "BTCUSDT"))
        assert shown(canceled, 35, 150) == ("8", "4")


async def test_limits_are_told(tmp_path: Path) -> None:
    async with exchange(tmp_path) as there:
        alice = await there.trader("ALICE", there.alice)
        await alice.order("a-1")
        await alice.hear()
        told = await alice.ask("XLQ", (6136, "q-1"))
        assert shown(told, 35, 6136, 25003) == ("XLR", "q-1", "3")
        assert told.all(25005) == ["1", "1", "2"]
        assert told.all(25008) == ["s", "d", "s"]


async def test_acknowledgments_only(tmp_path: Path) -> None:
    async with exchange(tmp_path) as there:
        alice = await there.trader("ALICE", there.alice, (25036, 2))
        other = await there.trader("OTHER", there.alice)
        bob = await there.trader("BOB", there.bob)
        await other.order("o-1")
        await other.hear()
        await alice.order("a-1")
        assert (await alice.hear())[11] == "a-1"
        await bob.order("b-1", (54, 2), (38, "0.02"))
        told = [(each[11], each[150]) for each in [await other.hear() for _ in range(3)]]
        assert told == [("a-1", "0"), ("o-1", "F"), ("a-1", "F")]
        assert (await alice.ask("1", (112, "nothing between")))[112] == "nothing between"
        blind = there.key(there.venue.alice.key, Permission.TRADE | Permission.FIX)
        trader = await there.trader("BLIND", blind)
        await other.order("o-2")
        await trader.order("t-1")
        assert (await trader.hear())[11] == "t-1"
