"""Errors that stop the platform from running; each message says what to do."""

START_AFRESH = "start afresh with `make reset`, which deletes every account, match and tournament"


class LaunchError(Exception):
    """Shown to the user as one line; the launcher then exits with status 1."""


class NotReady(Exception):
    """A part does not answer yet; the message says what happened instead."""
