"""What each endpoint does: (sources, caller, request) -> answer, whatever the transport."""
