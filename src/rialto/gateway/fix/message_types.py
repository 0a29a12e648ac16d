"""Which messages belong to which kind of session."""

ORDER_ENTRY_TYPES = frozenset(("D", "F", "q", "XCN", "XAK", "E", "XLQ"))
MARKET_DATA_TYPES = frozenset(("x", "V"))
