"""What one can do about a tournament at this moment: one thing that matters, and what is beside it."""

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
    """A link (`href`) or a form of one button (`action`). `care` is asked first, where there is no way back."""

    label: str
    href: str = ""
    action: str = ""
    confirmation: str = ""
    invitation: str = ""


class TournamentActions(msgspec.Struct, frozen=True, kw_only=True):
    """`words` say how things stand with the visitor; `urgent`, something waits for them."""

    words: str = ""
    first: ActionButton | None = None
    others: tuple[ActionButton, ...] = ()
    urgent: bool = False


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """Who is looking, and with which invitation in hand."""

    id: UUID | None
    """None: not signed in."""
    invitation: str | None = None
    own_pairing: PairingDetails | None = None
    """Of theirs, if it is called or being played."""


def actions_of(tournament: TournamentDetails, visitor: Visitor) -> TournamentActions:
    if tournament.kind == "hotseat":
        return _at_one_keyboard(tournament, visitor)
    if visitor.own_pairing is not None:
        return _own_match(tournament, visitor.own_pairing)
    if tournament.may("enter"):
        return _entering(tournament, visitor)
    if tournament.own is not None:
        return _inside(tournament)
    if tournament.state == "draft":
        manage_link = ActionButton(label="Open it", href=urls.tournament_manage(tournament.id))
        return TournamentActions(words="A draft: nobody else sees it yet.", first=manage_link)
    return _outside(tournament, visitor)


def _at_one_keyboard(tournament: TournamentDetails, visitor: Visitor) -> TournamentActions:
    if not is_hosted_by(tournament, visitor.id):
        return TournamentActions(words="It is played at the keyboard of its organiser.")
    court = urls.hotseat(tournament.id)
    if tournament.may("start"):
        begin = ActionButton(label="Begin", action=urls.tournament_action(tournament.id, "start"))
        return TournamentActions(words="Everybody here? Then the first two play.", first=begin)
    if tournament.state == "running":
        return TournamentActions(
            words="The next two are waiting for the keyboard.",
            first=ActionButton(label="To the court", href=court),
            urgent=True,
        )
    return TournamentActions()


def _own_match(tournament: TournamentDetails, pairing: PairingDetails) -> TournamentActions:
    if pairing.state == "playing":
        words, label = "Your match is on.", "To your match"
    else:
        words, label = "Your match is called.", "Say that you are ready"
    first = ActionButton(label=label, href=urls.pairing(tournament.id, pairing.number))
    return TournamentActions(
        words=words, first=first, others=(_withdrawal(tournament),), urgent=True
    )


def _inside(tournament: TournamentDetails) -> TournamentActions:
    own = tournament.own
    if own is None:
        return TournamentActions()
    if tournament.state == "open":
        return _before_the_start(tournament)
    if tournament.state == "running" and own.state == "playing":
        return TournamentActions(
            words="You are playing. We call you when your next match is ready.",
            others=(_withdrawal(tournament),),
        )
    if tournament.may("return"):
        back = ActionButton(
            label="Come back", action=urls.tournament_action(tournament.id, "return")
        )
        return TournamentActions(
            words="You have withdrawn. You may come back for the next round.", first=back
        )
    return TournamentActions(words=_how_it_went(tournament))


def _before_the_start(tournament: TournamentDetails) -> TournamentActions:
    own = tournament.own
    if own is None or not tournament.may("leave"):
        return TournamentActions(words=OUT)
    waits = own.state == "waiting"
    leave = ActionButton(
        label="Leave the line" if waits else "Leave",
        action=urls.tournament_action(tournament.id, "leave"),
    )
    in_line = f"You are {ordinal(own.line or 1)} in line for a place." if waits else "You are in."
    if own.checked_in:
        return TournamentActions(words=f"{in_line} You have checked in.", others=(leave,))
    if tournament.may("check_in"):
        here = ActionButton(
            label="Check in", action=urls.tournament_action(tournament.id, "check-in")
        )
        words = f"{in_line} Say that you are here, or you are dropped at the start."
        return TournamentActions(words=words, first=here, others=(leave,), urgent=True)
    return TournamentActions(words=in_line, others=(leave,))


def _outside(tournament: TournamentDetails, visitor: Visitor) -> TournamentActions:
    """What stands between a visitor and a place."""
    why_not = tournament.why_not("enter")
    if why_not == NotSignedIn.code:
        here = urls.tournament(tournament.id, visitor.invitation)
        sign_in = ActionButton(label="Sign in to enter", href=urls.sign_in_and_return(here))
        return TournamentActions(words=_room(tournament), first=sign_in)
    if why_not == TournamentCode.NOT_VERIFIED:
        verify = ActionButton(label="Verify your address", href=urls.verify)
        return TournamentActions(
            words="Verify your e-mail address, then you may enter.", first=verify
        )
    if why_not == TournamentCode.INVITATION_NEEDED and visitor.invitation:
        return TournamentActions(
            words="This invitation is not good for this tournament. Ask for another."
        )
    if why_not == TournamentCode.INVITATION_NEEDED:
        return TournamentActions(
            words="By invitation: entering takes the link that the organiser sends around."
        )
    return TournamentActions(words=_closed(tournament))


def _entering(tournament: TournamentDetails, visitor: Visitor) -> TournamentActions:
    full = tournament.state == "open" and tournament.entries >= tournament.size
    enter = ActionButton(
        label="Get in line" if full else "Enter",
        action=urls.tournament_action(tournament.id, "enter"),
        invitation=visitor.invitation or tournament.invitation or "",
    )
    return TournamentActions(words=_room(tournament), first=enter)


def _room(tournament: TournamentDetails) -> str:
    if tournament.state == "running":
        return "It is on, and takes late entries: you begin with the next round."
    free = tournament.size - tournament.entries
    if free <= 0:
        already = f"Already in line: {tournament.waiting}." if tournament.waiting else ""
        return f"It is full. Who leaves makes room for the first in line. {already}".strip()
    return f"{free} {'place' if free == 1 else 'places'} left."


def _closed(tournament: TournamentDetails) -> str:
    if tournament.state == "open":
        return "Registration is closed. It begins soon."
    if tournament.state == "running":
        return "It is on. Watch whoever plays."
    return ""


def _how_it_went(tournament: TournamentDetails) -> str:
    own = tournament.own
    if own is None or tournament.state == "cancelled":
        return ""
    if own.state == "disqualified":
        return OUT
    if own.place is not None and tournament.state == "finished":
        return f"You came {ordinal(own.place)}."
    return {
        "withdrawn": "You have withdrawn.",
        "dropped": "You had no place when it began, or had not checked in.",
    }.get(own.state, "")


def _withdrawal(tournament: TournamentDetails) -> ActionButton:
    swiss = tournament.format == "swiss"
    rest = "You may come back for a later round." if swiss else "There is no way back in."
    return ActionButton(
        label="Withdraw",
        action=urls.tournament_action(tournament.id, "leave"),
        confirmation=f"You lose the match that is on and every one to come. {rest}",
    )


OUT: Final = "You are out: the record says why."
