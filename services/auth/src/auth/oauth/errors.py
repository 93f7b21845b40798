"""What can go wrong on the way to a provider and back."""

from contracts.auth.problems import AuthCode
from transcendence_common.problems import Conflict, Forbidden, NotFound, Problem, Unavailable


class NoSuchProvider(NotFound):
    """Not one that this platform is registered with."""

    code = AuthCode.NO_SUCH_PROVIDER
    title_text = "No such provider"

    def __init__(self) -> None:
        super().__init__("You cannot sign in with this provider. Choose another sign-in method.")


class OAuthRefused(Problem):
    """Somebody else's visit, a finished or late one, or the provider says no: the same words for each."""

    code = AuthCode.OAUTH_REFUSED
    title_text = "Sign-in failed"

    def __init__(self) -> None:
        super().__init__("The sign-in with the provider expired or was refused. Start again.")


class ProviderDown(Unavailable):
    """It does not answer, not in time, or not for us."""

    code = AuthCode.PROVIDER_DOWN
    title_text = "The provider is not responding"

    def __init__(self, provider: str) -> None:
        super().__init__(f"{provider} is not responding right now. Try again in a moment.")


class ProviderLied(Problem):
    """It answers, and what it says makes no sense."""

    code = AuthCode.PROVIDER_LIED
    status = 502
    title_text = "The provider's answer is not usable"

    def __init__(self, provider: str) -> None:
        super().__init__(f"We could not use the answer from {provider}. Try again.")


class EmailUnverified(Forbidden):
    """An account needs an address that its owner reads, and the provider does not vouch for one."""

    code = AuthCode.EMAIL_UNVERIFIED
    title_text = "No verified address"

    def __init__(self, provider: str) -> None:
        super().__init__(
            f"{provider} has no verified email address of yours. Verify it there, or register here."
        )


class AccountExists(Conflict):
    """Never linked by the address alone: who had it at the provider need not be who has it here."""

    code = AuthCode.ACCOUNT_EXISTS
    title_text = "An account with your address exists"

    def __init__(self, provider: str) -> None:
        super().__init__(
            f"An account with your email address exists. Sign in to it, then link {provider}."
        )


class IdentityTaken(Conflict):
    """It opens another account."""

    code = AuthCode.IDENTITY_TAKEN
    title_text = "Linked to another account"

    def __init__(self, provider: str) -> None:
        super().__init__(f"This {provider} account is linked to another account here.")


class AlreadyLinked(Conflict):
    """One identity a provider."""

    code = AuthCode.ALREADY_LINKED
    title_text = "Already linked"

    def __init__(self, provider: str) -> None:
        super().__init__(f"Your account is already linked to {provider}.")


class NoSuchIdentity(NotFound):
    """Nothing to unlink."""

    code = AuthCode.NO_SUCH_IDENTITY
    title_text = "Not linked"

    def __init__(self) -> None:
        super().__init__("Your account is not linked to this provider.")
