"""Metrics of visits to other providers."""

from collections.abc import Iterable, Mapping
from typing import get_args

from prometheus_client import Counter

from auth.oauth.errors import (
    AccountExists,
    AlreadyLinked,
    EmailUnverified,
    IdentityTaken,
    OAuthRefused,
    ProviderDown,
    ProviderLied,
)
from auth.oauth.models import SIGN_IN
from auth.sessions.errors import SessionOver
from auth.sessions.metrics import (
    CHALLENGED,
    PROVIDER_FAILED,
    REFUSED,
    SUCCESS,
    THROTTLED,
    count_sign_in,
)
from auth.throttling.errors import TooManyAttempts
from contracts.auth.oauth import ProviderVisitOutcome
from transcendence_common.problems import Problem

VISITS = Counter(
    "auth_oauth_visits",
    "Visits to other providers that came back, by provider and how they ended: an outcome, or a problem's code",
    ["provider", "result"],
)

REFUSALS = (
    OAuthRefused,
    SessionOver,
    EmailUnverified,
    AccountExists,
    IdentityTaken,
    AlreadyLinked,
    ProviderDown,
    ProviderLied,
)
SIGN_IN_RESULTS: Mapping[ProviderVisitOutcome, str] = {
    "signed_in": SUCCESS,
    "registered": SUCCESS,
    "two_factor": CHALLENGED,
}


def create_visit_series(providers: Iterable[str]) -> None:
    """Create every series at 0: a rate misses the first event of a series that begins with it."""
    for provider in providers:
        for result in (*get_args(ProviderVisitOutcome), *(each.code for each in REFUSALS)):
            VISITS.labels(provider, result)


def count_visit(provider: str, outcome: ProviderVisitOutcome) -> None:
    VISITS.labels(provider, outcome).inc()
    if outcome in SIGN_IN_RESULTS:
        count_sign_in("oauth", SIGN_IN_RESULTS[outcome])


def count_refused_visit(provider: str, intent: str, refused: Problem) -> None:
    VISITS.labels(provider, refused.code).inc()
    count_refused_sign_in(intent, refused)


def count_refused_sign_in(intent: str, refused: Problem) -> None:
    """Count a refused sign-in through a provider, including one that was refused before the visit. Linking and
    reauthentication are not counted."""
    if intent == SIGN_IN:
        count_sign_in("oauth", _result_of(refused))


def _result_of(refused: Problem) -> str:
    if isinstance(refused, TooManyAttempts):
        return THROTTLED
    return PROVIDER_FAILED if isinstance(refused, ProviderDown | ProviderLied) else REFUSED
