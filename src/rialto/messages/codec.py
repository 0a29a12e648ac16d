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

from collections.abc import Callable, Iterator
from enum import IntEnum
from struct import Struct
from struct import error as StructError
from typing import Any

import msgspec

from rialto.messages import commands, events, orders
from rialto.messages.commands import Command
from rialto.messages.events import Event
from rialto.messages.instructions import Instructions, OrderLeg
from rialto.messages.instruments import InstrumentDefinition
from rialto.messages.rejections import Rejection

COMMAND_HEADER = Struct("<HBBIQ")
EVENT_HEADER = Struct("<HBBIQQ")
FRAME_BYTES_MAX = 512
TEXT_BYTES_MAX = 36

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

_U8, _U16, _U32, _U64, _I64, _I128, _TEXT = "B", "H", "I", "Q", "q", "16s", "text"

_FLAGS = {0: False, 1: True}

# One name has one width everywhere.
_WIDTHS: dict[str, str] = {
    **dict.fromkeys(("account", "source", "target", "taker_account", "maker_account"), _U32),
    **dict.fromkeys(("asset", "base", "quote", "instrument"), _U32),
    **dict.fromkeys(("tier", "maker_ppm", "taker_ppm", "max_num_orders"), _U32),
    **dict.fromkeys(("bid_multiplier_up", "bid_multiplier_down"), _U32),
    **dict.fromkeys(("ask_multiplier_up", "ask_multiplier_down", "average_price_minutes"), _U32),
    **dict.fromkeys(("multiplier_up", "multiplier_down"), _U32),
    **dict.fromkeys(("bid_limit_multiplier_up", "bid_limit_multiplier_down"), _U32),
    **dict.fromkeys(("ask_limit_multiplier_up", "ask_limit_multiplier_down"), _U32),
    **dict.fromkeys(("reference_bucket_count", "reference_bucket_width_ms"), _U32),
    **dict.fromkeys(("iceberg_parts", "max_num_algo_orders", "max_num_iceberg_orders"), _U32),
    **dict.fromkeys(("max_num_order_lists", "max_num_order_amends", "trade_group"), _U32),
    **dict.fromkeys(("min_trailing_above_delta", "max_trailing_above_delta"), _U32),
    **dict.fromkeys(("min_trailing_below_delta", "max_trailing_below_delta"), _U32),
    **dict.fromkeys(("trailing_delta", "strategy_type"), _U32),
    **dict.fromkeys(("decimals", "command_kind", "allowed_stp_mask"), _U8),
    **dict.fromkeys(("allowed_order_types", "peg_offset", "leg_count"), _U8),
    "features": _U16,
    **dict.fromkeys(("order_id", "cancel_order_id", "taker_order_id", "maker_order_id"), _U64),
    **dict.fromkeys(("trade_id", "update_id", "prevented_match_id", "withdrawal"), _U64),
    **dict.fromkeys(("original_sequence", "good_till_us"), _U64),
    **dict.fromkeys(("order_list", "first_order_id"), _U64),
    **dict.fromkeys(("price_ticks", "min_price_ticks", "max_price_ticks"), _I64),
    **dict.fromkeys(("stop_price_ticks", "iceberg_lots", "visible_lots", "strategy_id"), _I64),
    **dict.fromkeys(("quantity_lots", "old_quantity_lots", "remaining_lots"), _I64),
    **dict.fromkeys(("taker_remaining_lots", "maker_remaining_lots"), _I64),
    **dict.fromkeys(("taker_prevented_lots", "maker_prevented_lots"), _I64),
    **dict.fromkeys(("min_lots", "max_lots"), _I64),
    **dict.fromkeys(("market_min_lots", "market_max_lots", "market_step_lots"), _I64),
    **dict.fromkeys(("quote_units_per_tick_lot", "base_units_per_lot"), _I64),
    **dict.fromkeys(("amount", "quote_amount", "held", "released"), _I128),
    **dict.fromkeys(("taker_released", "maker_released"), _I128),
    **dict.fromkeys(("buyer_commission", "seller_commission", "buyer_release"), _I128),
    **dict.fromkeys(("min_notional", "notional_min", "notional_max", "max_position"), _I128),
}

_ENUMS: dict[str, type[IntEnum]] = {
    "peg_price_type": orders.PegPriceType,
    "list_type": orders.OrderListType,
    "side": orders.Side,
    "taker_side": orders.Side,
    "type": orders.OrderType,
    "time_in_force": orders.TimeInForce,
    "stp": orders.StpMode,
    "default_stp": orders.StpMode,
    "reason": orders.ExpiryReason,
    "status": orders.InstrumentStatus,
    "restriction": orders.CancelRestriction,
    "rejection": Rejection,
}


class MalformedFrame(ValueError):
    """Bytes that are not a frame of a known kind."""


def _signed(raw: bytes) -> int:
    return int.from_bytes(raw, "little", signed=True)


class _Layout:
    """Where the fields of one struct stand in its frame."""

    def __init__(self, struct: type[msgspec.Struct], skip: int) -> None:
        self.struct = struct
        self.codes: list[str] = []
        self.readers: list[tuple[int, Callable[[Any], Any]]] = []
        self.texts: list[int] = []
        self.wide: list[int] = []
        self.instructions: int | None = None
        self.legs: int | None = None
        for position, field in enumerate(msgspec.structs.fields(struct)[skip:]):
            self._place(position, field.name, field.type, struct)
        self.fixed = Struct("<" + "".join(_U8 if c == _TEXT else c for c in self.codes))

    def _place(self, position: int, name: str, type_: Any, struct: type) -> None:
        if type_ is str:
            self.codes.append(_TEXT)
            self.texts.append(position)
        elif name == "instructions":
            self.codes.append(_U8)
            self.instructions = position
        elif name == "legs":
            self.codes.append(_U8)
            self.legs = position
        elif type_ is bool:
            self.codes.append(_U8)
            self.readers.append((position, _FLAGS.__getitem__))
        elif name in _ENUMS or name == "mode":
            enum = _ENUMS.get(name) or (
                orders.ReplaceMode if struct is commands.ReplaceOrder else orders.StpMode
            )
            self.codes.append(_U8)
            self.readers.append((position, {member.value: member for member in enum}.__getitem__))
        else:
            self.codes.append(_WIDTHS[name])
            if _WIDTHS[name] == _I128:
                self.wide.append(position)
                self.readers.append((position, _signed))

    def write(self, values: tuple[Any, ...]) -> bytes:
        row = list(values)
        for position in self.wide:
            row[position] = row[position].to_bytes(16, "little", signed=True)
        tail = b""
        if self.instructions is not None:
            row[self.instructions], tail = _write_instructions(row[self.instructions])
        if self.legs is not None:
            tail += b"".join(_LEG.write(msgspec.structs.astuple(leg)) for leg in row[self.legs])
            row[self.legs] = len(row[self.legs])
        for position in self.texts:
            text = row[position].encode()
            if len(text) > TEXT_BYTES_MAX:
                raise MalformedFrame(f"a text of {len(text)} bytes, at most {TEXT_BYTES_MAX}")
            row[position] = len(text)
            tail += text
        return self.fixed.pack(*row) + tail

    def read(self, frames: bytes | memoryview, offset: int, frame_end: int) -> list[Any]:
        return self.read_on(frames, offset, frame_end)[0]

    def read_on(
        self, frames: bytes | memoryview, offset: int, frame_end: int
    ) -> tuple[list[Any], int]:
        """The values, and where they end."""
        values = list(self.fixed.unpack_from(frames, offset))
        for position, reader in self.readers:
            values[position] = reader(values[position])
        start = offset + self.fixed.size
        if self.instructions is not None:
            if _FLAGS[values[self.instructions]]:
                section, start = _INSTRUCTIONS.read_on(frames, start, frame_end)
                values[self.instructions] = Instructions(*section)
            else:
                values[self.instructions] = None
        if self.legs is not None:
            legs: list[OrderLeg] = []
            for _ in range(values[self.legs]):
                leg, start = _LEG.read_on(frames, start, frame_end)
                legs.append(OrderLeg(*leg))
            values[self.legs] = tuple(legs)
        for position in self.texts:
            if values[position] > TEXT_BYTES_MAX:
                raise MalformedFrame(
                    f"a text of {values[position]} bytes, at most {TEXT_BYTES_MAX}"
                )
            end = start + values[position]
            values[position] = str(frames[start:end], "utf-8")
            start = end
        if start > frame_end:
            raise MalformedFrame("fields run out of their frame")
        return values, start


def _write_instructions(instructions: Instructions | None) -> tuple[int, bytes]:
    """(whether there are some, their bytes)."""
    if instructions is None:
        return 0, b""
    return 1, _INSTRUCTIONS.write(msgspec.structs.astuple(instructions))


_INSTRUCTIONS = _Layout(Instructions, 0)
_LEG = _Layout(OrderLeg, 0)
_HEADER_FIELDS_EVENT = 3  # sequence, index, time_us are in the header
_DEFINITION = _Layout(InstrumentDefinition, 0)
_HOLDS_DEFINITION = (commands.ListInstrument, events.InstrumentListed)


def _layout(struct: type[msgspec.Struct], skip: int) -> _Layout:
    return _DEFINITION if struct is commands.ListInstrument else _Layout(struct, skip)


_COMMANDS = {kind: _layout(struct, 0) for kind, struct in COMMAND_KINDS.items()}
_COMMAND_KIND = {struct: kind for kind, struct in COMMAND_KINDS.items()}
_INSTRUMENT_ID = Struct("<I")
_EVENTS = {
    kind: _DEFINITION
    if struct is events.InstrumentListed
    else _Layout(struct, _HEADER_FIELDS_EVENT)
    for kind, struct in EVENT_KINDS.items()
}
_EVENT_KIND = {struct: kind for kind, struct in EVENT_KINDS.items()}


def _frame(head: Struct, kind: int, header: tuple[int, ...], body: bytes) -> bytes:
    length = head.size + len(body)
    padding = -length % 8
    return head.pack(length + padding, kind, 0, *header) + body + bytes(padding)


def encode_command(command: Command, origin: int = 0, number: int = 0) -> bytes:
    """One command as a frame. MalformedFrame or struct.error if a value does not fit its field."""
    kind = _COMMAND_KIND[type(command)]
    fields = command.definition if isinstance(command, commands.ListInstrument) else command
    body = _COMMANDS[kind].write(msgspec.structs.astuple(fields))
    return _frame(COMMAND_HEADER, kind, (origin, number), body)


# What reading bytes that are no frame can raise on the way.
_UNREADABLE = (StructError, KeyError, UnicodeDecodeError)


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
    if kind not in _COMMANDS or not COMMAND_HEADER.size <= length <= len(frames) - offset:
        raise MalformedFrame(f"no command at byte {offset}")
    body = offset + COMMAND_HEADER.size
    values = _COMMANDS[kind].read(frames, body, offset + length)
    if COMMAND_KINDS[kind] is commands.ListInstrument:
        values = [InstrumentDefinition(*values)]
    return length, origin, number, COMMAND_KINDS[kind](*values)


def encode_event(event: Event) -> bytes:
    """One event as a frame, byte for byte what the core writes."""
    kind = _EVENT_KIND[type(event)]
    header = (event.index, event.sequence, event.time_us)
    if isinstance(event, events.InstrumentListed):
        body = _INSTRUMENT_ID.pack(event.instrument)
        body += _DEFINITION.write(msgspec.structs.astuple(event.definition))
    else:
        body = _EVENTS[kind].write(msgspec.structs.astuple(event)[_HEADER_FIELDS_EVENT:])
    return _frame(EVENT_HEADER, kind, header, body)


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
        length, kind, _, index, sequence, time_us = EVENT_HEADER.unpack_from(frames, offset)
        layout = _EVENTS.get(kind)
        if layout is None or not EVENT_HEADER.size <= length <= end - offset:
            raise MalformedFrame(f"no event at byte {offset}")
        body, frame_end = offset + EVENT_HEADER.size, offset + length
        if layout is _DEFINITION:
            (instrument,) = _INSTRUMENT_ID.unpack_from(frames, body)
            values = layout.read(frames, body + _INSTRUMENT_ID.size, frame_end)
            definition = InstrumentDefinition(*values)
            found.append(events.InstrumentListed(sequence, index, time_us, instrument, definition))
        else:
            values = layout.read(frames, body, frame_end)
            found.append(EVENT_KINDS[kind](sequence, index, time_us, *values))
        offset = frame_end
    return found
