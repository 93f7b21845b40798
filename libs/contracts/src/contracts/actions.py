"""What a reader may do at this moment about what is shown to them, and otherwise why not."""

from typing import Literal

import msgspec

ActionName = Literal[
    # About a tournament: players, then its organiser.
    "enter",
    "leave",
    "check_in",
    "return",
    "open",
    "start",
    "change",
    "seed",
    "disqualify",
    "correct",
    "cancel",
    # About a pairing that is called.
    "ready",
    # About an invitation.
    "accept",
    "decline",
    "withdraw",
]


class Action(msgspec.Struct, frozen=True, omit_defaults=True):
    """A request that the reader may make, or may not for a reason."""

    name: str
    """An `ActionName`; any text, so that an older page can read the answer of a newer service."""
    why_not: str | None = None
    """The code of the problem that stands in the way, the most lasting one of several. None: they may."""


class Actionable:
    """What a struct with `actions` can be asked. A request that would change nothing is not among them.

    A struct has its fields from one base alone, so each declares `actions` itself.
    """

    __slots__ = ()
    actions: list[Action]

    def may(self, name: ActionName) -> bool:
        """Tell whether the reader may do it."""
        return any(each.name == name and each.why_not is None for each in self.actions)

    def why_not(self, name: ActionName) -> str | None:
        """Return the code of what stands in the way; None where nothing does, or nothing would change."""
        return next((each.why_not for each in self.actions if each.name == name), None)
