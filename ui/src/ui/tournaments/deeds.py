"""What one can do about a tournament at this moment: one thing that matters, and what is beside it."""

from typing import Final
from uuid import UUID

import msgspec

from contracts.tournament.problems import TournamentCode
from contracts.tournament.tournaments import PairingShown, TournamentShown
from transcendence_common.problems import NotSignedIn
from ui.formats import ordinal
from ui.links import urls
from ui.tournaments.access import is_hosted_by


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """A link (`href`) or a form of one button (`action`). `care` is asked first, where there is no way back."""

    label: str
    href: str = ""
    action: str = ""
    care: str = ""
    invitation: str = ""


class Deeds(msgspec.Struct, frozen=True, kw_only=True):
    """`words` say how things stand with the visitor; `urgent`, something waits for them."""

    words: str = ""
    first: Deed | None = None
    others: tuple[Deed, ...] = ()
    urgent: bool = False


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """Who is looking, and with which invitation in hand."""

    id: UUID | None
    """None: not signed in."""
    invitation: str | None = None
    own_pairing: PairingShown | None = None
    """Of theirs, if it is called or being played."""


def deeds_of(tournament: TournamentShown, visitor: Visitor) -> Deeds:
    if tournament.kind == "hotseat":
        return _at_one_keyboard(tournament, visitor)
    if visitor.own_pairing is not None:
        return _own_match(tournament, visitor.own_pairing)
    if tournament.may("enter"):
        return _entering(tournament, visitor)
    if tournament.own is not None:
        return _inside(tournament)
    if tournament.state == "draft":
        desk = Deed(label="Open it", href=urls.tournament_desk(tournament.id))
        return Deeds(words="A draft: nobody else sees it yet.", first=desk)
    return _outside(tournament, visitor)


def _at_one_keyboard(tournament: TournamentShown, visitor: Visitor) -> Deeds:
    if not is_hosted_by(tournament, visitor.id):
        return Deeds(words="It is played at the keyboard of its organiser.")
    court = urls.hotseat(tournament.id)
    if tournament.may("start"):
        begin = Deed(label="Begin", action=urls.tournament_deed(tournament.id, "start"))
        return Deeds(words="Everybody here? Then the first two play.", first=begin)
    if tournament.state == "running":
        return Deeds(
            words="The next two are waiting for the keyboard.",
            first=Deed(label="To the court", href=court),
            urgent=True,
        )
    return Deeds()


def _own_match(tournament: TournamentShown, pairing: PairingShown) -> Deeds:
    if pairing.state == "playing":
        words, label = "Your match is on.", "To your match"
    else:
        words, label = "Your match is called.", "Say that you are ready"
    first = Deed(label=label, href=urls.pairing(tournament.id, pairing.number))
    return Deeds(words=words, first=first, others=(_withdrawal(tournament),), urgent=True)


def _inside(tournament: TournamentShown) -> Deeds:
    own = tournament.own
    if own is None:
        return Deeds()
    if tournament.state == "open":
        return _before_the_start(tournament)
    if tournament.state == "running" and own.state == "playing":
        return Deeds(
            words="You are playing. We call you when your next match is ready.",
            others=(_withdrawal(tournament),),
        )
    if tournament.may("return"):
        back = Deed(label="Come back", action=urls.tournament_deed(tournament.id, "return"))
        return Deeds(words="You have withdrawn. You may come back for the next round.", first=back)
    return Deeds(words=_how_it_went(tournament))


def _before_the_start(tournament: TournamentShown) -> Deeds:
    own = tournament.own
    if own is None or not tournament.may("leave"):
        return Deeds(words=OUT)
    waits = own.state == "waiting"
    leave = Deed(
        label="Leave the line" if waits else "Leave",
        action=urls.tournament_deed(tournament.id, "leave"),
    )
    in_line = f"You are {ordinal(own.line or 1)} in line for a place." if waits else "You are in."
    if own.checked_in:
        return Deeds(words=f"{in_line} You have checked in.", others=(leave,))
    if tournament.may("check_in"):
        here = Deed(label="Check in", action=urls.tournament_deed(tournament.id, "check-in"))
        words = f"{in_line} Say that you are here, or you are dropped at the start."
        return Deeds(words=words, first=here, others=(leave,), urgent=True)
    return Deeds(words=in_line, others=(leave,))


def _outside(tournament: TournamentShown, visitor: Visitor) -> Deeds:
    """What stands between a visitor and a place."""
    why_not = tournament.why_not("enter")
    if why_not == NotSignedIn.code:
        here = urls.tournament(tournament.id, visitor.invitation)
        sign_in = Deed(label="Sign in to enter", href=urls.sign_in_and_return(here))
        return Deeds(words=_room(tournament), first=sign_in)
    if why_not == TournamentCode.NOT_VERIFIED:
        verify = Deed(label="Verify your address", href=urls.verify)
        return Deeds(words="Verify your e-mail address, then you may enter.", first=verify)
    if why_not == TournamentCode.INVITATION_NEEDED and visitor.invitation:
        return Deeds(words="This invitation is not good for this tournament. Ask for another.")
    if why_not == TournamentCode.INVITATION_NEEDED:
        return Deeds(
            words="By invitation: entering takes the link that the organiser sends around."
        )
    return Deeds(words=_closed(tournament))


def _entering(tournament: TournamentShown, visitor: Visitor) -> Deeds:
    full = tournament.state == "open" and tournament.entries >= tournament.size
    enter = Deed(
        label="Get in line" if full else "Enter",
        action=urls.tournament_deed(tournament.id, "enter"),
        invitation=visitor.invitation or tournament.invitation or "",
    )
    return Deeds(words=_room(tournament), first=enter)


def _room(tournament: TournamentShown) -> str:
    if tournament.state == "running":
        return "It is on, and takes late entries: you begin with the next round."
    free = tournament.size - tournament.entries
    if free <= 0:
        already = f"Already in line: {tournament.waiting}." if tournament.waiting else ""
        return f"It is full. Who leaves makes room for the first in line. {already}".strip()
    return f"{free} {'place' if free == 1 else 'places'} left."


def _closed(tournament: TournamentShown) -> str:
    if tournament.state == "open":
        return "Registration is closed. It begins soon."
    if tournament.state == "running":
        return "It is on. Watch whoever plays."
    return ""


def _how_it_went(tournament: TournamentShown) -> str:
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


def _withdrawal(tournament: TournamentShown) -> Deed:
    swiss = tournament.format == "swiss"
    rest = "You may come back for a later round." if swiss else "There is no way back in."
    return Deed(
        label="Withdraw",
        action=urls.tournament_deed(tournament.id, "leave"),
        care=f"You lose the match that is on and every one to come. {rest}",
    )


OUT: Final = "You are out: the record says why."
