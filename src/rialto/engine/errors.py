"""What can go wrong around the machine; a refusal by the machine is an event, not one of these."""


class Overloaded(Exception):
    """The inbox is full. The command was not taken and never will be."""


class EngineStopped(Exception):
    """The engine takes no more commands. A command that was waiting may or may not have
    happened.
    """


class DirectoryInUse(Exception):
    """Another process has this data directory open."""


class LogDamaged(Exception):
    """A log or its snapshots cannot be what was written. Says which sequence, where, and what
    to do.
    """
