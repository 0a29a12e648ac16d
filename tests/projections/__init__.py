"""The projections against the core, and against lists of what happened."""
