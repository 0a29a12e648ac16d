"""Alembic migrations of the projections, one file per change of the tables."""
