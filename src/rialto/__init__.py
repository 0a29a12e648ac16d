"""gateway -> engine -> _core -> event log -> projections, market_data.

An order enters at gateway/handlers/trading.py and meets the rules in rust/core/src/exchange.rs.
"""
