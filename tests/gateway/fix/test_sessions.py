"""FIX sessions: who may begin one, what ends it, and what it survives."""

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from rialto.gateway.fix import session as sessions
from rialto.identity.api_keys import Permission
from tests.gateway.fix.trader import Exchange, Trader, exchange, fix_time
from tests.gateway.key_pairs import Ed25519Pair

LOGONS: list[tuple[tuple[Any, ...], str]] = [
    (((141, "N"),), "-1175"),
    (((141, None),), "-1102"),
    (((108, 4),), "-1130"),
    (((108, 61),), "-1130"),
    (((98, 1),), "-1130"),
    (((95, 3),), "-1130"),
    (((25035, 3),), "-1130"),
    (((9406, "Y"),), "-1184"),
    (((553, "x" * 10),), "-2014"),
    (((553, "x" * 64),), "-2015"),
    (((96, "AAAA"), (95, 4)), "-1022"),
    (((58, "hello"),), "-1170"),
]


async def ends(trader: Trader) -> str:
    """The code of the Reject that ends a session, with a Logout behind it."""
    said = await trader.hear()
    assert said.kind == "3", said.pairs
    assert (await trader.hear()).kind == "5"
    assert await trader.is_over()
    return said[25016]


async def test_a_logon_that_is_not_as_it_should_be(tmp_path: Path) -> None:
    async with exchange(tmp_path) as there:
        for more, code in LOGONS:
            trader = await there.connect("ALICE")
            said = await trader.log_on(there.alice, there.pair, *more)
            assert (said.kind, said[25016]) == ("3", code), (more, said.pairs)
            assert (await trader.hear()).kind == "5"
            assert await trader.is_over()


async def test_who_may_log_on(tmp_path: Path) -> None:
    async with exchange(tmp_path) as there:
        alice = there.venue.alice.key
        for key, pair, code in (
            (there.alice, Ed25519Pair(), "-1022"),
            (there.key(alice, Permission.READ | Permission.TRADE), there.pair, "-2015"),
            (there.key(alice, Permission.READ | Permission.FIX), there.pair, "-2015"),
        ):
            trader = await there.connect("ALICE")
            assert (await trader.log_on(key, pair))[25016] == code
        trader = await there.connect("ALICE", "drop copy")
        assert (await trader.log_on(there.alice, there.pair))[25016] == "-1185"
        first = await there.trader("ALICE", there.alice)
        second = await there.connect("ALICE")
        assert (await second.log_on(there.alice, there.pair))[25016] == "-1033"
        assert (await first.ask("5")).kind == "5"
        assert await first.is_over()
        await there.trader("ALICE", there.alice)


async def test_a_logon_works_once_and_in_its_time(tmp_path: Path) -> None:
    async with exchange(tmp_path) as there:
        trader = await there.connect("ALICE")
        header = ((52, trader.time()),)
        tags = trader.logon_tags(there.alice, there.pair, header)
        raw = trader.written("A", *tags, header=header)
        await trader.say_raw(raw)
        assert (await trader.hear()).kind == "A"
        await trader.ask("5")
        again = await there.connect("ALICE")
        await again.say_raw(raw)
        assert await ends(again) == "-1022"
        clock = there.venue.clock
        for moved_us in (-6_000_000, 2_000_000):
            late = await there.connect("LATE")
            clock.now_us += 10_000_000
            header = ((52, fix_time(clock.now_us + moved_us)),)
            tags = late.logon_tags(there.alice, there.pair, header)
            await late.say("A", *tags, header=header)
            assert await ends(late) == "-1021"


def wrong_checksum(raw: bytes) -> bytes:
    return raw[:-4] + b"%03d\x01" % ((int(raw[-4:-1]) + 1) % 256)


async def test_what_ends_a_session(tmp_path: Path) -> None:
    async with exchange(tmp_path) as there:

        async def begun(name: str) -> Trader:
            return await there.trader(name, there.alice)

        trader = await begun("SUM")
        await trader.say_raw(wrong_checksum(trader.written("0")))
        assert await ends(trader) == "-1177"
        trader = await begun("LENGTH")
        await trader.say_raw(trader.written("1", (112, "x" * 20)).replace(b"\x019=", b"\x019=1"))
        trader.writer.write_eof()
        assert await trader.is_over()
        trader = await begun("SHORT")
        await trader.say_raw(b"8=FIX.4.4\x019=5\x0135=0\x01" + b"x" * 20)
        assert await ends(trader) == "-1177"
        trader = await begun("LONG")
        await trader.say_raw(b"8=FIX.4.4\x019=99999\x0135=0\x01")
        assert await ends(trader) == "-1177"
        trader = await begun("GARBAGE")
        await trader.say_raw(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        assert await ends(trader) == "-1177"
        trader = await begun("GAP")
        await trader.say("0", header=((34, 7),))
        assert await ends(trader) == "-1179"
        trader = await begun("LOW")
        await trader.say("0", header=((34, 1),))
        assert await ends(trader) == "-1179"
        trader = await begun("NAME")
        await trader.say("0", header=((49, "OTHER"),))
        assert await ends(trader) == "-1178"
        trader = await there.connect("FIRST")
        await trader.say("0")
        assert await ends(trader) == "-1180"


async def test_what_is_rejected_and_the_session_goes_on(tmp_path: Path) -> None:
    async with exchange(tmp_path) as there:
        trader = await there.trader("ALICE", there.alice)
        copy = await there.drop_copy("COPY", there.alice)
        for kind, tags, code, reason in (
            ("ZZ", (), "-1020", "11"),
            ("2", ((7, 1), (16, 0)), "-1020", "11"),  # nothing is sent again
            ("A", (), "-1176", "99"),
            ("V", (), "-1186", "99"),
            ("D", ((11, "a"), (11, "b")), "-1171", "13"),
            ("D", ((11, "a"), (40, 2), (54, 3), (55, "BTCUSDT")), "-1130", "5"),
            ("D", ((11, "a"), (54, 1), (55, "BTCUSDT")), "-1102", "1"),
            ("D", ((11, "a"), (9999, 1)), "-1170", "2"),
            ("E", ((25014, "l"), (1385, 1), (73, 3), (11, "a")), "-1188", "16"),
        ):
            said = await trader.ask(kind, *tags)
            assert (said.kind, said[372], said[45]) == ("3", kind, str(trader.sequence - 1))
            assert (said[25016], said[373]) == (code, reason), (kind, tags, said.pairs)
        late = fix_time(there.venue.clock.now_us - 9_000_000)
        said = await trader.ask("1", (112, "x"), header=((52, late), (25000, 5000)))
        assert said[25016] == "-1021"
        assert (await trader.ask("1", (112, "x"), header=((52, late),)))[112] == "x"
        assert (await copy.ask("D", (11, "a")))[25016] == "-1183"


async def test_silence_is_asked_about_and_then_ended(tmp_path: Path) -> None:
    async with exchange(tmp_path) as there:
        trader = await there.trader("ALICE", there.alice, (108, 5))
        heard = [(await trader.hear()).kind for _ in range(3)]
        assert sorted(heard[:2]) == ["0", "1"]
        while heard[-1] != "5":
            heard.append((await trader.hear()).kind)
        assert await trader.is_over()
        again = await there.connect("ALICE")  # who went without a word waits for a while
        assert (await again.log_on(there.alice, there.pair))[25016] == "-1033"


async def test_a_flood_is_ended_at_the_limit(tmp_path: Path) -> None:
    async with exchange(tmp_path) as there:
        copy = await there.drop_copy("COPY", there.alice)
        for _ in range(61):
            await copy.say("0")
        assert await ends(copy) == "-1181"


async def test_whoever_never_reads_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "BACKLOG_BYTES_MAX", 65_536)
    async with exchange(tmp_path) as there:
        deaf = await _deaf(there)
        with pytest.raises(ConnectionError):
            await _ask_much(deaf)


async def _ask_much(trader: Trader) -> None:
    for _ in range(5_000):
        await trader.say("1", (112, "x" * 8_000))


async def _deaf(there: Exchange) -> Trader:
    """It reads its Logon's answer, and nothing after that."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    raw.setblocking(False)
    address = ("127.0.0.1", there.ports["order entry"])
    await asyncio.get_running_loop().sock_connect(raw, address)
    deaf = Trader(await asyncio.open_connection(sock=raw, limit=4_096), there.venue.clock, "DEAF")
    assert (await deaf.log_on(there.alice, there.pair)).kind == "A"
    deaf.writer.transport.pause_reading()  # type: ignore[attr-defined]
    return deaf


async def test_a_stop_is_announced(tmp_path: Path) -> None:
    async with exchange(tmp_path) as there:
        trader = await there.trader("ALICE", there.alice)
        stopping = asyncio.create_task(there.server.stop())
        assert [(await trader.hear()).kind for _ in range(2)] == ["B", "5"]
        assert await trader.is_over()
        trader.writer.close()
        await stopping


async def test_a_key_that_is_deleted_ends_its_session(tmp_path: Path) -> None:
    async with exchange(tmp_path) as there:
        trader = await there.trader("ALICE", there.alice)
        there.venue.keys.delete(there.alice.key)
        assert (await trader.hear()).kind == "5"
        assert await trader.is_over()
