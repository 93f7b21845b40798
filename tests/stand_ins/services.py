"""The stand-ins for auth, history and tournament together, as ui's tests use them."""

from collections.abc import Sequence
from typing import Any

from litestar import Litestar, get
from litestar.handlers import HTTPRouteHandler

from tests.stand_ins.auth import AuthRequest, StandInAuth
from tests.stand_ins.email_links import EmailLinks
from tests.stand_ins.history import StandInHistory
from tests.stand_ins.own_account import OwnAccounts
from tests.stand_ins.pairings import StandInPairings
from tests.stand_ins.relationships import Relationships
from tests.stand_ins.sign_in_methods import Passkeys, Providers, confirmations, second_factors
from tests.stand_ins.tournament import StandInTournament
from tests.stand_ins.tournaments import StandInTournaments
from ui.app import create_app
from ui.settings import UiSettings
from ui.wiring import Connections


class StandIns:
    """One stand-in for each service, with all features.

    Building their applications takes longer than most tests, so they are built once
    and `reset` before each test. Each stand-in sets its state in its own `reset`,
    which its constructor calls, too.
    """

    def __init__(self) -> None:
        self.letters = EmailLinks()
        self.passkeys = Passkeys()
        self.providers = Providers()
        self.own_accounts = OwnAccounts()
        self.relationships = Relationships(self.own_accounts)
        self.auth = StandInAuth(
            second_factors,
            confirmations,
            self.letters,
            self.passkeys,
            self.providers,
            self.own_accounts,
            self.relationships,
        )
        self.history = StandInHistory()
        self.tournaments = StandInTournaments(self.auth)
        self.pairings = StandInPairings(self.tournaments)
        self.tournament = StandInTournament(
            self.auth, self.tournaments, self.pairings, self._pending
        )

    def _pending(self) -> Sequence[HTTPRouteHandler]:
        """A feature of the stand-in for tournament: what several others hold for a player."""

        @get("/api/tournament/pending")
        async def pending(request: AuthRequest) -> dict[str, Any]:
            me = self.tournaments.me(request)
            match = self.tournament.match_of(me)
            return {
                "match_id": match["id"] if match else None,
                "queue_place": self.tournament.queue.get(me),
                "invitations": self.tournament.open_invitations(me),
                "match_calls": self.pairings.match_calls(me),
            }

        return [pending]

    def reset(self) -> None:
        self.letters.reset()
        self.passkeys.reset()
        self.providers.reset()
        self.own_accounts.reset()
        self.relationships.reset()
        self.auth.reset()
        self.history.reset()
        self.tournaments.reset()
        self.pairings.reset()
        self.tournament.reset()

    def violations(self) -> list[str]:
        """Return the differences of requests and answers from the services' contracts."""
        switches = (self.auth.switch, self.history.switch, self.tournament.switch)
        return [violation for switch in switches for violation in switch.violations]

    def pages(self) -> Litestar:
        """Return a new application of ui that uses these stand-ins."""
        return create_app(
            UiSettings(environment="test"),
            connections=Connections(
                auth=self.auth.switch.client(),
                auth_streams=self.auth.switch.client(),
                history=self.history.switch.client(),
                tournament=self.tournament.switch.client(),
                tournament_streams=self.tournament.switch.client(),
            ),
            keys=self.auth,
            lists_reused_seconds=0,
        )
