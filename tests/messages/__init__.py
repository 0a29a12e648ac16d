"""The vocabulary and its frames."""
