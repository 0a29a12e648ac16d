"""File descriptors: connections may have many, but not those that the logs need."""

import logging
import resource

KEPT_BACK = 256  # for logs, snapshots, SQL and the projector

log = logging.getLogger(__name__)


def connections_that_fit(wanted: int) -> int:
    """How many connections there is room for, after asking the system for as much as it allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = wanted + KEPT_BACK
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    if soft != resource.RLIM_INFINITY and soft < limit:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    if limit - KEPT_BACK < wanted:
        log.warning("room for %d connections only: ulimit -n is %d", limit - KEPT_BACK, limit)
    return max(1, limit - KEPT_BACK)
