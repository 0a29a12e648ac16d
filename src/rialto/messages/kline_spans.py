"""Which kept klines make up others: wide ones where they fit, narrow ones at the borders.

In:  the times at which the wanted klines open, and the narrowest width that has them as borders.
Out: for each kept width, which of its klines are part of it, so that none is told twice.
"""

from collections.abc import Sequence
from typing import NamedTuple

from rialto.messages.klines import KEPT_WIDTHS_US


class KlinePart(NamedTuple):
    """Klines of one width: those within the wider ones that a border cuts (all, if there is no
    wider width), without those that a border cuts themselves. Both by their open times.
    """

    width_us: int
    wider_us: int  # 0: none
    cut_wider: tuple[int, ...]
    cut: tuple[int, ...]


class KlineSpan(NamedTuple):
    """Those that open in [start, end), and of the narrowest width the last before start."""

    start_us: int
    end_us: int
    parts: tuple[KlinePart, ...]  # the narrowest first


def span_of(borders: Sequence[int], narrowest_us: int, widest_us: int) -> KlineSpan:
    """Of all from the first to the last border; each border is a whole number of narrowest_us."""
    widths = [width for width in KEPT_WIDTHS_US if narrowest_us <= width <= widest_us]
    parts = []
    for width_us, wider_us in zip(widths, [*widths[1:], 0], strict=True):
        cut_wider = _cut(borders, wider_us) if wider_us else ()
        parts.append(KlinePart(width_us, wider_us, cut_wider, _cut(borders, width_us)))
    return KlineSpan(borders[0], borders[-1], tuple(parts))


def _cut(borders: Sequence[int], width_us: int) -> tuple[int, ...]:
    """Open times of the klines of a width that have a border inside."""
    return tuple(dict.fromkeys(time - time % width_us for time in borders if time % width_us))
