"""The rules: scenarios, the naive model, and the core compared with it."""
