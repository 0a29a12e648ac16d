"""Orders over FIX, from a socket to the machine and back."""

from pathlib import Path

from tests.gateway.fix.trader import Said, exchange


def shown(said: Said, *tags: int) -> tuple[str | None, ...]:
    return tuple(said.get(tag) for tag in tags)


async def test_an_order_is_placed_filled_and_told_to_both_sides(tmp_path: Path) -> None:
    async with exchange(tmp_path) as there:
        alice = await there.trader("ALICE", there.alice)
        bob = await there.trader("BOB", there.bob)
        copy = await there.drop_copy("COPY", there.alice)
        await alice.order("a-1")
        new = await alice.hear()
        assert new.kind == "8"
        assert shown(new, 11, 150, 39, 38, 44, 54, 55, 40, 59, 14, 636) == (
            *("a-1", "0", "0", "0.01000000", "50000.00000000", "1", "BTCUSDT", "2", "1"),
            *("0.00000000", "Y"),
        )
        await bob.order("b-1", (54, 2), (38, "0.004"))
        placed, sold = await bob.hear(), await bob.hear()
        assert shown(placed, 150, 39) == ("0", "0")
        assert shown(sold, 11, 150, 39, 1057, 31, 32) == (
            *("b-1", "F", "2", "Y", "50000.00000000", "0.00400000"),
        )
        bought = await alice.hear()
        assert shown(bought, 37, 150, 39, 1057, 14, 151, 1003) == (
            *(new[37], "F", "1", "N", "0.00400000", "0.00600000", sold[1003]),
        )
        assert bought[138] == "BTC"
        copied = [await copy.hear(), await copy.hear()]
        assert [each[17] for each in copied] == [new[17], bought[17]]


async def test_an_order_is_canceled_once(tmp_path: Path) -> None:
    async with exchange(tmp_path) as there:
        alice = await there.trader("ALICE", there.alice)
        await alice.order("a-1")
        await alice.hear()
        canceled = await alice.ask("F", (11, "c-1"), (41, "a-1"), (55, "BTCUSDT"))
        assert canceled.kind == "8"
        assert shown(canceled, 11, 41, 150, 39, 151) == ("c-1", "a-1", "4", "4", "0")
        refused = await alice.ask("F", (11, "c-2"), (41, "a-1"), (55, "BTCUSDT"))
        assert refused.kind == "9"
        assert shown(refused, 11, 41, 434, 25016) == ("c-2", "a-1", "1", "-2011")


REFUSED = [
    (((38, "0.0000001"),), "-1013"),
    (((54, 2), (38, "8000"), (44, "1000")), "-2010"),
    (((55, "NOSUCH"),), "-1121"),
    (((38, "-1"),), "-1100"),
    (((59, None),), "-1102"),
]


async def test_a_refused_order_has_a_report_with_the_code_of_rest(tmp_path: Path) -> None:
    async with exchange(tmp_path) as there:
        alice = await there.trader("ALICE", there.alice)
        copy = await there.drop_copy("COPY", there.alice)
        for more, code in REFUSED:
            await alice.order(f"a{code}", *more)
            refused = await alice.hear()
            assert (refused.kind, *shown(refused, 11, 150, 39)) == ("8", f"a{code}", "8", "8")
            assert refused[25016] == code, (more, refused[58])
        assert (await alice.ask("1", (112, "hello")))[112] == "hello"
        told = await copy.hear()  # of the one that came to the machine
        assert shown(told, 11, 150, 39, 25016) == ("a-2010", "8", "8", "-2010")


KINDS: list[tuple[tuple[tuple[int, object], ...], dict[int, str]]] = [
    (((40, 1), (44, None), (59, None), (38, "0.001")), {40: "1"}),
    (((40, 1), (44, None), (59, None), (38, None), (152, "100")), {40: "1", 152: "100.00000000"}),
    (((18, 6), (59, None), (44, "40000")), {40: "2", 18: "6"}),
    (((111, "0.001"),), {40: "2", 111: "0.00100000"}),
    (((40, 3), (44, None), (59, None), (1102, "60000"), (1109, "U")), {40: "3", 1109: "U"}),
    (((40, 4), (1102, "40000"), (1109, "D")), {40: "4", 1102: "40000.00000000", 1109: "D"}),
    (((40, 4), (1109, "U"), (25009, 100)), {40: "4", 25009: "100"}),
    (((40, "P"), (1094, 5), (44, None)), {40: "P", 1094: "5"}),
    (((25001, 4), (7940, 7), (847, 1000001)), {25001: "4", 7940: "7", 847: "1000001"}),
]


async def test_every_kind_of_order(tmp_path: Path) -> None:
    async with exchange(tmp_path) as there:
        bob = await there.trader("BOB", there.bob)
        await bob.order("b-1", (54, 2), (44, "51000"))
        await bob.hear()
        await bob.order("b-2", (54, 2), (44, "51000"))
        await bob.hear()
        alice = await there.trader("ALICE", there.alice, (25036, 2))
        await alice.order("a-0", (44, "51000"), (38, "0.001"))  # triggers need a price
        await alice.hear()
        for number, (tags, expected) in enumerate(KINDS, 1):
            await alice.order(f"a-{number}", *tags)
            new = await alice.hear()
            assert new[11] == f"a-{number}"
            found = {tag: new.get(tag) for tag in (150, *expected)}
            assert found == {150: "0", **expected}, (tags, new.get(58))


async def test_an_order_sent_again_is_told_again_and_not_placed_again(tmp_path: Path) -> None:
    async with exchange(tmp_path) as there:
        alice = await there.trader("ALICE", there.alice)
        await alice.order("a-1")
        first = await alice.hear()
        await alice.order("a-1")
        again = await alice.hear()
        assert shown(again, 37, 11, 150) == shown(first, 37, 11, 150)
