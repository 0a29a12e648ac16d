"""Pure folds of the events into what everyone may see: depth, trades, klines, tickers.

No I/O and no clock.
"""
