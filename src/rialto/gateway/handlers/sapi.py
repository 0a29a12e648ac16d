"""The wallet around the exchange, as far as there is one: what came and went, what a key may do,
what is paid for a trade.

What would move money over the border of the exchange is refused: no wallet carries it yet.
"""

from typing import NoReturn

from rialto.gateway.caller import Caller
from rialto.gateway.sources import Sources
from rialto.gateway.valuation import Rates, rates_to, worth
from rialto.gateway.wire import decimals, requests, sapi, sapi_requests
from rialto.gateway.wire.coins import Coin, coin
from rialto.gateway.wire.errors import TOO_MANY_HOURS, UNSUPPORTED_OPERATION, Refused
from rialto.gateway.wire.sapi_requests import DepositStatus, WalletType, WithdrawalStatus
from rialto.messages.catalog import TIER_AT_START
from rialto.messages.ids import AssetId
from rialto.messages.instruments import Asset
from rialto.messages.klines import DAY_US
from rialto.projections import movements
from rialto.projections.live import Balance
from rialto.projections.movements import EVERY_END, Wanted

LOOKUP_DAYS_MAX = 90
BITCOIN = "BTC"


async def system_status(_: Sources, __: Caller, ___: requests.Nothing) -> sapi.SystemStatus:
    return sapi.SystemStatus(0, "normal")


async def coins(sources: Sources, caller: Caller, _: requests.Nothing) -> list[Coin]:
    """Every asset, with what the caller has of it."""
    balances = sources.folds.balances.of(caller.account)
    held = await _held(sources, caller)
    return [
        coin(asset, balances.get(asset.id, Balance()), held.get(asset.id, 0))
        for asset in sources.folds.catalog.assets.values()
    ]


async def commission_rates(
    sources: Sources, caller: Caller, request: sapi_requests.TradeFee
) -> list[sapi.TradeFee]:
    catalog = sources.folds.catalog
    wanted = list(catalog.instruments.values())
    if request.symbol is not None:
        wanted = [sources.instrument(request.symbol)]
    return [
        sapi.trade_fee(instrument, catalog.commission_ppm(instrument.id, caller.account))
        for instrument in wanted
    ]


async def user_assets(
    sources: Sources, caller: Caller, request: sapi_requests.UserAsset
) -> list[sapi.UserAsset]:
    """Those that the caller has something of."""
    catalog = sources.folds.catalog
    held = await _held(sources, caller)
    rates = _bitcoin_rates(sources) if request.need_btc_valuation else None
    found = []
    for asset_id, balance in sorted(sources.folds.balances.of(caller.account).items()):
        asset, amount = catalog.assets[asset_id], balance.free + balance.locked
        if amount and request.asset in (None, asset.symbol):
            value = _in_bitcoin(sources, {asset_id: amount}, rates)
            found.append(sapi.user_asset(asset, balance, held.get(asset_id, 0), value))
    return found


async def funding_assets(
    _: Sources, __: Caller, ___: sapi_requests.UserAsset
) -> list[sapi.UserAsset]:
    """There is one wallet, and everything is in it."""
    return []


async def api_restrictions(
    _: Sources, caller: Caller, __: requests.Nothing
) -> sapi.ApiRestrictions:
    assert caller.key is not None, "the table says that this endpoint is keyed"
    return sapi.api_restrictions(caller.key)


async def account_status(_: Sources, __: Caller, ___: requests.Nothing) -> sapi.AccountStatus:
    return sapi.AccountStatus(sapi.NORMAL)


async def api_trading_status(
    _: Sources, caller: Caller, __: requests.Nothing
) -> sapi.ApiTradingStatus:
    """Nobody is locked for the ratio of his orders."""
    now = caller.received_us // caller.time_divisor
    nothing = sapi.TriggerCondition(0, 0, 0)
    return sapi.ApiTradingStatus(sapi.TradingStatus(False, 0, nothing, now))


async def account_description(
    sources: Sources, caller: Caller, _: requests.Nothing
) -> sapi.AccountDescription:
    tier = sources.folds.catalog.tiers.get(caller.account, TIER_AT_START)
    return sapi.AccountDescription(tier, False, False, False, False)


async def account_snapshot(
    sources: Sources, caller: Caller, request: sapi_requests.AccountSnapshot
) -> sapi.AccountSnapshot:
    """The balances of now, if now was asked for: those of past days are not kept."""
    now_us = caller.received_us
    start_us = 0 if request.start_time is None else request.start_time
    end_us = now_us if request.end_time is None else request.end_time
    if request.type is not WalletType.SPOT or not start_us <= now_us <= end_us:
        return sapi.AccountSnapshot(200, "", [])
    assets = sources.folds.catalog.assets
    balances = sources.folds.balances.of(caller.account)
    shown = [
        sapi.SnapshotBalance(
            assets[asset].symbol,
            decimals.amount(balance.free, assets[asset]),
            decimals.amount(balance.locked, assets[asset]),
        )
        for asset, balance in sorted(balances.items())
    ]
    amounts = {asset: balance.free + balance.locked for asset, balance in balances.items()}
    total = _in_bitcoin(sources, amounts, _bitcoin_rates(sources))
    content = sapi.SnapshotContent(shown, total)
    return sapi.AccountSnapshot(
        200, "", [sapi.Snapshot(content, "spot", now_us // caller.time_divisor)]
    )


async def deposits(
    sources: Sources, caller: Caller, request: sapi_requests.Deposits
) -> list[sapi.Deposit]:
    """Newest first; what other accounts sent is among them."""
    wanted = _wanted(sources, caller, request)
    if request.tx_id is not None and wanted is not None:
        number = int(request.tx_id) if request.tx_id.isascii() and request.tx_id.isdigit() else -1
        wanted = wanted._replace(event=sapi.event_of(number))
    if wanted is None or request.status not in (None, DepositStatus.SUCCESS):
        return []
    part, account = wanted, caller.account

    def ask() -> list[movements.Movement]:
        with sources.queries.database.read() as connection:
            return movements.deposits(connection, account, part)

    assets = sources.folds.catalog.assets
    found = await sources.query(sources.engine.sequence, ask)
    return [sapi.deposit(one, assets[one.asset], caller.time_divisor) for one in found]


async def withdrawals(
    sources: Sources, caller: Caller, request: sapi_requests.Withdrawals
) -> list[sapi.WithdrawalShown]:
    """Newest first; what went to other accounts is among them."""
    wanted = _wanted(sources, caller, request)
    status = request.status
    if wanted is None or request.withdraw_order_id is not None:
        return []
    if status is not None and status not in sapi.ENDS:
        return []
    part, account = wanted, caller.account
    ends = EVERY_END if status is None else (sapi.ENDS[WithdrawalStatus(status)],)

    def ask() -> list[movements.Withdrawal]:
        with sources.queries.database.read() as connection:
            return movements.withdrawals(connection, account, part, ends)

    assets = sources.folds.catalog.assets
    found = await sources.query(sources.engine.sequence, ask)
    return [sapi.withdrawal(one, assets[one.start.asset]) for one in found]


async def no_transfers(_: Sources, __: Caller, ___: sapi_requests.Transfers) -> sapi.Rows:
    """Between wallets, of which there is one."""
    return sapi.Rows(0, [])


async def no_dividends(_: Sources, __: Caller, ___: sapi_requests.Dividends) -> sapi.Rows:
    return sapi.Rows(0, [])


async def no_dribblets(_: Sources, __: Caller, ___: sapi_requests.Dribblets) -> sapi.Dribblets:
    return sapi.Dribblets(0, [])


async def no_delistings(_: Sources, __: Caller, ___: requests.Nothing) -> list[str]:
    """None is ever announced: an instrument is halted at once."""
    return []


async def no_conversions(_: Sources, __: Caller, ___: sapi_requests.ConvertPairs) -> list[str]:
    return []


async def refuse_withdrawal(_: Sources, __: Caller, ___: sapi_requests.Withdraw) -> NoReturn:
    """Always refused with -1020: no wallet carries money out yet."""
    raise Refused(UNSUPPORTED_OPERATION)


async def refuse_deposit_address(
    _: Sources, __: Caller, ___: sapi_requests.DepositAddress
) -> NoReturn:
    """Always refused with -1020: no wallet takes money in yet; the operator credits deposits."""
    raise Refused(UNSUPPORTED_OPERATION)


async def refuse_transfer(_: Sources, __: Caller, ___: sapi_requests.Transfer) -> NoReturn:
    """Always refused with -1020: there is one wallet, and nothing to transfer to."""
    raise Refused(UNSUPPORTED_OPERATION)


async def _held(sources: Sources, caller: Caller) -> dict[AssetId, int]:
    """For withdrawals."""

    def ask() -> dict[AssetId, int]:
        with sources.queries.database.read() as connection:
            return movements.held_for_withdrawals(connection, caller.account)

    return await sources.query(sources.engine.sequence, ask)


def _wanted(
    sources: Sources,
    caller: Caller,
    request: sapi_requests.Deposits | sapi_requests.Withdrawals,
) -> Wanted | None:
    """The last 90 days unless other times are asked for; None for an asset that is not there."""
    end_us = caller.received_us if request.end_time is None else request.end_time
    start_us = end_us - LOOKUP_DAYS_MAX * DAY_US
    if request.start_time is not None:
        start_us = request.start_time
        if request.end_time is None:
            end_us = max(end_us, start_us)
        elif end_us - start_us > LOOKUP_DAYS_MAX * DAY_US:
            raise Refused(TOO_MANY_HOURS, LOOKUP_DAYS_MAX * 24)
    asset: Asset | None = None
    if request.coin is not None:
        asset = sources.folds.catalog.find_asset(request.coin)
        if asset is None:
            return None
    asset_id = None if asset is None else asset.id
    return Wanted(request.limit, request.offset, start_us, end_us, asset_id)


def _bitcoin_rates(sources: Sources) -> Rates:
    bitcoin = sources.folds.catalog.find_asset(BITCOIN)
    folds = sources.folds
    return {} if bitcoin is None else rates_to(bitcoin.id, folds.catalog, folds.market)


def _in_bitcoin(sources: Sources, amounts: dict[AssetId, int], rates: Rates | None) -> str:
    """0 without rates; what no trade leads to Bitcoin from counts as nothing."""
    bitcoin = sources.folds.catalog.find_asset(BITCOIN)
    if bitcoin is None or rates is None:
        return decimals.ZERO
    total = sum(worth(amount, asset, rates) or 0 for asset, amount in amounts.items())
    return decimals.amount(total, bitcoin)
