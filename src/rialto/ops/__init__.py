"""What an operator does to an exchange: set up a demo, replay a recording, prove a directory."""
