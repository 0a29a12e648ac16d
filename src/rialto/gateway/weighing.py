"""What a request weighs where that depends on its parameters.

In:  parameters as sent, not yet checked.
Out: the weight that Binance gives it; weights.py counts. What each says of itself is shown in the
     documentation.
"""

from collections.abc import Callable, Mapping

Texts = Mapping[str, str]
Weight = Callable[[Texts], int]


def by_levels(texts: Texts) -> int:
    """5; 25 from 101 levels, 50 from 501, 250 from 1001."""
    limit = _count(texts.get("limit"), default=100)
    return next(
        (weight for most, weight in ((100, 5), (500, 25), (1000, 50)) if limit <= most), 250
    )


def by_symbol(one: int, more: int) -> Weight:
    """One weight if a symbol is named, another for many."""

    def weight(texts: Texts) -> int:
        return one if "symbol" in texts else more

    weight.__doc__ = f"{one} with symbol, else {more}."
    return weight


def by_symbols(texts: Texts) -> int:
    """2 for 1 to 20 symbols, 40 for 21 to 100, else 80."""
    if "symbol" in texts:
        return 2
    if "symbols" not in texts:
        return 80
    count = _symbols(texts)
    return next((weight for most, weight in ((20, 2), (100, 40)) if count <= most), 80)


def by_windows(texts: Texts) -> int:
    """4 for each symbol, at most 200."""
    return min(4 * _symbols(texts), 200)


def by_rules(texts: Texts) -> int:
    """2 for each symbol, at most 40; 40 without."""
    named = "symbol" in texts or "symbols" in texts
    return min(2 * _symbols(texts), 40) if named else 40


def _symbols(texts: Texts) -> int:
    """How many are named; the commas of a JSON array tell it."""
    return texts.get("symbols", "").count(",") + 1


def by_order(texts: Texts) -> int:
    """5 with orderId, else 20."""
    return 5 if "orderId" in texts else 20


def by_order_prevented(texts: Texts) -> int:
    """20 with orderId, else 2."""
    return 20 if "orderId" in texts else 2


def by_rates(texts: Texts) -> int:
    """20 with computeCommissionRates, else 1."""
    return 20 if texts.get("computeCommissionRates") == "true" else 1


def _count(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 20 else default


def described(weight: int | Weight) -> str:
    """In words."""
    return f"{weight}." if isinstance(weight, int) else str(weight.__doc__)
