"""The two machines behind one interface: commands in, events out, balances and books to look at."""

from typing import Protocol

from rialto._core import Exchange
from rialto.messages.codec import decode_events, encode_command
from rialto.messages.events import Event
from tests.core.model import Identified
from tests.core.model_state import Balance, OpenOrder


class Machine(Protocol):
    def apply(self, first_sequence: int, time_us: int, batch: list[Identified]) -> list[Event]: ...
    def balances(self) -> list[Balance]: ...
    def open_orders(self, instrument: int) -> list[OpenOrder]: ...
    def wake_at_us(self) -> int | None: ...


def frames_of(batch: list[Identified]) -> bytes:
    return b"".join(encode_command(command, origin, number) for origin, number, command in batch)


class Core:
    """The compiled core, with structs instead of frames."""

    def __init__(self) -> None:
        self.exchange = Exchange()

    def apply(self, first_sequence: int, time_us: int, batch: list[Identified]) -> list[Event]:
        return decode_events(self.exchange.apply(first_sequence, time_us, frames_of(batch)))

    def balances(self) -> list[Balance]:
        return [row for row in self.exchange.balances() if row[2] or row[3]]

    def open_orders(self, instrument: int) -> list[OpenOrder]:
        return self.exchange.open_orders(instrument)

    def wake_at_us(self) -> int | None:
        return self.exchange.wake_at_us


class RestoredCore(Core):
    """A core that is now and then put away as a snapshot, and restored from it."""

    EVERY_COMMANDS = 37

    def apply(self, first_sequence: int, time_us: int, batch: list[Identified]) -> list[Event]:
        if first_sequence % self.EVERY_COMMANDS == 0:
            snapshot, state_hash = self.exchange.snapshot(), self.exchange.state_hash()
            self.exchange = Exchange.restore(snapshot)
            assert self.exchange.snapshot() == snapshot
            assert self.exchange.state_hash() == state_hash
        return super().apply(first_sequence, time_us, batch)
