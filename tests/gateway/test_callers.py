"""Signatures and their time: check vectors, the window, and no second use."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rialto.gateway.caller import Authentication, signed_payload
from rialto.gateway.replays import SIGNATURES_MAX, Replays
from rialto.gateway.wire import parameters
from rialto.gateway.wire.errors import Refused
from rialto.identity.api_keys import ApiKey, Permission
from rialto.messages.ids import AccountId
from tests.gateway.venue import START_US, Venue, running, signature

SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
KEY = ApiKey("k" * 64, SECRET, AccountId(1), "alice", Permission.READ | Permission.TRADE)
NOW_MS = START_US // 1000
TOO_OLD = (-1021, "Timestamp for this request is outside of the recvWindow.")
AHEAD = (-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
TOO_WIDE = (-1102, "'recvWindow' contains unexpected value. Cannot be greater than 60000.")


# Binance's own examples, and the ways its documentation spreads one over query and body.
ASCII = (
    "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000"
    "&timestamp=1499827319559"
)
ASCII_SIGNATURE = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"
WIDE = ASCII.replace("LTCBTC", "%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96")
WIDE_SIGNATURE = "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3"


@pytest.mark.parametrize(
    ("query", "body"),
    [
        (f"{ASCII}&signature={ASCII_SIGNATURE}", ""),
        ("", f"{ASCII}&signature={ASCII_SIGNATURE}"),
        (f"signature={ASCII_SIGNATURE}&{ASCII}", ""),
        (f"{ASCII}&signature={ASCII_SIGNATURE.upper()}", ""),
        (ASCII, f"signature={ASCII_SIGNATURE}"),
        (ASCII.replace("&timestamp", f"&signature={ASCII_SIGNATURE}&timestamp"), ""),
        (f"{WIDE}&signature={WIDE_SIGNATURE}", ""),
    ],
)
def test_check_vectors(query: str, body: str) -> None:
    sent_us = 1_499_827_319_559_000
    at_start = Authentication({KEY.key: KEY}.get, lambda: sent_us)
    texts = parameters.parse(query.encode(), body.encode())
    payload = signed_payload(query.encode(), body.encode())
    assert at_start.check_signed(KEY, payload, texts) == sent_us + 5_000_000
    assert set(texts).isdisjoint(("signature", "timestamp", "recvWindow"))


def test_query_and_body_are_joined_by_nothing() -> None:
    query, body = b"symbol=LTCBTC&signature=00&side=BUY", b"quantity=1&price=0.1"
    assert signed_payload(query, body) == b"symbol=LTCBTC&side=BUYquantity=1&price=0.1"


# (timestamp and recvWindow as sent, refusal or None), at NOW_MS
WINDOWS: list[tuple[str, tuple[int, str] | None]] = [
    (f"timestamp={NOW_MS}", None),
    (f"timestamp={NOW_MS - 5000}", None),
    (f"timestamp={NOW_MS - 5001}", TOO_OLD),
    (f"timestamp={NOW_MS + 999}", None),
    (f"timestamp={NOW_MS + 1000}", AHEAD),
    (f"timestamp={NOW_MS * 1000}", None),
    (f"timestamp={NOW_MS * 1000 + 999_999}", None),
    (f"timestamp={NOW_MS * 1000 + 1_000_000}", AHEAD),
    (f"timestamp={NOW_MS - 60_000}&recvWindow=60000", None),
    (f"timestamp={NOW_MS - 60_001}&recvWindow=60000", TOO_OLD),
    (f"timestamp={NOW_MS - 6}&recvWindow=5.999", TOO_OLD),
    (f"timestamp={NOW_MS - 6}&recvWindow=6.001", None),
    (f"timestamp={NOW_MS}&recvWindow=60001", TOO_WIDE),
    (f"timestamp={NOW_MS}&recvWindow=60000.001", TOO_WIDE),
    (f"timestamp={NOW_MS}&recvWindow=1.0001", (-1111, "")),
    (f"timestamp={NOW_MS}&recvWindow=-1", (-1100, "")),
    (f"timestamp={NOW_MS}&recvWindow=0", (-1100, "")),
    (f"timestamp={NOW_MS}&recvWindow=1e4", (-1100, "")),
    (f"timestamp={NOW_MS}&recvWindow=", (-1105, "Parameter 'recvWindow' was empty.")),
    ("timestamp=0", TOO_OLD),
    ("timestamp=1483228799999", TOO_OLD),
    ("timestamp=99999999999999999999", (-1108, "Parameter 'timestamp' overflowed.")),
    (f"timestamp={'9' * 40}", (-1100, "")),
    ("timestamp=-1", (-1100, "")),
    ("timestamp=1e12", (-1100, "")),
    (f"timestamp={NOW_MS}.5", (-1100, "")),
    ("timestamp=%EF%BC%91", (-1100, "")),
    ("timestamp=", (-1105, "Parameter 'timestamp' was empty.")),
]


@pytest.mark.parametrize(("sent", "refusal"), WINDOWS)
def test_the_window(sent: str, refusal: tuple[int, str] | None) -> None:
    now_us = [0]
    door = Authentication({KEY.key: KEY}.get, lambda: now_us[0])
    now_us[0] = START_US
    texts = parameters.parse(f"{sent}&signature={signature(SECRET, sent)}".encode(), b"")
    if refusal is None:
        door.check_signed(KEY, sent.encode(), texts)
        return
    with pytest.raises(Refused) as refused:
        door.check_signed(KEY, sent.encode(), texts)
    code, message = refusal
    assert refused.value.code == code
    assert refused.value.message == message or not message


def test_what_was_signed_before_the_start_is_refused() -> None:
    """It may have been used then, and nobody remembers."""
    door = Authentication({KEY.key: KEY}.get, lambda: START_US)
    sent = f"timestamp={NOW_MS - 1}"
    texts = parameters.parse(f"{sent}&signature={signature(SECRET, sent)}".encode(), b"")
    with pytest.raises(Refused) as refused:
        door.check_signed(KEY, sent.encode(), texts)
    assert (refused.value.code, refused.value.message) == TOO_OLD


def test_signatures_are_forgotten_when_they_expire() -> None:
    replays = Replays()
    for second in range(100):
        now_us = START_US + second * 1_000_000
        replays.check(b"%d" % second, now_us + 5_000_000, now_us)
        with pytest.raises(Refused):
            replays.check(b"%d" % second, now_us + 5_000_000, now_us)
    assert len(replays) == 6
    assert len(replays) < SIGNATURES_MAX


def test_a_question_may_be_asked_again_but_lets_nothing_else_in() -> None:
    replays, until_us = Replays(), START_US + 5_000_000
    for _ in range(3):
        replays.check(b"question", until_us, START_US, only_asks=True)
    with pytest.raises(Refused):
        replays.check(b"question", until_us, START_US)  # captured, and sent to another endpoint
    replays.check(b"order", until_us, START_US)
    replays.check(b"order", until_us, START_US, only_asks=True)
    assert len(replays) == 2


def test_a_clock_that_is_set_back_lets_nothing_in_again() -> None:
    replays = Replays()
    replays.check(b"used", START_US + 5_000_000, START_US)
    replays.check(b"later", START_US + 20_000_000, START_US + 15_000_000)
    with pytest.raises(Refused):
        replays.check(b"used", START_US + 5_000_000, START_US)


@pytest.fixture
async def venue(tmp_path: Path) -> AsyncIterator[Venue]:
    async with running(tmp_path) as venue:
        yield venue


async def test_the_same_bytes_work_once(venue: Venue) -> None:
    order = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.5&price=50000"
    signed = venue.alice.sign(order)
    at = signed.index("&price")
    first = await venue.alice.call("POST /api/v3/order", body=signed)
    assert first.status == 200
    refused = {"code": -1022, "msg": "Signature for this request is not valid."}
    for query, body in (
        ("", signed),
        (signed, ""),
        (signed[:at], signed[at:]),
        (signed.replace("signature=", "signature=0"), ""),
        ("", signed.swapcase()),
    ):
        again = await venue.alice.call("POST /api/v3/order", query, body)
        assert again.code in (-1022, -1102), (query, body)
    again = await venue.alice.call("POST /api/v3/order", body=signed)
    assert (again.status, again.json) == (400, refused)
    assert len((await venue.alice.signed("GET /api/v3/openOrders")).json) == 1


async def test_equal_questions_in_one_millisecond_are_answered(venue: Venue) -> None:
    """A signature does not cover the path: ccxt asks two things with the same one."""
    signed = venue.alice.sign("symbol=BTCUSDT")
    for path in ("openOrders", "openOrders", "allOrders"):
        assert (await venue.alice.call(f"GET /api/v3/{path}", signed)).status == 200
    assert (await venue.alice.call("DELETE /api/v3/openOrders", signed)).code == -1022


async def test_a_key_does_what_it_may(venue: Venue) -> None:
    reader = venue.keys.create(AccountId(1), "alice", Permission.READ)
    client = venue.client(reader)
    assert (await client.signed("GET /api/v3/account")).json["canTrade"] is False
    refused = await client.signed("DELETE /api/v3/openOrders", "symbol=BTCUSDT")
    assert (refused.status, refused.code) == (401, -2015)
    await client.close()
    trader = venue.keys.create(AccountId(1), "alice", Permission.TRADE)
    client = venue.client(trader)
    assert (await client.signed("GET /api/v3/account")).code == -2015
    await client.close()


async def test_an_id_may_be_used_again_where_the_key_says_so(venue: Venue) -> None:
    loose = venue.keys.create(
        AccountId(1), "alice", Permission.TRADE, client_order_id_reusable=True
    )
    client = venue.client(loose)
    order = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=100"
    order += "&newClientOrderId=again"
    assert (await client.signed("POST /api/v3/order", order)).json["orderId"] == 1
    assert (await client.signed("POST /api/v3/order", order)).code == -2010
    await client.signed("DELETE /api/v3/openOrders", "symbol=BTCUSDT")
    assert (await client.signed("POST /api/v3/order", order)).json["orderId"] == 2
    await client.close()
