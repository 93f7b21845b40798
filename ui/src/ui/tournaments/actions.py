"""The visitor's possible actions on a tournament now: one primary action, and others."""

from typing import Final
from uuid import UUID

import msgspec

from contracts.tournament.problems import TournamentCode
from contracts.tournament.tournaments import PairingDetails, TournamentDetails
from transcendence_common.problems import NotSignedIn
from ui.formats import ordinal
from ui.links import urls
from ui.tournaments.access import is_hosted_by


class ActionButton(msgspec.Struct, frozen=True, kw_only=True):
    """A link (`href`) or a form of one button (`action`). `confirmation` is asked before an action that cannot be
    undone."""

    label: str
    href: str = ""
    action: str = ""
    confirmation: str = ""
    invitation: str = ""


class TournamentActions(msgspec.Struct, frozen=True, kw_only=True):
    """The visitor's actions. `words` describe their state in the tournament; `urgent` means that an action is due."""

    words: str = ""
    first: ActionButton | None = None
    others: tuple[ActionButton, ...] = ()
    urgent: bool = False


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """The visitor, with the invitation that they have."""

    id: UUID | None
    """None if the visitor is not signed in."""
    invitation: str | None = None
    own_pairing: PairingDetails | None = None
    """The visitor's pairing, if it is called or being played."""


def actions_of(tournament: TournamentDetails, visitor: Visitor) -> TournamentActions:
    if tournament.kind == "hotseat":
        return _hotseat_actions(tournament, visitor)
    if visitor.own_pairing is not None:
        return _own_match_actions(tournament, visitor.own_pairing)
    if tournament.may("enter"):
        return _entering_actions(tournament, visitor)
    if tournament.own is not None:
        return _entrant_actions(tournament)
    if tournament.state == "draft":
        manage_link = ActionButton(
            label="Open tournament", href=urls.tournament_manage(tournament.id)
        )
        return TournamentActions(words="This is a draft. Only you can see it.", first=manage_link)
    return _refused_visitor_actions(tournament, visitor)


def _hotseat_actions(tournament: TournamentDetails, visitor: Visitor) -> TournamentActions:
    if not is_hosted_by(tournament, visitor.id):
        return TournamentActions(words="This tournament is played at the organiser’s keyboard.")
    court = urls.hotseat(tournament.id)
    if tournament.may("start"):
        begin = ActionButton(label="Start", action=urls.tournament_action(tournament.id, "start"))
        return TournamentActions(words="Is everyone here? Then start the first match.", first=begin)
    if tournament.state == "running":
        return TournamentActions(
            words="The next match is ready.",
            first=ActionButton(label="Go to the match", href=court),
            urgent=True,
        )
    return TournamentActions()


def _own_match_actions(tournament: TournamentDetails, pairing: PairingDetails) -> TournamentActions:
    if pairing.state == "playing":
        words, label = "Your match has started.", "Go to your match"
    else:
        words, label = "Your match is ready.", "I’m ready"
    first = ActionButton(label=label, href=urls.pairing(tournament.id, pairing.number))
    return TournamentActions(
        words=words, first=first, others=(_withdraw_button(tournament),), urgent=True
    )


def _entrant_actions(tournament: TournamentDetails) -> TournamentActions:
    own = tournament.own
    if own is None:
        return TournamentActions()
    if tournament.state == "open":
        return _entrant_actions_before_start(tournament)
    if tournament.state == "running" and own.state == "playing":
        return TournamentActions(
            words="You’re playing. We’ll notify you when your next match is ready.",
            others=(_withdraw_button(tournament),),
        )
    if tournament.may("return"):
        back = ActionButton(label="Rejoin", action=urls.tournament_action(tournament.id, "return"))
        return TournamentActions(
            words="You’ve withdrawn. You can rejoin for the next round.", first=back
        )
    return TournamentActions(words=_own_result_text(tournament))


def _entrant_actions_before_start(tournament: TournamentDetails) -> TournamentActions:
    own = tournament.own
    if own is None or not tournament.may("leave"):
        return TournamentActions(words=REMOVED_TEXT)
    waits = own.state == "waiting"
    leave = ActionButton(
        label="Leave the waiting list" if waits else "Leave",
        action=urls.tournament_action(tournament.id, "leave"),
    )
    in_line = f"You’re {ordinal(own.line or 1)} on the waiting list." if waits else "You’re in."
    if own.checked_in:
        return TournamentActions(words=f"{in_line} You’ve checked in.", others=(leave,))
    if tournament.may("check_in"):
        here = ActionButton(
            label="Check in", action=urls.tournament_action(tournament.id, "check-in")
        )
        words = f"{in_line} Check in, or you’ll be dropped at the start."
        return TournamentActions(words=words, first=here, others=(leave,), urgent=True)
    return TournamentActions(words=in_line, others=(leave,))


def _refused_visitor_actions(tournament: TournamentDetails, visitor: Visitor) -> TournamentActions:
    """Return the actions of a visitor who has no entry and may not enter now: how to become able to enter, or why it is
    not possible."""
    why_not = tournament.why_not("enter")
    if why_not == NotSignedIn.code:
        here = urls.tournament(tournament.id, visitor.invitation)
        sign_in = ActionButton(label="Sign in to enter", href=urls.sign_in_and_return(here))
        return TournamentActions(words=_places_text(tournament), first=sign_in)
    if why_not == TournamentCode.NOT_VERIFIED:
        verify = ActionButton(label="Verify your address", href=urls.verify)
        return TournamentActions(words="Verify your email address to enter.", first=verify)
    if why_not == TournamentCode.INVITATION_NEEDED and visitor.invitation:
        return TournamentActions(
            words="This invitation isn’t valid for this tournament. Ask the organiser for a new one."
        )
    if why_not == TournamentCode.INVITATION_NEEDED:
        return TournamentActions(
            words="This tournament is by invitation. Ask the organiser for the link."
        )
    return TournamentActions(words=_closed_text(tournament))


def _entering_actions(tournament: TournamentDetails, visitor: Visitor) -> TournamentActions:
    full = tournament.state == "open" and tournament.entries >= tournament.size
    enter = ActionButton(
        label="Join the waiting list" if full else "Enter",
        action=urls.tournament_action(tournament.id, "enter"),
        invitation=visitor.invitation or tournament.invitation or "",
    )
    return TournamentActions(words=_places_text(tournament), first=enter)


def _places_text(tournament: TournamentDetails) -> str:
    if tournament.state == "running":
        return "The tournament is running and takes late entries. You’d start in the next round."
    free = tournament.size - tournament.entries
    if free <= 0:
        already = f"Waiting: {tournament.waiting}." if tournament.waiting else ""
        return (
            "The tournament is full. If a player leaves, the first on the waiting list"
            f" gets the place. {already}"
        ).strip()
    return f"{free} {'place' if free == 1 else 'places'} left."


def _closed_text(tournament: TournamentDetails) -> str:
    if tournament.state == "open":
        return "Registration is closed. The tournament starts soon."
    if tournament.state == "running":
        return "The tournament is running. You can watch its matches."
    return ""


def _own_result_text(tournament: TournamentDetails) -> str:
    own = tournament.own
    if own is None or tournament.state == "cancelled":
        return ""
    if own.state == "disqualified":
        return REMOVED_TEXT
    if own.place is not None and tournament.state == "finished":
        return f"You came {ordinal(own.place)}."
    return {
        "withdrawn": "You’ve withdrawn.",
        "dropped": "You had no place at the start, or hadn’t checked in.",
    }.get(own.state, "")


def _withdraw_button(tournament: TournamentDetails) -> ActionButton:
    swiss = tournament.format == "swiss"
    rest = "You can rejoin for a later round." if swiss else "You can’t rejoin."
    return ActionButton(
        label="Withdraw",
        action=urls.tournament_action(tournament.id, "leave"),
        confirmation=f"You forfeit your current match and all later ones. {rest}",
    )


REMOVED_TEXT: Final = "The organiser removed you. The log gives the reason."
