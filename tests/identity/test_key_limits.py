"""Limits of keys: what can be said, and which addresses are let in."""

import pytest

from rialto.identity.key_limits import BadLimit, KeyLimits, checked, may_come_from


@pytest.mark.parametrize(
    ("listed", "address", "allowed"),
    [
        (("127.0.0.1",), "127.0.0.1", True),
        (("127.0.0.1",), "127.0.0.2", False),
        (("10.0.0.0/8", "192.168.1.7"), "10.200.3.4", True),
        (("10.0.0.0/8", "192.168.1.7"), "192.168.1.7", True),
        (("10.0.0.0/8", "192.168.1.7"), "192.168.1.8", False),
        (("127.0.0.1",), "::ffff:127.0.0.1", True),
        (("::1",), "::1", True),
        (("2001:db8::/32",), "2001:db8::7", True),
        (("2001:db8::/32",), "127.0.0.1", False),
        (("0.0.0.0/0",), "", False),
        (("0.0.0.0/0",), "a host", False),
    ],
)
def test_addresses(listed: tuple[str, ...], address: str, allowed: bool) -> None:
    assert may_come_from(checked(KeyLimits(listed)).addresses, address) is allowed


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        (KeyLimits(("10.0.0.1/8",)), "host bits"),
        (KeyLimits(("everywhere",)), "no IP address"),
        (KeyLimits(("10.0.0.1",) * 31), "at most 30 addresses"),
        (KeyLimits(symbols=("btcusdt",)), "no symbol"),
        (KeyLimits(symbols=("",)), "no symbol"),
        (KeyLimits(symbols=("A",) * 1_001), "at most 1000 symbols"),
        (KeyLimits(notional_max={"USD T": "1"}), "no asset"),
        (KeyLimits(notional_max={"USDT": "1e3"}), "no amount of USDT"),
        (KeyLimits(notional_max={"USDT": "-1"}), "no amount of USDT"),
        (KeyLimits(orders_per_second=-1), "orders per second"),
        (KeyLimits(orders_per_second=1_000_001), "orders per second"),
    ],
)
def test_what_makes_no_sense(limits: KeyLimits, why: str) -> None:
    with pytest.raises(BadLimit, match=why):
        checked(limits)
