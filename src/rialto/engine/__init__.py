"""submit -> sequencer (stamp, apply) -> writer (durable) -> event log -> publish -> answer.

engine.py      the facade: open, submit, read back, close          <- read first
sequencer.py   gathers commands into batches and answers them
writer.py      the one thread that makes batches durable
log.py         appends records to a log; segments.py are its files, records.py its bytes
mark.py        what was acknowledged last, to tell a torn tail from a damaged record
log_end.py     where a log really ends after a crash; log_reader.py reads and follows it
event_log.py   the events of every command, on disk, by sequence
snapshots.py   states of the core to start from; recovery.py puts everything back together
"""
