"""Load shapes, and what they measured: RESULTS.md."""
