"""Market data against the core, and against lists of trades."""
