"""An account as an answer: what it may do, what it pays, what it has."""

from collections.abc import Mapping

from msgspec import UNSET, UnsetType

from rialto.gateway.wire import decimals
from rialto.gateway.wire.answers import Answer
from rialto.gateway.wire.commissions import PPM_DECIMALS
from rialto.identity.api_keys import ApiKey, Permission
from rialto.messages.catalog import Catalog
from rialto.messages.ids import AccountId, AssetId
from rialto.messages.instruments import Instrument
from rialto.projections.live import Balance
from rialto.projections.order_records import PreventedMatch

PPM_PER_BASIS_POINT = 100
NO_TRADE_GROUP = -1


class CommissionRates(Answer, frozen=True):
    maker: str
    taker: str
    buyer: str
    seller: str


class AssetBalance(Answer, frozen=True):
    asset: str
    free: str
    locked: str


class AccountState(Answer, frozen=True):
    maker_commission: int  # basis points
    taker_commission: int
    buyer_commission: int
    seller_commission: int
    commission_rates: CommissionRates
    can_trade: bool
    can_withdraw: bool
    can_deposit: bool
    brokered: bool
    require_self_trade_prevention: bool
    prevent_sor: bool
    update_time: int
    account_type: str
    balances: list[AssetBalance]
    permissions: list[str]
    uid: int
    trade_group_id: int | UnsetType = UNSET


class AccountPreventedMatch(Answer, frozen=True):
    symbol: str
    prevented_match_id: int
    taker_order_id: int
    maker_symbol: str
    maker_order_id: int
    trade_group_id: int
    self_trade_prevention_mode: str
    price: str
    transact_time: int
    taker_prevented_quantity: str | UnsetType = UNSET
    maker_prevented_quantity: str | UnsetType = UNSET


class AccountAllocation(Answer, frozen=True):
    symbol: str
    allocation_id: int
    allocation_type: str
    order_id: int
    order_list_id: int
    price: str
    qty: str
    quote_qty: str
    commission: str
    commission_asset: str
    time: int
    is_buyer: bool
    is_maker: bool
    is_allocator: bool


def prevented_match(
    found: PreventedMatch, instrument: Instrument, divisor: int, trade_group: int
) -> AccountPreventedMatch:
    """trade_group: of the account that asks, NO_TRADE_GROUP if it is in none."""
    taker, maker = found.taker_prevented_lots, found.maker_prevented_lots
    return AccountPreventedMatch(
        instrument.symbol,
        found.id,
        found.taker_order_id,
        instrument.symbol,
        found.maker_order_id,
        trade_group,
        found.mode.name,
        decimals.price(found.price_ticks, instrument),
        found.time_us // divisor,
        decimals.quantity(taker, instrument) if taker else UNSET,
        decimals.quantity(maker, instrument) if maker else UNSET,
    )


def account_state(
    catalog: Catalog,
    balances: Mapping[AssetId, Balance],
    key: ApiKey,
    divisor: int,
    *,
    omit_zero: bool,
) -> AccountState:
    """Every asset, also those the account never had, unless omit_zero.

    Rates are by instrument; an account shows the highest that it pays anywhere.
    """
    maker_ppm, taker_ppm = _highest_ppm(catalog, key.account)
    nothing = Balance()
    shown = [
        AssetBalance(
            asset.symbol,
            decimals.amount(balance.free, asset),
            decimals.amount(balance.locked, asset),
        )
        for asset in catalog.assets.values()
        for balance in (balances.get(asset.id, nothing),)
        if not omit_zero or balance.free or balance.locked
    ]
    changed_us = max((balance.changed_us for balance in balances.values()), default=0)
    return AccountState(
        maker_ppm // PPM_PER_BASIS_POINT,
        taker_ppm // PPM_PER_BASIS_POINT,
        0,
        0,
        CommissionRates(
            decimals.fixed(maker_ppm, PPM_DECIMALS),
            decimals.fixed(taker_ppm, PPM_DECIMALS),
            decimals.ZERO,
            decimals.ZERO,
        ),
        can_trade=Permission.TRADE in key.permissions,
        can_withdraw=False,  # there is no endpoint to do it with
        can_deposit=False,
        brokered=False,
        require_self_trade_prevention=False,
        prevent_sor=False,
        update_time=changed_us // divisor,
        account_type="SPOT",
        balances=shown,
        permissions=["SPOT"],
        uid=key.account,
        trade_group_id=catalog.trade_groups.get(key.account, UNSET),
    )


def _highest_ppm(catalog: Catalog, account: AccountId) -> tuple[int, int]:
    rates = [catalog.commission_ppm(instrument, account) for instrument in catalog.instruments]
    makers, takers = zip(*rates, strict=True) if rates else ((0,), (0,))
    return max(makers), max(takers)
