"""The user stream: every step of an order and every balance it moves, in the order of the log."""

from pathlib import Path
from typing import Any

from rialto.gateway.listen_keys import LISTEN_KEY_US
from rialto.messages.commands import (
    AmendOrder,
    Deposit,
    HoldWithdrawal,
    PlaceOrder,
    SettleWithdrawal,
    Transfer,
)
from rialto.messages.ids import AccountId, AssetId, InstrumentId, OrderId, WithdrawalId
from rialto.messages.orders import OrderType, Side, StpMode, TimeInForce
from tests.gateway.doors import Ear, ear, open_doors
from tests.gateway.venue import Client, Venue

ORDER = "POST /api/v3/order"
STREAM = "/api/v3/userDataStream"
LIMIT = "symbol=BTCUSDT&type=LIMIT&timeInForce=GTC"
USDT, BTC = AssetId(0), AssetId(1)
ALICE, BOB = AccountId(1), AccountId(2)


async def listen_key(client: Client) -> str:
    key: str = (await client.call(f"POST {STREAM}")).json["listenKey"]
    return key


async def user_stream(client: Client) -> str:
    return f"/ws/{await listen_key(client)}"


def told(message: dict[str, Any], *letters: str) -> tuple[Any, ...]:
    return tuple(message.get(letter) for letter in letters)


def steps(messages: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Reports as (step, status, last and total quantity), positions as (asset, free, locked)."""
    found: list[tuple[Any, ...]] = []
    for message in messages:
        if message["e"] == "executionReport":
            found.append(told(message, "x", "X", "l", "z"))
        elif message["e"] == "outboundAccountPosition":
            found += [told(balance, "a", "f", "l") for balance in message["B"]]
        else:
            found.append(told(message, "e", "a", "d"))
    return found


async def test_a_report_has_every_letter(tmp_path: Path) -> None:
    async with (
        open_doors(tmp_path) as (venue, _),
        ear(venue, await user_stream(venue.alice)) as alice,
    ):
        await venue.alice.signed(
            ORDER, f"{LIMIT}&side=SELL&quantity=2&price=20000&newClientOrderId=mine"
        )
        placed_ms = venue.clock.now_us // 1000
        new, _ = await alice.hear_many(2)
        expected = {
            "e": "executionReport",
            "E": placed_ms,
            "s": "BTCUSDT",
            "c": "mine",
            "S": "SELL",
            "o": "LIMIT",
            "f": "GTC",
            "q": "2.00000000",
            "p": "20000.00000000",
            "P": "0.00000000",
            "F": "0.00000000",
            "g": -1,
            "C": "",
            "x": "NEW",
            "X": "NEW",
            "r": "NONE",
            "i": 1,
            "l": "0.00000000",
            "z": "0.00000000",
            "L": "0.00000000",
            "n": "0",
            "N": None,
            "T": placed_ms,
            "t": -1,
            "I": new["I"],
            "w": True,
            "m": False,
            "M": False,
            "O": placed_ms,
            "Z": "0.00000000",
            "Y": "0.00000000",
            "Q": "0.00000000",
            "V": "EXPIRE_MAKER",
            "W": placed_ms,
        }
        assert new == expected
        await venue.bob.signed(ORDER, f"{LIMIT}&side=BUY&quantity=0.5&price=20010")
        executed, _ = await alice.hear_many(2)
        assert executed == {
            **expected,
            "E": venue.clock.now_us // 1000,
            "T": venue.clock.now_us // 1000,
            "x": "TRADE",
            "X": "PARTIALLY_FILLED",
            "l": "0.50000000",
            "z": "0.50000000",
            "L": "20000.00000000",
            "n": "10.00000000",
            "N": "USDT",
            "t": 1,
            "I": executed["I"],
            "m": True,
            "M": True,
            "Z": "10000.00000000",
            "Y": "10000.00000000",
        }
        assert executed["I"] > new["I"]


async def test_steps_come_in_order_and_balances_after_them(tmp_path: Path) -> None:
    async with (
        open_doors(tmp_path) as (venue, _),
        ear(venue, await user_stream(venue.alice)) as alice,
        ear(venue, await user_stream(venue.bob)) as bob,
    ):
        for quantity, price in (("1", "20000"), ("1", "20001")):
            await venue.alice.signed(ORDER, f"{LIMIT}&side=SELL&quantity={quantity}&price={price}")
        await venue.bob.signed(ORDER, f"{LIMIT}&side=BUY&quantity=3&price=20001")
        await venue.bob.signed("DELETE /api/v3/order", "symbol=BTCUSDT&orderId=3")
        none, one = "0.00000000", "1.00000000"
        assert steps(await bob.hear_all()) == [
            ("NEW", "NEW", none, none),
            ("TRADE", "PARTIALLY_FILLED", one, one),
            ("TRADE", "PARTIALLY_FILLED", one, "2.00000000"),
            ("USDT", "9939998.00000000", "20001.00000000"),
            ("BTC", "101.99800000", none),
            ("CANCELED", "CANCELED", none, "2.00000000"),
            ("USDT", "9959999.00000000", none),
        ]
        assert steps(await alice.hear_all()) == [
            ("NEW", "NEW", none, none),
            ("BTC", "99.00000000", one),
            ("NEW", "NEW", none, none),
            ("BTC", "98.00000000", "2.00000000"),
            ("TRADE", "FILLED", one, one),
            ("TRADE", "FILLED", one, one),
            ("USDT", "10039960.99900000", none),
            ("BTC", "98.00000000", none),
        ]


async def test_a_cancel_has_its_own_id_and_the_order_its_old_one(tmp_path: Path) -> None:
    async with (
        open_doors(tmp_path) as (venue, _),
        ear(venue, await user_stream(venue.alice)) as alice,
    ):
        await venue.alice.signed(
            ORDER, f"{LIMIT}&side=SELL&quantity=2&price=20000&newClientOrderId=mine"
        )
        await venue.engine.submit(
            AmendOrder(ALICE, InstrumentId(0), OrderId(1), 150_000, "", "smaller")
        )
        await venue.alice.signed(
            "DELETE /api/v3/order", "symbol=BTCUSDT&orderId=1&newClientOrderId=stop"
        )
        reports = [each for each in await alice.hear_all() if each["e"] == "executionReport"]
        assert [told(each, "x", "X", "c", "C", "q", "w") for each in reports] == [
            ("NEW", "NEW", "mine", "", "2.00000000", True),
            ("REPLACED", "NEW", "smaller", "mine", "1.50000000", True),
            ("CANCELED", "CANCELED", "stop", "smaller", "1.50000000", False),
        ]


async def test_what_ends_by_a_rule_says_which(tmp_path: Path) -> None:
    async with (
        open_doors(tmp_path) as (venue, _),
        ear(venue, await user_stream(venue.alice)) as alice,
    ):
        await venue.alice.signed(
            ORDER, "symbol=BTCUSDT&type=LIMIT&timeInForce=FOK&side=BUY&quantity=1&price=20000"
        )
        await venue.alice.signed(ORDER, "symbol=BTCUSDT&type=MARKET&side=SELL&quantity=1")
        await venue.alice.signed(ORDER, f"{LIMIT}&side=BUY&quantity=9000&price=20000")
        reports = [each for each in await alice.hear_all() if each["e"] == "executionReport"]
        assert [told(each, "x", "X", "r", "eR", "w", "i") for each in reports] == [
            ("NEW", "NEW", "NONE", None, True, 1),
            ("EXPIRED", "EXPIRED", "NONE", "UNFILLED_FOK_ORDER_EXPIRED", False, 1),
            ("NEW", "NEW", "NONE", None, True, 2),
            ("EXPIRED", "EXPIRED", "NONE", "INSUFFICIENT_LIQUIDITY", False, 2),
            ("REJECTED", "REJECTED", "NOTIONAL", None, False, -1),
        ]


def own_order(side: Side, lots: int, stp: StpMode) -> PlaceOrder:
    return PlaceOrder(
        ALICE,
        InstrumentId(0),
        side,
        OrderType.LIMIT,
        TimeInForce.GTC,
        stp,
        False,
        2_000_000,
        lots,
    )


async def prevented(venue: Venue, alice: Ear, stp: StpMode) -> list[tuple[Any, ...]]:
    """What is told when two of alice's orders meet: 1 BTC resting, 3 BTC arriving."""
    await venue.engine.submit(own_order(Side.SELL, 100_000, stp))
    await venue.engine.submit(own_order(Side.BUY, 300_000, stp))
    heard = [each for each in await alice.hear_all() if each["e"] == "executionReport"]
    return [told(each, "S", "x", "X", "B", "A") for each in heard if each["x"] != "NEW"]


async def test_a_prevented_match_is_told_to_both_orders(tmp_path: Path) -> None:
    async with (
        open_doors(tmp_path) as (venue, _),
        ear(venue, await user_stream(venue.alice)) as alice,
    ):
        one, three = "1.00000000", "3.00000000"
        emptied = ("TRADE_PREVENTION", "EXPIRED_IN_MATCH")
        assert await prevented(venue, alice, StpMode.DECREMENT) == [
            ("BUY", "TRADE_PREVENTION", "NEW", one, one),
            ("SELL", *emptied, one, one),
        ]
        await venue.alice.signed("DELETE /api/v3/openOrders", "symbol=BTCUSDT")
        await alice.hear_all()
        assert await prevented(venue, alice, StpMode.EXPIRE_BOTH) == [
            ("BUY", *emptied, three, three),
            ("SELL", *emptied, one, one),
        ]
        assert await prevented(venue, alice, StpMode.EXPIRE_TAKER) == [
            ("BUY", *emptied, three, three)
        ]


async def test_money_that_comes_and_goes_is_told(tmp_path: Path) -> None:
    async with (
        open_doors(tmp_path) as (venue, _),
        ear(venue, await user_stream(venue.alice)) as alice,
    ):
        unit = 10**8
        for command in (
            Deposit(ALICE, USDT, 5 * unit),
            Transfer(ALICE, BOB, BTC, unit),
            HoldWithdrawal(ALICE, BTC, WithdrawalId(1), 2 * unit),
            SettleWithdrawal(WithdrawalId(1)),
        ):
            await venue.engine.submit(command)
        none = "0.00000000"
        assert steps(await alice.hear_all()) == [
            ("balanceUpdate", "USDT", "5.00000000"),
            ("USDT", "10000005.00000000", none),
            ("balanceUpdate", "BTC", "-1.00000000"),
            ("BTC", "99.00000000", none),
            ("externalLockUpdate", "BTC", "2.00000000"),
            ("BTC", "97.00000000", "2.00000000"),
            ("externalLockUpdate", "BTC", "-2.00000000"),
            ("balanceUpdate", "BTC", "-2.00000000"),
            ("BTC", "97.00000000", none),
        ]


async def test_a_listen_key_is_one_per_account_and_only_its_owner_can_use_it(
    tmp_path: Path,
) -> None:
    async with open_doors(tmp_path) as (venue, _):
        key = await listen_key(venue.alice)
        assert await listen_key(venue.alice) == key
        assert await listen_key(venue.bob) != key
        assert (await venue.alice.call(f"PUT {STREAM}", f"listenKey={key}")).json == {}
        assert (await venue.bob.call(f"PUT {STREAM}", f"listenKey={key}")).code == -1125
        assert (await venue.anyone.call(f"POST {STREAM}")).code == -2014
        assert (await venue.alice.call(f"DELETE {STREAM}", f"listenKey={key}")).json == {}
        assert (await venue.alice.call(f"DELETE {STREAM}", f"listenKey={key}")).code == -1125
        assert await listen_key(venue.alice) != key


async def test_a_listen_key_is_read_by_subscribing_and_expires_after_an_hour(
    tmp_path: Path,
) -> None:
    async with open_doors(tmp_path) as (venue, _), ear(venue, "/stream") as alice:
        key = await listen_key(venue.alice)
        subscribe = {"method": "SUBSCRIBE", "params": [key], "id": 1}
        assert await alice.ask(subscribe) == {"result": None, "id": 1}
        await venue.alice.signed(ORDER, f"{LIMIT}&side=SELL&quantity=2&price=20000")
        new, position = await alice.hear_many(2)
        assert (new["stream"], new["data"]["x"]) == (key, "NEW")
        assert position["data"]["e"] == "outboundAccountPosition"

        venue.clock.now_us += LISTEN_KEY_US
        expired = {"e": "listenKeyExpired", "E": venue.clock.now_us // 1000, "listenKey": key}
        assert await alice.hear() == {"stream": key, "data": expired}
        assert (await venue.alice.call(f"PUT {STREAM}", f"listenKey={key}")).code == -1125
