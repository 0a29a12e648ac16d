"""What market data costs: per trade, per answer, and in memory, after a day and after nine days.

Load: a trade every four seconds of one instrument, at prices near one another. The answer for a
window costs the same however many trades it holds.
"""

import json
import time
import tracemalloc
from collections.abc import Callable

from rialto.market_data.folds import Market
from rialto.market_data.tickers import day_ticker, rolling_ticker, ticker24h
from rialto.messages.events import TradeExecuted
from rialto.messages.klines import DAY_US, HOUR_US, SECOND_US
from tests.core.markets import PLAIN
from tests.market_data.trades import random_trades

START_US = 1_700_000_000_000_000
GAP_US = 8 * SECOND_US  # at most; half of it on average
TRADES_A_DAY = DAY_US // (GAP_US // 2)
ANSWERS = 500


def run() -> dict[str, float]:
    """Microseconds of the processor, and bytes of memory."""
    trades = random_trades(1, START_US, (GAP_US,), 9 * TRADES_A_DAY)
    market = Market(PLAIN)
    found: dict[str, float] = {}
    for days, part in ((1, trades[:TRADES_A_DAY]), (9, trades[TRADES_A_DAY:])):
        started = time.process_time()
        for trade in part:
            market.add(trade)
        found[f"trade_us_by_day_{days}"] = (time.process_time() - started) / len(part) * 1e6
        found |= {f"{name}_us_day_{days}": us for name, us in answers(market, part[-1]).items()}
    found["memory_bytes"] = memory(trades)
    return {name: round(value, 2) for name, value in found.items()}


def answers(market: Market, last: TradeExecuted) -> dict[str, float]:
    klines, now_us = market.klines, last.time_us + SECOND_US
    return {
        "ticker_1h": timed(lambda: rolling_ticker(klines, last, HOUR_US, now_us)),
        "ticker_24h": timed(lambda: ticker24h(klines, last, now_us)),
        "ticker_7d": timed(lambda: rolling_ticker(klines, last, 7 * DAY_US, now_us)),
        "trading_day": timed(lambda: day_ticker(klines, last, HOUR_US, now_us)),
    }


def timed(answer: Callable[[], object]) -> float:
    started = time.process_time()
    for _ in range(ANSWERS):
        answer()
    return (time.process_time() - started) / ANSWERS * 1e6


def memory(trades: list[TradeExecuted]) -> int:
    tracemalloc.start()
    market = Market(PLAIN)
    for trade in trades:
        market.add(trade)
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return used


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
