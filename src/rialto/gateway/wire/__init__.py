"""Binance's wire: its names, decimal strings and error texts. Nothing outside this package spells
them.
"""
