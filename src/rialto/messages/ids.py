"""Ids that are never mixed: each has its own type."""

from typing import NewType

Sequence = NewType("Sequence", int)  # position of a command in the command log, from 1
AccountId = NewType("AccountId", int)  # u32, from 1
AssetId = NewType("AssetId", int)  # u32, dense from 0 in the order of AddAsset
InstrumentId = NewType("InstrumentId", int)  # u32, dense from 0 in the order of ListInstrument
OrderId = NewType("OrderId", int)  # u64, from 1, rising over all instruments
TradeId = NewType("TradeId", int)  # u64, from 1, gapless per instrument
AggregateTradeId = NewType("AggregateTradeId", int)  # u64, from 1, gapless per instrument
UpdateId = NewType("UpdateId", int)  # u64, from 1, one per change of a level of one book
PreventedMatchId = NewType("PreventedMatchId", int)  # u64, from 1, gapless per instrument
OrderListId = NewType("OrderListId", int)  # u64, from 1, rising over all instruments
WithdrawalId = NewType("WithdrawalId", int)  # u64, unique among withdrawals that are held
