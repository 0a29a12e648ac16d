"""The log, the snapshots, the sequencer and recovery."""
