"""What one can do about a tournament at this moment: one thing that matters, and what is beside it."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from contracts.tournament.tournaments import PairingShown, TournamentShown
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
    verified: bool
    invitation: str | None = None
    own_pairing: PairingShown | None = None
    """Of theirs, if it is called or being played."""


def deeds_of(tournament: TournamentShown, visitor: Visitor, now: datetime) -> Deeds:
    if tournament.kind == "hotseat":
        return _at_one_keyboard(tournament, visitor)
    if visitor.own_pairing is not None:
        return _own_match(tournament, visitor.own_pairing)
    if tournament.own is not None:
        return _inside(tournament, now)
    if tournament.state == "draft":
        desk = Deed(label="Open it", href=urls.tournament_desk(tournament.id))
        return Deeds(words="A draft: nobody else sees it yet.", first=desk)
    return _outside(tournament, visitor, now)


def _at_one_keyboard(tournament: TournamentShown, visitor: Visitor) -> Deeds:
    if not is_hosted_by(tournament, visitor.id):
        return Deeds(words="It is played at the keyboard of its organiser.")
    court = urls.hotseat(tournament.id)
    if tournament.state == "draft":
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


def _inside(tournament: TournamentShown, now: datetime) -> Deeds:
    own = tournament.own
    if own is None:
        return Deeds()
    if tournament.state == "open":
        return _before_the_start(tournament, now)
    if tournament.state == "running" and own.state == "playing":
        return Deeds(
            words="You are playing. We call you when your next match is ready.",
            others=(_withdrawal(tournament),),
        )
    if tournament.state == "running" and own.state == "withdrawn" and _may_return(tournament):
        back = Deed(label="Come back", action=urls.tournament_deed(tournament.id, "return"))
        return Deeds(words="You have withdrawn. You may come back for the next round.", first=back)
    return Deeds(words=_how_it_went(tournament))


def _before_the_start(tournament: TournamentShown, now: datetime) -> Deeds:
    own = tournament.own
    if own is None or own.state not in {"entered", "waiting"}:
        return Deeds(words=OUT)
    waits = own.state == "waiting"
    leave = Deed(
        label="Leave the line" if waits else "Leave",
        action=urls.tournament_deed(tournament.id, "leave"),
    )
    in_line = f"You are {ordinal(own.line or 1)} in line for a place." if waits else "You are in."
    if own.checked_in:
        return Deeds(words=f"{in_line} You have checked in.", others=(leave,))
    if checks_in(tournament, now):
        here = Deed(label="Check in", action=urls.tournament_deed(tournament.id, "check-in"))
        words = f"{in_line} Say that you are here, or you are dropped at the start."
        return Deeds(words=words, first=here, others=(leave,), urgent=True)
    return Deeds(words=in_line, others=(leave,))


def _outside(tournament: TournamentShown, visitor: Visitor, now: datetime) -> Deeds:
    if tournament.may_enter:
        return _entering(tournament, visitor)
    if not takes_entries(tournament, now):
        return Deeds(words=_closed(tournament))
    if tournament.visibility == "link" and not visitor.invitation:
        return Deeds(
            words="By invitation: entering takes the link that the organiser sends around."
        )
    return _not_yet(tournament, visitor)


def _not_yet(tournament: TournamentShown, visitor: Visitor) -> Deeds:
    """What stands between somebody and a tournament that would take them."""
    if visitor.id is None:
        here = urls.tournament(tournament.id, visitor.invitation)
        sign_in = Deed(label="Sign in to enter", href=urls.sign_in_and_return(here))
        return Deeds(words=_room(tournament), first=sign_in)
    if not visitor.verified:
        verify = Deed(label="Verify your address", href=urls.verify)
        return Deeds(words="Verify your e-mail address, then you may enter.", first=verify)
    if tournament.visibility == "link":
        return Deeds(words="This invitation is not good for this tournament. Ask for another.")
    return Deeds(words="You cannot enter this one; its record says why.")


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


def checks_in(tournament: TournamentShown, now: datetime) -> bool:
    starts_at, minutes = tournament.starts_at, tournament.check_in_minutes
    if tournament.state != "open" or starts_at is None or minutes is None:
        return False
    return starts_at - timedelta(minutes=minutes) <= now < starts_at


def takes_entries(tournament: TournamentShown, now: datetime) -> bool:
    """As far as one can tell for somebody whom tournament does not know yet."""
    closes_at = tournament.registration_closes_at
    if closes_at is not None and closes_at <= now:
        return False
    if tournament.state == "open":
        return tournament.starts_at is None or tournament.starts_at > now
    return _takes_late(tournament)


def _may_return(tournament: TournamentShown) -> bool:
    remain = tournament.rounds is None or tournament.round < tournament.rounds
    return tournament.format == "swiss" and remain


def _takes_late(tournament: TournamentShown) -> bool:
    rounds = tournament.rounds
    running = tournament.state == "running" and tournament.format == "swiss"
    return running and rounds is not None and tournament.round * 2 <= rounds
