"""Folds that start from SQL and the events after it are those that saw everything."""

from pathlib import Path

import pytest

from rialto.gateway.boot import load_folds, new_folds
from rialto.gateway.sources import Folds
from rialto.market_data.intervals import INTERVALS, KlineRequest
from rialto.messages.ids import AccountId, InstrumentId
from rialto.messages.klines import DAY_US, HOUR_US, SECOND_US
from rialto.projections.database import Database
from rialto.projections.projector import Projector
from tests.core.markets import ACCOUNTS
from tests.projections.histories import History

INSTRUMENTS = [InstrumentId(n) for n in range(6)]


@pytest.fixture(scope="module")
def history() -> History:
    return History(seed=11, commands=800)


def seen(folds: Folds, now_us: int) -> dict[str, object]:
    """All that can be asked of folds, but what only concerns orders closed before they started."""
    market = folds.market
    return {
        "assets": folds.catalog.assets,
        "instruments": folds.catalog.instruments,
        "accounts": folds.catalog.accounts,
        "commission": [
            folds.catalog.commission_ppm(instrument, account)
            for instrument in INSTRUMENTS
            for account in [*ACCOUNTS, AccountId(77)]
        ],
        "orders": sorted(folds.orders.all_open(), key=lambda order: order.id),
        "orders by account": [folds.orders.open_orders(account) for account in ACCOUNTS],
        "orders by client id": [
            folds.orders.find_by_client_order_id(order.account, order.client_order_id)
            for order in folds.orders.all_open()
            if order.client_order_id
        ],
        "order lists": [folds.orders.lists.open_lists(account) for account in ACCOUNTS],
        "groups and limits": (
            folds.catalog.trade_groups,
            folds.catalog.asset_limits,
            folds.catalog.exchange_limits,
            folds.catalog.reference_ticks,
        ),
        "balances": folds.balances.rows(),
        "depth": [
            (depth.bids.top(1000), depth.asks.top(1000), depth.last_update_id)
            for depth in map(market.depth, INSTRUMENTS)
        ],
        "trades": [market.trades(instrument).newest(1000) for instrument in INSTRUMENTS],
        "aggregate trades": [
            market.aggregate_trades(instrument).newest(1000) for instrument in INSTRUMENTS
        ],
        "tickers": [
            ticker
            for instrument in INSTRUMENTS
            for back_us in (0, DAY_US - 7 * SECOND_US, DAY_US - 90 * SECOND_US)
            for ticker in (
                market.ticker24h(instrument, now_us + back_us),
                market.rolling_ticker(instrument, 7 * DAY_US, now_us + back_us),
                market.day_ticker(instrument, HOUR_US, now_us),
            )
        ],
        "reference prices": [
            market.reference_price(instrument, now_us) for instrument in INSTRUMENTS
        ],
        "averages": [market.average_price(instrument, now_us) for instrument in INSTRUMENTS],
        "klines": [
            market.klines(instrument, KlineRequest(interval, 1000), now_us).klines()
            for instrument in INSTRUMENTS
            for interval in INTERVALS.values()
        ],
    }


@pytest.mark.parametrize("checkpoint", [0, 3, 20, 200, 500, 800])
def test_from_sql_or_from_the_beginning_is_the_same(
    tmp_path: Path, history: History, checkpoint: int
) -> None:
    whole = new_folds()
    for events in history.batches:
        whole.publish(events)
    database = Database.open(tmp_path / "rialto.sqlite")
    Projector(database).apply(history.until(checkpoint))
    started = new_folds()
    load_folds(started, database, lambda after: history.after(after))
    now_us = max(event.time_us for event in history.events) + 90_000_000
    expected, found = seen(whole, now_us), seen(started, now_us)
    for what, value in expected.items():
        assert found[what] == value, what
    database.close()


def test_folds_equal_the_core(history: History) -> None:
    folds = new_folds()
    for events in history.batches:
        folds.publish(events)
    balances = [row for row in folds.balances.rows() if row[2] or row[3]]
    assert balances == history.core.balances()
    for instrument in INSTRUMENTS:
        open_orders = {
            (o.id, o.account, o.side, o.working_ticks, o.quantity_lots, o.remaining_lots)
            for o in folds.orders.all_open()
            if o.instrument == instrument and o.is_working
        }
        assert open_orders == set(history.core.open_orders(instrument))


def test_the_money_of_each_asset_sums_to_zero_at_every_step(history: History) -> None:
    folds = new_folds()
    for events in history.batches:
        folds.publish(events)
        totals: dict[int, int] = {}
        for _, asset, free, locked in folds.balances.rows():
            totals[asset] = totals.get(asset, 0) + free + locked
        assert not any(totals.values())
