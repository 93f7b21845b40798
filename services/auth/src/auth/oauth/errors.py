"""What can go wrong on the way to a provider and back."""

from contracts.auth.problems import AuthCode
from transcendence_common.problems import Conflict, Forbidden, NotFound, Problem, Unavailable


class NoSuchProvider(NotFound):
    """Not one that this platform is registered with."""

    code = AuthCode.NO_SUCH_PROVIDER
    title_text = "No such provider"

    def __init__(self) -> None:
        super().__init__("Nobody can sign in here with this provider.")


class OAuthRefused(Problem):
    """Somebody else's visit, a finished or late one, or the provider says no: the same words for each."""

    code = AuthCode.OAUTH_REFUSED
    title_text = "That did not work"

    def __init__(self) -> None:
        super().__init__("The visit to the provider is over or was refused; begin again.")


class ProviderDown(Unavailable):
    """It does not answer, not in time, or not for us."""

    code = AuthCode.PROVIDER_DOWN
    title_text = "The provider is not answering"

    def __init__(self, provider: str) -> None:
        super().__init__(f"{provider} is not answering right now; please try again in a moment.")


class ProviderLied(Problem):
    """It answers, and what it says makes no sense."""

    code = AuthCode.PROVIDER_LIED
    status = 502
    title_text = "The provider's answer makes no sense"

    def __init__(self, provider: str) -> None:
        super().__init__(f"{provider} answered something that we do not understand.")


class EmailUnverified(Forbidden):
    """An account needs an address that its owner reads, and the provider does not vouch for one."""

    code = AuthCode.EMAIL_UNVERIFIED
    title_text = "No verified address"

    def __init__(self, provider: str) -> None:
        super().__init__(
            f"{provider} knows no verified e-mail address of yours. Verify it there, or register here."
        )


class AccountExists(Conflict):
    """Never linked by the address alone: who had it at the provider need not be who has it here."""

    code = AuthCode.ACCOUNT_EXISTS
    title_text = "There is an account with your address"

    def __init__(self, provider: str) -> None:
        super().__init__(
            f"There is an account with your e-mail address. Sign in to it, then link {provider}."
        )


class IdentityTaken(Conflict):
    """It opens another account."""

    code = AuthCode.IDENTITY_TAKEN
    title_text = "Linked to another account"

    def __init__(self, provider: str) -> None:
        super().__init__(f"This account at {provider} is linked to another account here.")


class AlreadyLinked(Conflict):
    """One identity a provider."""

    code = AuthCode.ALREADY_LINKED
    title_text = "Already linked"

    def __init__(self, provider: str) -> None:
        super().__init__(f"Your account is linked to {provider} already.")


class NoSuchIdentity(NotFound):
    """Nothing to unlink."""

    code = AuthCode.NO_SUCH_IDENTITY
    title_text = "Not linked"

    def __init__(self) -> None:
        super().__init__("Your account is not linked to this provider.")
