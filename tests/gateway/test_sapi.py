"""The wallet's endpoints tell what the ledger has, and refuse what they cannot do."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from rialto.identity.api_keys import Permission
from rialto.identity.key_limits import KeyLimits
from rialto.messages import commands as c
from rialto.messages.ids import AccountId, AssetId, InstrumentId, WithdrawalId
from tests.gateway.venue import START_US, Client, Venue, running

ALICE, BOB = AccountId(1), AccountId(2)
USDT, BTC = AssetId(0), AssetId(1)  # as the demo adds them
UNIT = 10**8
ZERO = "0.00000000"
SECOND = 1_000_000
LIMIT = "symbol={}&side={}&type=LIMIT&timeInForce=GTC&quantity={}&price={}"


@pytest.fixture
async def venue(tmp_path: Path) -> AsyncIterator[Venue]:
    async with running(tmp_path) as venue:
        yield venue


async def ask(client: Client, rest: str, parameters: str = "") -> Any:
    reply = await client.signed(rest.replace(" ", " /sapi/"), parameters)
    assert reply.status == 200, reply.json
    return reply.json


async def order(client: Client, symbol: str, side: str, quantity: str, price: str) -> None:
    parameters = LIMIT.format(symbol, side, quantity, price)
    assert (await client.signed("POST /api/v3/order", parameters)).status == 200


async def move_money(venue: Venue) -> None:
    """A second apart, on the whole second."""
    story = (
        c.Deposit(ALICE, USDT, 50 * UNIT),
        c.Transfer(ALICE, BOB, USDT, 20 * UNIT),
        c.HoldWithdrawal(ALICE, BTC, WithdrawalId(1), 5 * UNIT),
        c.HoldWithdrawal(ALICE, USDT, WithdrawalId(2), 6 * UNIT),
        c.HoldWithdrawal(ALICE, USDT, WithdrawalId(3), 7 * UNIT),
        c.SettleWithdrawal(WithdrawalId(2)),
        c.ReleaseWithdrawal(WithdrawalId(3)),
    )
    for second, command in enumerate(story, 1):
        venue.clock.now_us = START_US + second * SECOND
        await venue.engine.submit(command)


async def test_deposits_are_those_of_the_ledger(venue: Venue) -> None:
    await move_money(venue)
    rows = await ask(venue.alice, "GET v1/capital/deposit/hisrec")
    newest = rows[0]
    assert newest == {
        "id": newest["id"],
        "amount": "50.00000000",
        "coin": "USDT",
        "network": "",
        "status": 1,
        "address": "",
        "addressTag": "",
        "txId": newest["id"],
        "insertTime": START_US // 1000 + 1000,
        "completeTime": START_US // 1000 + 1000,
        "transferType": 0,
        "confirmTimes": "1/1",
        "unlockConfirm": 0,
        "walletType": 0,
    }
    # The demo's own, five of them, came all at once before.
    assert [row["coin"] for row in rows[1:]] == ["SOL", "BNB", "ETH", "BTC", "USDT"]
    received = (await ask(venue.bob, "GET v1/capital/deposit/hisrec", "coin=USDT"))[0]
    assert (received["amount"], received["transferType"]) == ("20.00000000", 1)
    for parameters, expected in (
        ("coin=USDT&limit=1", [newest]),
        ("limit=1&offset=1", [rows[1]]),
        (f"txId={newest['id']}", [newest]),
        (f"startTime={newest['insertTime']}", [newest]),
        (f"endTime={newest['insertTime'] - 1}", rows[1:]),
        (f"startTime={START_US + 1}", [newest]),  # in microseconds
        ("status=1&limit=1", [newest]),
        ("status=0", []),
        ("coin=DOGE", []),
        ("txId=no-number", []),
        ("endTime=1", []),
    ):
        assert await ask(venue.alice, "GET v1/capital/deposit/hisrec", parameters) == expected


async def test_withdrawals_are_those_of_the_ledger(venue: Venue) -> None:
    await move_money(venue)
    rows = await ask(venue.alice, "GET v1/capital/withdraw/history")
    assert [(row["coin"], row["amount"], row["status"], row["transferType"]) for row in rows] == [
        ("USDT", "7.00000000", 1, 0),
        ("USDT", "6.00000000", 6, 0),
        ("BTC", "5.00000000", 4, 0),
        ("USDT", "20.00000000", 6, 1),
    ]
    times = [(row["applyTime"][-8:], row["completeTime"][-8:]) for row in rows]
    assert times == [
        ("22:14:05", "22:14:07"),
        ("22:14:04", "22:14:06"),
        ("22:14:03", ""),
        ("22:14:02", "22:14:02"),
    ]
    assert rows[0]["applyTime"] == "2023-11-14 22:14:05"
    for parameters, numbers in (
        ("status=6", [1, 3]),
        ("status=4", [2]),
        ("status=1", [0]),
        ("status=5", []),
        ("coin=BTC", [2]),
        ("limit=1&offset=2", [2]),
        ("withdrawOrderId=x", []),
    ):
        found = await ask(venue.alice, "GET v1/capital/withdraw/history", parameters)
        assert found == [rows[number] for number in numbers], parameters


async def test_coins_and_assets_tell_orders_from_withdrawals(venue: Venue) -> None:
    await move_money(venue)
    await order(venue.alice, "BTCUSDT", "SELL", "2", "50000")
    coins = {row["coin"]: row for row in await ask(venue.alice, "GET v1/capital/config/getall")}
    shown = {name: coins["BTC"][name] for name in ("free", "locked", "withdrawing", "freeze")}
    expected = {
        "free": "93.00000000",
        "locked": "2.00000000",
        "withdrawing": "5.00000000",
        "freeze": ZERO,
    }
    assert shown == expected
    assert coins.keys() == {"USDT", "BTC", "ETH", "BNB", "SOL"}
    assets = await ask(venue.alice, "POST v3/asset/getUserAsset", "asset=BTC")
    assert assets == [{"asset": "BTC", **expected, "ipoable": ZERO, "btcValuation": ZERO}]


async def test_what_assets_are_worth_in_bitcoin(venue: Venue) -> None:
    rest, valued = "POST v3/asset/getUserAsset", "needBtcValuation=true"
    before = {row["asset"]: row for row in await ask(venue.alice, rest, valued)}
    assert before["BTC"]["btcValuation"] == "100.00000000"
    assert before["USDT"]["btcValuation"] == ZERO  # nothing was ever traded for it
    for symbol, price in (("BTCUSDT", "50000"), ("SOLUSDT", "100"), ("ETHBTC", "0.05")):
        await order(venue.bob, symbol, "SELL", "1", price)
        await order(venue.alice, symbol, "BUY", "1", price)
    after = {row["asset"]: row for row in await ask(venue.alice, rest, valued)}
    usdt = 10_000_000 - 50_000 - 100
    assert after["USDT"]["btcValuation"] == f"{usdt / 50_000:.8f}"
    assert float(after["ETH"]["btcValuation"]) == pytest.approx(2001 * 0.05, rel=1e-4)
    assert float(after["SOL"]["btcValuation"]) == pytest.approx(50_001 * 0.002, rel=1e-4)
    assert after["BNB"]["btcValuation"] == ZERO
    (snapshot,) = (await ask(venue.alice, "GET v1/accountSnapshot", "type=SPOT"))["snapshotVos"]
    total = sum(float(row["btcValuation"]) for row in after.values())
    assert float(snapshot["data"]["totalAssetOfBtc"]) == pytest.approx(total)
    assert (snapshot["type"], snapshot["updateTime"]) == ("spot", venue.clock.now_us // 1000)
    assert len(snapshot["data"]["balances"]) == 5


async def test_rates_are_the_accounts_own(venue: Venue) -> None:
    await venue.engine.submit(c.SetCommissionRates(InstrumentId(0), 3, 200, 450))
    await venue.engine.submit(c.SetCommissionTier(ALICE, 3))
    rates = {row["symbol"]: row for row in await ask(venue.alice, "GET v1/asset/tradeFee")}
    assert (rates["BTCUSDT"]["makerCommission"], rates["BTCUSDT"]["takerCommission"]) == (
        "0.00020000",
        "0.00045000",
    )
    assert rates["ETHBTC"] != {**rates["BTCUSDT"], "symbol": "ETHBTC"}
    (bobs,) = await ask(venue.bob, "GET v1/asset/tradeFee", "symbol=BTCUSDT")
    assert bobs != rates["BTCUSDT"]
    assert (await ask(venue.alice, "GET v1/account/info"))["vipLevel"] == 3
    assert (await ask(venue.bob, "GET v1/account/info"))["vipLevel"] == 0


@pytest.mark.parametrize(
    ("permissions", "limits", "expected"),
    [
        (Permission.READ, KeyLimits(), (False, True, False, False, False)),
        (Permission.READ | Permission.TRADE, KeyLimits(), (False, True, True, False, False)),
        (
            Permission.READ | Permission.FIX,
            KeyLimits(addresses=("127.0.0.1",)),
            (True, True, False, False, True),
        ),
        (
            Permission.READ | Permission.TRADE | Permission.FIX,
            KeyLimits(),
            (False, True, True, True, False),
        ),
    ],
)
async def test_restrictions_are_the_keys_own(
    venue: Venue, permissions: Permission, limits: KeyLimits, expected: tuple[bool, ...]
) -> None:
    client = venue.client(venue.keys.create(ALICE, "alice", permissions, limits=limits))
    shown = await ask(client, "GET v1/account/apiRestrictions")
    await client.close()
    assert (
        shown["ipRestrict"],
        shown["enableReading"],
        shown["enableSpotAndMarginTrading"],
        shown["enableFixApiTrade"],
        shown["enableFixReadOnly"],
    ) == expected
    assert not shown["enableWithdrawals"]


async def test_what_is_always_the_same(venue: Venue) -> None:
    status = await venue.anyone.call("GET /sapi/v1/system/status")
    assert (status.status, status.json) == (200, {"status": 0, "msg": "normal"})
    for rest, parameters, expected in (
        ("GET v1/account/status", "", {"data": "Normal"}),
        ("POST v1/asset/get-funding-asset", "", []),
        ("GET v1/asset/transfer", "type=MAIN_FUNDING", {"total": 0, "rows": []}),
        ("GET v1/asset/assetDividend", "", {"total": 0, "rows": []}),
        ("GET v1/asset/dribblet", "", {"total": 0, "userAssetDribblets": []}),
        ("GET v1/spot/delist-schedule", "", []),
        ("GET v1/convert/exchangeInfo", "fromAsset=BTC", []),
        ("GET v1/accountSnapshot", "type=MARGIN", {"code": 200, "msg": "", "snapshotVos": []}),
    ):
        assert await ask(venue.alice, rest, parameters) == expected
    locked = await ask(venue.alice, "GET v1/account/apiTradingStatus")
    assert locked["data"]["triggerCondition"] == {"GCR": 0, "IFER": 0, "UFR": 0}


async def test_what_moves_money_over_the_border_is_refused(venue: Venue) -> None:
    unsupported = (400, {"code": -1020, "msg": "This operation is not supported."})
    for rest, parameters, expected in (
        ("POST v1/capital/withdraw/apply", "coin=BTC&address=a&amount=1", unsupported),
        ("GET v1/capital/deposit/address", "coin=BTC", unsupported),
        ("POST v1/asset/transfer", "type=MAIN_FUNDING&asset=BTC&amount=1", unsupported),
    ):
        reply = await venue.alice.signed(rest.replace(" ", " /sapi/"), parameters)
        assert (reply.status, reply.json) == expected
    reply = await venue.alice.signed("POST /sapi/v1/capital/withdraw/apply", "coin=BTC&amount=1")
    assert (reply.status, reply.code) == (400, -1102)  # no address
    month = 91 * 24 * 3600 * 1000
    reply = await venue.alice.signed(
        "GET /sapi/v1/capital/deposit/hisrec", f"startTime=1&endTime={month}"
    )
    assert (reply.status, reply.code) == (400, -1127)
