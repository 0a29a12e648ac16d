"""Who may speak for which account. Today: API keys.

public_keys -> api_keys (the store) -> signatures (is this one right?); key_limits: what a key is
held to beyond its permissions. No personal data ever enters the command log: it knows account
numbers only.
"""
