import pytest

from services.tournament.tests.pairings.playing import Court
from services.tournament.tests.tournaments.organising import Hall


@pytest.fixture
def court(hall: Hall) -> Court:
    """The service on one connection that is rolled back: one request at a time."""
    return Court(hall)


@pytest.fixture
def busy_court(busy_hall: Hall) -> Court:
    """The service on a pool of connections: parallel requests, everything committed."""
    return Court(busy_hall)
