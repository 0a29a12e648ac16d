"""The language of the scenario tables: sentences into commands, events into sentences.

    buy limit 3 @ 100 IOC stp EXPIRE_MAKER as my-id reusable on ETHUSD
    sell market for 500           cancel #1 named my-id only ONLY_NEW      cancel all everywhere
    amend #1 to 2 as other-id     replace #1 ALLOW_FAILURE with buy maker 3 @ 99
    deposit 5 BTC                 withdraw 5 BTC number 7                  settle 7

Words in any order after the verb. `command 1:5` at the end of any sentence gives it origin 1 and
number 5.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import astuple, replace

from rialto.messages import commands as c
from rialto.messages import events as e
from rialto.messages.commands import Command
from rialto.messages.events import Event
from rialto.messages.ids import AccountId, AssetId, InstrumentId, OrderId, WithdrawalId
from rialto.messages.orders import (
    CancelRestriction,
    InstrumentStatus,
    OrderType,
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
TYPES = {"limit": OrderType.LIMIT, "market": OrderType.MARKET, "maker": OrderType.LIMIT_MAKER}


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

    def order_id(self) -> OrderId:
        for position, word in enumerate(self.words):
            if word.startswith("#"):
                self.read.add(position)
                return OrderId(int(word[1:]))
        return c.ANY_ORDER

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
    what = (account_id(who), instrument, Side[verb.upper()], TYPES[rest.next()], in_force, stp)
    return c.PlaceOrder(*what, reusable, price, rest.number(), quote, name)


def _cancel(who: str, verb: str, rest: Words) -> Command:
    account, instrument = account_id(who), instrument_id(rest.after("on", "BTCUSD"))
    if rest.has("all"):
        instrument = c.ALL_INSTRUMENTS if rest.has("everywhere") else instrument
        return c.CancelAllOrders(account, instrument)
    restriction = CancelRestriction[rest.after("only", "NONE")]
    names = (rest.after("named"), rest.after("as"))
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
    fields: tuple[Any, ...] = (*where, *astuple(order)[2:], *names)
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


def rules(words: list[str]) -> dict[str, Any]:
    """`min_lots=2 symbol=X`: fields of a definition."""
    return {name: _value(name, value) for name, value in (word.split("=") for word in words)}


def _value(name: str, value: str) -> Any:
    if name == "symbol":
        return value
    if value in ("yes", "no"):
        return value == "yes"
    enums: dict[str, Any] = {"status": InstrumentStatus, "default_stp": StpMode}
    return enums[name][value] if name in enums else int(value)


VERBS: dict[str, Callable[[str, str, Words], Command]] = {
    "buy": _place,
    "sell": _place,
    "cancel": _cancel,
    "replace": _replace,
    "amend": _amend,
    **dict.fromkeys(("deposit", "withdraw", "settle", "release", "transfer"), _money),
    **dict.fromkeys(("status", "rates", "tier", "asset", "open", "list"), _administer),
}


def told(events: list[Event]) -> str:
    """Events as a sentence. That an order was placed goes without saying."""
    return ", ".join(sentence for sentence in map(_told, events) if sentence)


def _told(event: Event) -> str:
    match event:
        case e.OrderPlaced():
            return f"planned {event.quantity_lots}" if event.quote_amount else ""
        case e.TradeExecuted():
            trade = (
                f"trade {event.quantity_lots} @ {event.price_ticks} with #{event.maker_order_id}"
            )
            paid = (event.buyer_commission, event.seller_commission)
            return trade + (f" commission {paid[0]} and {paid[1]}" if any(paid) else "")
        case e.OrderRested():
            return f"#{event.order_id} rests {event.remaining_lots}"
        case e.OrderCanceled():
            return f"#{event.order_id} canceled {event.remaining_lots}"
        case e.OrderExpired():
            return f"#{event.order_id} expired {event.remaining_lots} {event.reason.name}"
        case e.OrderAmended():
            return f"#{event.order_id} amended to {event.quantity_lots}"
        case e.MatchPrevented():
            taker = f"#{event.taker_order_id} {event.taker_prevented_lots}"
            return f"prevented {taker} and #{event.maker_order_id} {event.maker_prevented_lots}"
        case e.OrderRepeated():
            return f"repeats #{event.order_id}"
        case e.OrderRejected() | e.CommandRejected():
            return f"rejected {event.rejection.name}"
    return "done"
