"""Errors of signing in with other providers."""

from contracts.auth.problems import AuthCode
from transcendence_common.problems import Conflict, Forbidden, NotFound, Problem, Unavailable


class NoSuchProvider(NotFound):
    """The platform is not registered with this provider."""

    code = AuthCode.NO_SUCH_PROVIDER
    title_text = "No such provider"

    def __init__(self) -> None:
        super().__init__("You cannot sign in with this provider. Choose another sign-in method.")


class OAuthRefused(Problem):
    """The visit belongs to another browser, is over, or the provider refused; the text is the same for each."""

    code = AuthCode.OAUTH_REFUSED
    title_text = "Sign-in failed"

    def __init__(self) -> None:
        super().__init__("The sign-in with the provider expired or was refused. Start again.")


class ProviderDown(Unavailable):
    """The provider does not answer, not in time, or reports an error of its own or of our registration."""

    code = AuthCode.PROVIDER_DOWN
    title_text = "The provider is not responding"

    def __init__(self, provider: str) -> None:
        super().__init__(f"{provider} is not responding right now. Try again in a moment.")


class ProviderLied(Problem):
    """The provider's answer is malformed or inconsistent."""

    code = AuthCode.PROVIDER_LIED
    status = 502
    title_text = "The provider's answer is not usable"

    def __init__(self, provider: str) -> None:
        super().__init__(f"We could not use the answer from {provider}. Try again.")


class EmailUnverified(Forbidden):
    """The provider does not confirm an email address, which every account needs."""

    code = AuthCode.EMAIL_UNVERIFIED
    title_text = "No verified address"

    def __init__(self, provider: str) -> None:
        super().__init__(
            f"{provider} has no verified email address of yours. Verify it there, or register here."
        )


class AccountExists(Conflict):
    """An account with this email address exists. Identities are never linked by address alone, because the provider's
    user may be another person."""

    code = AuthCode.ACCOUNT_EXISTS
    title_text = "An account with your address exists"

    def __init__(self, provider: str) -> None:
        super().__init__(
            f"An account with your email address exists. Sign in to it, then link {provider}."
        )


class IdentityTaken(Conflict):
    """The identity is linked to another account."""

    code = AuthCode.IDENTITY_TAKEN
    title_text = "Linked to another account"

    def __init__(self, provider: str) -> None:
        super().__init__(f"This {provider} account is linked to another account here.")


class AlreadyLinked(Conflict):
    """The account already has an identity of this provider; one per provider is allowed."""

    code = AuthCode.ALREADY_LINKED
    title_text = "Already linked"

    def __init__(self, provider: str) -> None:
        super().__init__(f"Your account is already linked to {provider}.")


class NoSuchIdentity(NotFound):
    """The account has no identity of this provider."""

    code = AuthCode.NO_SUCH_IDENTITY
    title_text = "Not linked"

    def __init__(self) -> None:
        super().__init__("Your account is not linked to this provider.")
