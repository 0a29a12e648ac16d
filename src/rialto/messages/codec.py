"""Frames: commands and events as bytes, on disk, between processes and at the border to the core.

A frame is little-endian and packed, padded with zeros to a multiple of 8:

    command   u16 length | u8 kind | u8 0 | u32 origin | u64 number | fields
    event     u16 length | u8 kind | u8 0 | u32 index  | u64 sequence | u64 time_us | fields

(origin, number) is the command id: an origin counts its commands upward, and the machine refuses
one it has seen (origin 0 asks for no such check). Fields stand in the order of the struct in
commands.py or events.py. Instructions are a byte in their place (1: there are some), legs a byte
that counts them, a text a byte with its length; what these stand for follows the last field, in
that order. The other half of this file is command.rs and event.rs.
"""

from collections.abc import Iterator
from struct import Struct
from struct import error as StructError

from rialto.messages import commands, events
from rialto.messages.commands import Command
from rialto.messages.events import Event
from rialto.messages.instruments import InstrumentDefinition
from rialto.messages.layouts import PADDINGS, Layout, MalformedFrame

COMMAND_LETTERS, EVENT_LETTERS = "HBBIQ", "HBBIQQ"
COMMAND_HEADER = Struct("<" + COMMAND_LETTERS)
EVENT_HEADER = Struct("<" + EVENT_LETTERS)
EVENT_HEADER_BYTES = EVENT_HEADER.size
_LENGTH_AND_KIND = Struct("<HB")
FRAME_BYTES_MAX = 512

COMMAND_KINDS: dict[int, type[Command]] = {
    1: commands.AddAsset,
    2: commands.ListInstrument,
    3: commands.SetInstrumentStatus,
    4: commands.OpenAccount,
    5: commands.SetCommissionRates,
    6: commands.SetCommissionTier,
    7: commands.Deposit,
    8: commands.HoldWithdrawal,
    9: commands.SettleWithdrawal,
    10: commands.ReleaseWithdrawal,
    11: commands.Transfer,
    12: commands.SetTradeGroup,
    13: commands.SetReferencePrice,
    14: commands.SetExchangeLimits,
    15: commands.SetAssetLimit,
    16: commands.PlaceOrder,
    17: commands.CancelOrder,
    18: commands.CancelAllOrders,
    19: commands.ReplaceOrder,
    20: commands.AmendOrder,
    21: commands.PlaceOrderList,
    22: commands.CancelOrderList,
    23: commands.AdvanceTime,
}
EVENT_KINDS: dict[int, type[Event]] = {
    1: events.AssetAdded,
    2: events.InstrumentListed,
    3: events.InstrumentStatusSet,
    4: events.AccountOpened,
    5: events.CommissionRatesSet,
    6: events.CommissionTierSet,
    7: events.Deposited,
    8: events.WithdrawalHeld,
    9: events.WithdrawalSettled,
    10: events.WithdrawalReleased,
    11: events.Transferred,
    12: events.TradeGroupSet,
    13: events.ReferencePriceSet,
    14: events.ExchangeLimitsSet,
    15: events.AssetLimitSet,
    16: events.OrderPlaced,
    17: events.TradeExecuted,
    18: events.OrderRested,
    19: events.OrderCanceled,
    20: events.OrderExpired,
    21: events.OrderAmended,
    22: events.MatchPrevented,
    23: events.OrderRepeated,
    24: events.OrderRejected,
    25: events.OrderTriggered,
    26: events.OrderActivated,
    27: events.OrderPegged,
    28: events.TrailingStarted,
    29: events.IcebergRefreshed,
    30: events.OrderListPlaced,
    31: events.OrderListDone,
    32: events.CommandRejected,
    33: events.ProceedsHeld,
    34: events.TimeAdvanced,
    35: events.AuctionPriced,
}

_COMMAND_FIELDS = ("length", "kind", "zero", "origin", "number")
_EVENT_FIELDS = ("length", "kind", "zero", "index", "sequence", "time_us")
_COMMANDS = {
    kind: Layout(struct, COMMAND_LETTERS, _COMMAND_FIELDS)
    for kind, struct in COMMAND_KINDS.items()
    if struct is not commands.ListInstrument
}
_EVENTS = {
    kind: Layout(struct, EVENT_LETTERS, _EVENT_FIELDS)
    for kind, struct in EVENT_KINDS.items()
    if struct is not events.InstrumentListed
}
_COMMAND_KIND = {struct: kind for kind, struct in COMMAND_KINDS.items()}
_EVENT_KIND = {struct: kind for kind, struct in EVENT_KINDS.items()}
# These two hold a definition, whose fields are theirs.
_LISTING = _COMMAND_KIND[commands.ListInstrument]
_LISTED = _EVENT_KIND[events.InstrumentListed]
_DEFINITION = Layout(InstrumentDefinition)
_INSTRUMENT_ID = Struct("<I")

# What reading bytes that are no frame can raise on the way.
_UNREADABLE = (StructError, KeyError, UnicodeDecodeError)


def _frame(head: Struct, header: tuple[int, ...], body: bytes) -> bytes:
    length = head.size + len(body)
    padding = PADDINGS[length % 8]
    return head.pack(length + len(padding), *header) + body + padding


def encode_command(command: Command, origin: int = 0, number: int = 0) -> bytes:
    """One command as a frame. MalformedFrame or struct.error if a value does not fit its field."""
    kind = _COMMAND_KIND[type(command)]
    if isinstance(command, commands.ListInstrument):
        body = _DEFINITION.write(command.definition)
        return _frame(COMMAND_HEADER, (kind, 0, origin, number), body)
    return _COMMANDS[kind].write_frame(command, kind, 0, origin, number)


def decode_commands(frames: bytes | memoryview) -> Iterator[tuple[int, int, Command]]:
    """(origin, number, command) of each frame; MalformedFrame at the first that is not one."""
    offset = 0
    while offset < len(frames):
        try:
            length, origin, number, command = _read_command(frames, offset)
        except _UNREADABLE as wrong:
            raise MalformedFrame(f"no command at byte {offset}: {wrong}") from wrong
        yield origin, number, command
        offset += length


def _read_command(frames: bytes | memoryview, offset: int) -> tuple[int, int, int, Command]:
    length, kind, _, origin, number = COMMAND_HEADER.unpack_from(frames, offset)
    if kind not in COMMAND_KINDS or not COMMAND_HEADER.size <= length <= len(frames) - offset:
        raise MalformedFrame(f"no command at byte {offset}")
    end = offset + length
    command: Command
    if kind == _LISTING:
        definition = _DEFINITION.read(frames, offset + COMMAND_HEADER.size, end)
        command = commands.ListInstrument(definition)
    else:
        command = _COMMANDS[kind].read(frames, offset, end)
    return length, origin, number, command


def encode_event(event: Event) -> bytes:
    """One event as a frame, byte for byte what the core writes."""
    kind = _EVENT_KIND[type(event)]
    header = (kind, 0, event.index, event.sequence, event.time_us)
    if isinstance(event, events.InstrumentListed):
        body = _INSTRUMENT_ID.pack(event.instrument) + _DEFINITION.write(event.definition)
        return _frame(EVENT_HEADER, header, body)
    return _EVENTS[kind].write_frame(event, *header)


def decode_events(frames: bytes | memoryview) -> list[Event]:
    """The events of a run of frames, in order; MalformedFrame at the first that is not one."""
    try:
        return _read_events(frames)
    except _UNREADABLE as wrong:
        raise MalformedFrame(f"no event: {wrong}") from wrong


def _read_events(frames: bytes | memoryview) -> list[Event]:
    found: list[Event] = []
    offset, end = 0, len(frames)
    while offset < end:
        length, kind = _LENGTH_AND_KIND.unpack_from(frames, offset)
        frame_end = offset + length
        if kind not in EVENT_KINDS or length < EVENT_HEADER_BYTES or frame_end > end:
            raise MalformedFrame(f"no event at byte {offset}")
        if kind == _LISTED:
            found.append(_read_listed(frames, offset, frame_end))
        else:
            found.append(_EVENTS[kind].read_on(frames, offset, frame_end)[0])
        offset = frame_end
    return found


def _read_listed(frames: bytes | memoryview, offset: int, end: int) -> events.InstrumentListed:
    _, _, _, index, sequence, time_us = EVENT_HEADER.unpack_from(frames, offset)
    body = offset + EVENT_HEADER.size
    (instrument,) = _INSTRUMENT_ID.unpack_from(frames, body)
    definition = _DEFINITION.read(frames, body + _INSTRUMENT_ID.size, end)
    return events.InstrumentListed(sequence, index, time_us, instrument, definition)
