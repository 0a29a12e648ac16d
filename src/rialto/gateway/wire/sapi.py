"""Answers of the /sapi endpoints: the wallet around the exchange, field by field as Binance has
it.
"""

from datetime import UTC, datetime

from rialto.gateway.wire import decimals
from rialto.gateway.wire.answers import Answer
from rialto.gateway.wire.commissions import PPM_DECIMALS
from rialto.gateway.wire.sapi_requests import DepositStatus, WithdrawalStatus
from rialto.identity.api_keys import ApiKey, Permission
from rialto.messages.instruments import Asset, Instrument
from rialto.projections.live import Balance
from rialto.projections.movements import Movement, MovementKind, Withdrawal

EVENTS_PER_COMMAND = 2**19
NORMAL = "Normal"
INTERNAL, EXTERNAL = 1, 0  # transferType: from or to another account, or the outside
_STATUSES = {
    None: WithdrawalStatus.PROCESSING,
    MovementKind.WITHDRAWAL_SETTLED: WithdrawalStatus.COMPLETED,
    MovementKind.WITHDRAWAL_RELEASED: WithdrawalStatus.CANCELED,
}
ENDS = {status: end for end, status in _STATUSES.items()}


class SystemStatus(Answer, frozen=True):
    status: int  # 0 normal, 1 maintenance
    msg: str


class TradeFee(Answer, frozen=True):
    symbol: str
    maker_commission: str
    taker_commission: str


class UserAsset(Answer, frozen=True):
    asset: str
    free: str
    locked: str
    freeze: str
    withdrawing: str
    ipoable: str
    btc_valuation: str


class ApiRestrictions(Answer, frozen=True):
    ip_restrict: bool
    enable_reading: bool
    enable_spot_and_margin_trading: bool
    enable_withdrawals: bool
    enable_internal_transfer: bool
    enable_margin: bool
    enable_futures: bool
    permits_universal_transfer: bool
    enable_vanilla_options: bool
    enable_portfolio_margin_trading: bool
    enable_fix_api_trade: bool
    enable_fix_read_only: bool


class AccountStatus(Answer, frozen=True):
    data: str


class TriggerCondition(Answer, frozen=True, rename="upper"):
    """Orders from which on Binance locks an account by ratio; Rialto locks nobody: 0."""

    gcr: int
    ifer: int
    ufr: int


class TradingStatus(Answer, frozen=True):
    is_locked: bool
    planned_recover_time: int
    trigger_condition: TriggerCondition
    update_time: int


class ApiTradingStatus(Answer, frozen=True):
    data: TradingStatus


class AccountDescription(Answer, frozen=True):
    vip_level: int  # the commission tier
    is_margin_enabled: bool
    is_future_enabled: bool
    is_options_enabled: bool
    is_portfolio_margin_retail_enabled: bool


class SnapshotBalance(Answer, frozen=True):
    asset: str
    free: str
    locked: str


class SnapshotContent(Answer, frozen=True):
    balances: list[SnapshotBalance]
    total_asset_of_btc: str


class Snapshot(Answer, frozen=True):
    data: SnapshotContent
    type: str
    update_time: int


class AccountSnapshot(Answer, frozen=True):
    code: int
    msg: str
    snapshot_vos: list[Snapshot]


class Deposit(Answer, frozen=True):
    id: str
    amount: str
    coin: str
    network: str
    status: int
    address: str
    address_tag: str
    tx_id: str
    insert_time: int
    complete_time: int
    transfer_type: int
    confirm_times: str
    unlock_confirm: int
    wallet_type: int


class WithdrawalShown(Answer, frozen=True):
    id: str
    amount: str
    transaction_fee: str
    coin: str
    status: int
    address: str
    tx_id: str
    apply_time: str
    network: str
    transfer_type: int
    withdraw_order_id: str
    info: str
    confirm_no: int
    wallet_type: int
    complete_time: str


class Rows(Answer, frozen=True):
    """A list that is empty because there is no such thing here."""

    total: int
    rows: list[str]


class Dribblets(Answer, frozen=True):
    total: int
    user_asset_dribblets: list[str]


def trade_fee(instrument: Instrument, rates_ppm: tuple[int, int]) -> TradeFee:
    maker_ppm, taker_ppm = rates_ppm
    return TradeFee(
        instrument.symbol,
        decimals.fixed(maker_ppm, PPM_DECIMALS),
        decimals.fixed(taker_ppm, PPM_DECIMALS),
    )


def api_restrictions(key: ApiKey) -> ApiRestrictions:
    """Withdrawals, margin and futures are nobody's, for there are none."""
    may_trade = Permission.TRADE in key.permissions
    fix = Permission.FIX in key.permissions
    return ApiRestrictions(
        ip_restrict=bool(key.limits.addresses),
        enable_reading=Permission.READ in key.permissions,
        enable_spot_and_margin_trading=may_trade,
        enable_withdrawals=False,
        enable_internal_transfer=False,
        enable_margin=False,
        enable_futures=False,
        permits_universal_transfer=False,
        enable_vanilla_options=False,
        enable_portfolio_margin_trading=False,
        enable_fix_api_trade=fix and may_trade,
        enable_fix_read_only=fix and not may_trade,
    )


def user_asset(asset: Asset, balance: Balance, withdrawing: int, btc_valuation: str) -> UserAsset:
    return UserAsset(
        asset.symbol,
        free=decimals.amount(balance.free, asset),
        locked=decimals.amount(balance.locked - withdrawing, asset),
        freeze=decimals.ZERO,
        withdrawing=decimals.amount(withdrawing, asset),
        ipoable=decimals.ZERO,
        btc_valuation=btc_valuation,
    )


def movement_id(movement: Movement) -> int:
    return movement.sequence * EVENTS_PER_COMMAND + movement.event_index


def event_of(number: int) -> tuple[int, int]:
    """The sequence and index of a movement's id."""
    return divmod(number, EVENTS_PER_COMMAND)


def deposit(movement: Movement, asset: Asset, divisor: int) -> Deposit:
    """By the operator, or from another account; no network brought it."""
    is_internal = movement.kind is MovementKind.RECEIVED
    number = str(movement_id(movement))
    return Deposit(
        id=number,
        amount=decimals.amount(movement.amount, asset),
        coin=asset.symbol,
        network="",
        status=DepositStatus.SUCCESS,
        address="",
        address_tag="",
        tx_id=number,
        insert_time=movement.time_us // divisor,
        complete_time=movement.time_us // divisor,
        transfer_type=INTERNAL if is_internal else EXTERNAL,
        confirm_times="1/1",
        unlock_confirm=0,
        wallet_type=0,
    )


def withdrawal(found: Withdrawal, asset: Asset) -> WithdrawalShown:
    start = found.start
    is_internal = start.kind is MovementKind.SENT
    number = str(movement_id(start))
    return WithdrawalShown(
        id=number,
        amount=decimals.amount(start.amount, asset),
        transaction_fee=decimals.ZERO,
        coin=asset.symbol,
        status=_STATUSES[found.end],
        address="",
        tx_id=number,
        apply_time=_calendar(start.time_us),
        network="",
        transfer_type=INTERNAL if is_internal else EXTERNAL,
        withdraw_order_id="",
        info="",
        confirm_no=0,
        wallet_type=0,
        complete_time="" if found.end_us is None else _calendar(found.end_us),
    )


def _calendar(time_us: int) -> str:
    return datetime.fromtimestamp(time_us // 1_000_000, UTC).strftime("%Y-%m-%d %H:%M:%S")
