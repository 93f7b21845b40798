"""What can stop the platform from running; each message says what to do about it."""


class LaunchError(Exception):
    """Shown to the person as one line; the launcher then exits with status 1."""


class NotReady(Exception):
    """A part does not answer yet; the message says what it did instead."""
