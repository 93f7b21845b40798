"""The actions that a reader may take on what is shown, or why not."""

from typing import Literal

import msgspec

ActionName = Literal[
    # On a tournament: players' actions, then the organiser's.
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
    # On a pairing that is called.
    "ready",
    # On an invitation.
    "accept",
    "decline",
    "withdraw",
]


class Action(msgspec.Struct, frozen=True, omit_defaults=True):
    """A request that the reader may make, or the reason why not."""

    name: str
    """An `ActionName`; typed as any text, so that an older page can read the answer of a newer service."""
    why_not: str | None = None
    """The code of the problem in the way, the most lasting one of several. None: the action is allowed."""


class Actionable:
    """Methods of structs with `actions`. A request that would change nothing is not among the actions.

    A struct has its fields from one base alone, so each struct declares `actions` itself.
    """

    __slots__ = ()
    actions: list[Action]

    def may(self, name: ActionName) -> bool:
        """Tell whether the reader may take the action."""
        return any(each.name == name and each.why_not is None for each in self.actions)

    def why_not(self, name: ActionName) -> str | None:
        """Return the code of the problem in the way; None if there is none, or if the action would change nothing."""
        return next((each.why_not for each in self.actions if each.name == name), None)
