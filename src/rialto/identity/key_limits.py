"""What an API key is held to beyond its permissions: where it may come from, what it may risk.

In:  an operator's words, checked once when a key is made.
Out: KeyLimits, stored with the key; whether an address may use it. The gateway enforces the rest.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

import msgspec

ADDRESSES_MAX = 30  # of one key
SYMBOLS_MAX = 1_000
ASSETS_MAX = 100
ORDERS_PER_SECOND_MAX = 1_000_000
ADDRESSES_REMEMBERED_MAX = 4_096
_SYMBOL = re.compile(r"[A-Z0-9]{1,32}")
_DECIMAL = re.compile(r"(?:0|[1-9][0-9]{0,18})(?:\.[0-9]{1,18})?")


class BadLimit(ValueError):
    """The message is for whoever makes the key."""


class KeyLimits(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """All of it is optional: a key without limits may do what its permissions say."""

    addresses: tuple[str, ...] = ()  # IP addresses and networks; none: from anywhere
    symbols: tuple[str, ...] = ()  # whose orders it may place; none: of all
    notional_max: dict[str, str] = {}  # of one order, by quote asset, in decimal
    orders_per_second: int = 0  # 0: as many as the exchange takes

    @property
    def holds_orders(self) -> bool:
        """Whether an order has to be looked at."""
        return bool(self.symbols or self.notional_max or self.orders_per_second)


UNLIMITED = KeyLimits()


def checked(limits: KeyLimits) -> KeyLimits:
    """The same in one spelling; BadLimit if it makes no sense."""
    for what, count, most in (
        ("addresses", len(limits.addresses), ADDRESSES_MAX),
        ("symbols", len(limits.symbols), SYMBOLS_MAX),
        ("assets", len(limits.notional_max), ASSETS_MAX),
    ):
        if count > most:
            raise BadLimit(f"a key has at most {most} {what}")
    _check_words("symbol", limits.symbols)
    _check_words("asset", limits.notional_max)
    for asset, notional in limits.notional_max.items():
        if _DECIMAL.fullmatch(notional) is None:
            raise BadLimit(f"{notional!r} is no amount of {asset}: write it like 2500 or 0.5")
    if not 0 <= limits.orders_per_second <= ORDERS_PER_SECOND_MAX:
        raise BadLimit(f"orders per second are 1 to {ORDERS_PER_SECOND_MAX}, or 0 for no limit")
    networks = tuple(_network(address) for address in limits.addresses)
    return msgspec.structs.replace(limits, addresses=networks)


def _check_words(what: str, words: Iterable[str]) -> None:
    for word in words:
        if _SYMBOL.fullmatch(word) is None:
            raise BadLimit(f"{word!r} is no {what}: they are in upper case, like BTCUSDT or USDT")


def _network(text: str) -> str:
    try:
        network = ip_network(text)
    except ValueError as error:
        raise BadLimit(f"{text!r} is no IP address or network: {error}") from None
    return str(network.network_address) if network.num_addresses == 1 else str(network)


@lru_cache(ADDRESSES_REMEMBERED_MAX)
def may_come_from(addresses: tuple[str, ...], address: str) -> bool:
    """Whether an address is one of a key's. A client's that has none, or an odd one, is not."""
    try:
        came_from = ip_address(address)
    except ValueError:
        return False
    if isinstance(came_from, IPv6Address) and came_from.ipv4_mapped is not None:
        came_from = came_from.ipv4_mapped
    return any(came_from in ip_network(network) for network in addresses)
