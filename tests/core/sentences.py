"""The language of the scenario tables: sentences into commands. telling.py is the other half.

    buy limit 3 @ 100 IOC stp EXPIRE_MAKER as my-id reusable on ETHUSD
    sell market for 500           cancel #1 named my-id only ONLY_NEW      cancel all everywhere
    amend #1 to 2 as other-id     replace #1 ALLOW_FAILURE with buy maker 3 @ 99
    buy stop-limit 3 @ 106 when 105 trailing 500 showing 1 pegged PRIMARY offset 2 till 90s
    oco as my-list stp DECREMENT / sell maker 3 @ 110 / sell stop 3 when 90 as my-id
    cancel list $1 named my-list  time (which lets the machine look at the clock)
    deposit 5 BTC                 withdraw 5 BTC number 7                  settle 7
    group alice 1                 reference 100                            limit 5 BTC
    limits orders 2 algos 1 icebergs 1 lists 1

Words in any order after the verb. `command 1:5` at the end of any sentence gives it origin 1 and
number 5. `till 90s` is 90 seconds after the start of the story.
"""

import re
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from rialto.messages import commands as c
from rialto.messages.commands import Command
from rialto.messages.ids import (
    AccountId,
    AssetId,
    InstrumentId,
    OrderId,
    OrderListId,
    WithdrawalId,
)
from rialto.messages.instructions import NO_STRATEGY, Instructions, OrderLeg
from rialto.messages.orders import (
    ALL_FEATURES,
    CancelRestriction,
    Feature,
    InstrumentStatus,
    OrderListType,
    OrderType,
    PegPriceType,
    ReplaceMode,
    Side,
    StpMode,
    TimeInForce,
)
from tests.core import markets
from tests.core.model import Identified

ASSETS = ["BTC", "USD", "ETH"]
SYMBOLS = ["BTCUSD", "ETHUSD"]
ACCOUNTS = ["alice", "bob", "carol", "poor"]  # poor has no money
NOBODY = AccountId(99)
TYPES = {
    "limit": OrderType.LIMIT,
    "market": OrderType.MARKET,
    "maker": OrderType.LIMIT_MAKER,
    "stop": OrderType.STOP_LOSS,
    "stop-limit": OrderType.STOP_LOSS_LIMIT,
    "profit": OrderType.TAKE_PROFIT,
    "profit-limit": OrderType.TAKE_PROFIT_LIMIT,
}
LISTS = [list_type.name.lower() for list_type in OrderListType]
START_US = 999_960_000_000  # of a story, a whole minute
UNITS_US = {"h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000, "ms": 1_000, "us": 1}


def duration_us(text: str) -> int:
    """`1m30s` in microseconds."""
    parts = re.findall(r"(\d+)([a-z]+)", text)
    return sum(int(count) * UNITS_US[unit] for count, unit in parts)


def account_id(name: str) -> AccountId:
    if name.isdigit():
        return AccountId(int(name))
    return AccountId(ACCOUNTS.index(name) + 1) if name in ACCOUNTS else NOBODY


def asset_id(symbol: str) -> AssetId:
    return AssetId(ASSETS.index(symbol) if symbol in ASSETS else 9)


def instrument_id(symbol: str) -> InstrumentId:
    return InstrumentId(SYMBOLS.index(symbol) if symbol in SYMBOLS else 9)


class Words:
    """The rest of a sentence: what follows a keyword, and what is there at all."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.read: set[int] = set()

    def after(self, keyword: str, default: str = "") -> str:
        if keyword not in self.words:
            return default
        position = self.words.index(keyword)
        self.read |= {position, position + 1}
        return self.words[position + 1]

    def has(self, word: str) -> bool:
        if word in self.words:
            self.read.add(self.words.index(word))
        return word in self.words

    def one_of(self, choices: type[Any], default: Any) -> Any:
        """A member of an enum, by its name among the words not yet read."""
        for position, word in enumerate(self.words):
            if position not in self.read and word in choices.__members__:
                self.read.add(position)
                return choices[word]
        return default

    def next(self, default: str = "") -> str:
        """The first word not yet read."""
        for position, word in enumerate(self.words):
            if position not in self.read:
                self.read.add(position)
                return word
        return default

    def number(self) -> int:
        """The first word not yet read, if it is a number; else 0."""
        for position, word in enumerate(self.words):
            if position not in self.read and word.lstrip("-").isdigit():
                self.read.add(position)
                return int(word)
        return 0

    def marked(self, mark: str) -> int:
        """The number with a mark before it, #1 or $1; else 0."""
        for position, word in enumerate(self.words):
            if word.startswith(mark):
                self.read.add(position)
                return int(word[1:])
        return 0

    def order_id(self) -> OrderId:
        return OrderId(self.marked("#"))

    def expect_end(self) -> None:
        unread = [word for n, word in enumerate(self.words) if n not in self.read]
        assert not unread, f"not understood: {unread} of {' '.join(self.words)}"


def identified(who: str, sentence: str) -> Identified:
    """The command that a sentence stands for."""
    words = sentence.split()
    origin, number = 0, 0
    if "command" in words:
        origin, number = (int(part) for part in words[-1].split(":"))
        words = words[: words.index("command")]
    rest = Words(words[1:])
    command = VERBS[words[0]](who, words[0], rest)
    rest.expect_end()
    return origin, number, command


def _place(who: str, verb: str, rest: Words) -> c.PlaceOrder:
    instrument = instrument_id(rest.after("on", "BTCUSD"))
    stp = StpMode[rest.after("stp", "NONE")]
    name, reusable = rest.after("as"), rest.has("reusable")
    price, quote = int(rest.after("@", "0")), int(rest.after("for", "0"))
    in_force = rest.one_of(TimeInForce, TimeInForce.GTC)
    asked = _instructions(rest)
    what = (account_id(who), instrument, Side[verb.upper()], TYPES[rest.next()], in_force, stp)
    return c.PlaceOrder(*what, reusable, price, rest.number(), quote, name, asked)


def _instructions(rest: Words) -> Instructions | None:
    till = rest.after("till")
    asked = Instructions(
        stop_price_ticks=int(rest.after("when", "0")),
        trailing_delta=int(rest.after("trailing", "0")),
        iceberg_lots=int(rest.after("showing", "0")),
        peg_price_type=PegPriceType[rest.after("pegged", "NONE")],
        peg_offset=int(rest.after("offset", "0")),
        good_till_us=START_US + duration_us(till) if till else 0,
        strategy_id=int(rest.after("strategy", str(NO_STRATEGY))),
    )
    return None if asked == Instructions() else asked


def _place_list(who: str, verb: str, rest: Words) -> c.PlaceOrderList:
    parts = " ".join(rest.words).split("/")
    rest.read |= set(range(len(rest.words)))
    about, legs = Words(parts[0].split()), [Words(part.split()[1:]) for part in parts[1:]]
    orders = [_place(who, part.split()[0], leg) for part, leg in zip(parts[1:], legs, strict=True)]
    where = (account_id(who), instrument_id(about.after("on", "BTCUSD")))
    stp, reusable = StpMode[about.after("stp", "NONE")], about.has("reusable")
    what = (*where, OrderListType[verb.upper()], stp, reusable, about.after("as"))
    for words in (about, *legs):
        words.expect_end()
    return c.PlaceOrderList(*what, tuple(_leg(order) for order in orders))


def _leg(order: c.PlaceOrder) -> OrderLeg:
    what = (order.side, order.type, order.time_in_force, order.price_ticks, order.quantity_lots)
    return OrderLeg(*what, order.client_order_id, order.instructions)


def _cancel(who: str, verb: str, rest: Words) -> Command:
    account, instrument = account_id(who), instrument_id(rest.after("on", "BTCUSD"))
    if rest.has("all"):
        instrument = c.ALL_INSTRUMENTS if rest.has("everywhere") else instrument
        return c.CancelAllOrders(account, instrument)
    names = (rest.after("named"), rest.after("as"))
    if rest.has("list"):
        return c.CancelOrderList(account, instrument, OrderListId(rest.marked("$")), *names)
    restriction = CancelRestriction[rest.after("only", "NONE")]
    return c.CancelOrder(account, instrument, rest.order_id(), restriction, *names)


def _replace(who: str, verb: str, rest: Words) -> c.ReplaceOrder:
    middle = rest.words.index("with")
    old, new = Words(rest.words[:middle]), rest.words[middle + 1 :]
    rest.read |= set(range(len(rest.words)))
    new_words = Words(new[1:])
    order = _place(who, new[0], new_words)
    mode = old.one_of(ReplaceMode, ReplaceMode.STOP_ON_FAILURE)
    restriction = CancelRestriction[old.after("only", "NONE")]
    names, order_id = (old.after("named"), old.after("as")), old.order_id()
    old.expect_end()
    new_words.expect_end()
    where = (order.account, order.instrument, order_id, mode, restriction)
    of_new = [getattr(order, name) for name in order.__struct_fields__[2:-1]]
    fields: tuple[Any, ...] = (*where, *of_new, *names, order.instructions)
    return c.ReplaceOrder(*fields)


def _amend(who: str, verb: str, rest: Words) -> c.AmendOrder:
    where = (account_id(who), instrument_id(rest.after("on", "BTCUSD")), rest.order_id())
    return c.AmendOrder(*where, int(rest.after("to")), rest.after("named"), rest.after("as"))


def _money(who: str, verb: str, rest: Words) -> Command:
    target, withdrawal = rest.after("to"), WithdrawalId(int(rest.after("number", "0")))
    amount = int(rest.next())
    if verb in ("settle", "release"):
        ends = {"settle": c.SettleWithdrawal, "release": c.ReleaseWithdrawal}
        return ends[verb](WithdrawalId(amount))
    asset, account = asset_id(rest.next()), account_id(who)
    if verb == "transfer":
        return c.Transfer(account, account_id(target), asset, amount)
    if verb == "withdraw":
        return c.HoldWithdrawal(account, asset, withdrawal, amount)
    return c.Deposit(account, asset, amount)


def _administer(who: str, verb: str, rest: Words) -> Command:
    instrument = instrument_id(rest.after("on", "BTCUSD"))
    match verb:
        case "status":
            return c.SetInstrumentStatus(instrument, rest.one_of(InstrumentStatus, None))
        case "rates":
            tier, ppm = int(rest.after("tier")), (rest.after("maker"), rest.after("taker"))
            return c.SetCommissionRates(instrument, tier, int(ppm[0]), int(ppm[1]))
        case "tier":
            return c.SetCommissionTier(account_id(rest.next()), rest.number())
        case "asset":
            decimals = int(rest.after("decimals", "8"))
            return c.AddAsset(decimals, rest.next())
        case "open":
            return c.OpenAccount(account_id(rest.next()))
    changes = rules(rest.words)
    rest.read |= set(range(len(rest.words)))
    return c.ListInstrument(replace(markets.PLAIN, **changes))


def _limit(who: str, verb: str, rest: Words) -> Command:
    match verb:
        case "time":
            return c.AdvanceTime()
        case "group":
            return c.SetTradeGroup(account_id(rest.next()), rest.number())
        case "reference":
            instrument = instrument_id(rest.after("on", "BTCUSD"))
            return c.SetReferencePrice(instrument, rest.number())
        case "limit":
            amount = rest.number()
            return c.SetAssetLimit(asset_id(rest.next()), amount)
        case _:
            counts = [rest.after(name, "0") for name in ("orders", "algos", "icebergs", "lists")]
            return c.SetExchangeLimits(*map(int, counts))


def rules(words: list[str]) -> dict[str, Any]:
    """`min_lots=2 symbol=X without=OCO,AMEND`: fields of a definition."""
    given = [word.split("=") for word in words]
    names = {"without": "features"}
    return {names.get(name, name): _value(name, value) for name, value in given}


def _value(name: str, value: str) -> Any:
    if name == "symbol":
        return value
    if value in ("yes", "no"):
        return value == "yes"
    enums: dict[str, Any] = {"status": InstrumentStatus, "default_stp": StpMode}
    if name == "without":  # features, by their names
        return ALL_FEATURES & ~sum(Feature[feature] for feature in value.split(","))
    return enums[name][value] if name in enums else int(value)


VERBS: dict[str, Callable[[str, str, Words], Command]] = {
    "buy": _place,
    "sell": _place,
    "cancel": _cancel,
    "replace": _replace,
    "amend": _amend,
    **dict.fromkeys(("deposit", "withdraw", "settle", "release", "transfer"), _money),
    **dict.fromkeys(LISTS, _place_list),
    **dict.fromkeys(("status", "rates", "tier", "asset", "open", "list"), _administer),
    **dict.fromkeys(("time", "group", "reference", "limit", "limits"), _limit),
}
