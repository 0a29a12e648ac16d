"""Deterministic order flow, with the end state that any book of price-time priority must reach.

records.py         the file: a header and records of 40 bytes   <- read first
reference_book.py  a plain book that matches what it records, and its checksums
shapes.py          W1 to W5; exchange_core.py has the mix that W1 and W5 follow
__main__.py        python -m benchmarks.workload W1 1 build/w1.bin
"""
