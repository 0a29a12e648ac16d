"""What Binance's Spot API has beside what Rialto has: docs/api-coverage.md.

binance.toml says the one, tables.py reads the other from Rialto's tables, document.py puts both
together: python -m tests.api_coverage > docs/api-coverage.md
"""
