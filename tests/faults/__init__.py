"""Kills, cuts, corruption and full disks: what was acknowledged stays, and nothing else does."""
