"""The compiled core (rust/binding): bytes in, bytes out. Only rialto.engine imports it."""

from typing import final

__all__ = ["Exchange", "bench_workload", "core_version", "workload_commands"]

@final
class Exchange:
    """One deterministic machine. Methods release the GIL.

    A malformed batch raises ValueError and changes nothing.
    """

    def __init__(self) -> None: ...
    def apply(self, first_sequence: int, time_us: int, commands: bytes) -> bytes:
        """Command frames in, event frames out. first_sequence must be `sequence + 1`, else
        ValueError.

        time_us below the last one counts as the last one.
        """
    def snapshot(self) -> bytes:
        """The whole state, canonical: equal states give equal bytes."""
    @staticmethod
    def restore(snapshot: bytes) -> Exchange:
        """ValueError if the bytes are not a whole, undamaged snapshot of this version."""
    def state_hash(self) -> bytes:
        """32 bytes, equal for equal states."""
    @property
    def sequence(self) -> int:
        """Of the last command applied, 0 at the start."""
    @property
    def time_us(self) -> int: ...
    @property
    def wake_at_us(self) -> int | None:
        """When an AdvanceTime is wanted: at once (0), at this time, or not (None)."""
    def balances(self) -> list[tuple[int, int, int, int]]:
        """(account, asset, free, locked), sorted; account 0 is external, 2^32 - 1 commission."""
    def open_orders(self, instrument: int) -> list[tuple[int, int, int, int, int, int]]:
        """(order_id, account, side, price_ticks, quantity_lots, remaining_lots).

        Best price first, bids before asks.
        """

def core_version() -> str: ...
def bench_workload(path: str, ladder: bool) -> str:
    """Run a workload file (benchmarks/workload) through the core or the bare ladder; JSON."""

def workload_commands(path: str) -> tuple[bytes, bytes]:
    """The same file as command frames: what sets up and fills the book, and what is timed."""
