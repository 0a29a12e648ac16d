"""Who may speak for which account. Today: API keys.

No personal data ever enters the command log: it knows account numbers only.
"""
