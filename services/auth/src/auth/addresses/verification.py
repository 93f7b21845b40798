"""Verifies that an account's owner reads its address."""

from uuid import UUID

from auth.account_events import EMAIL_VERIFIED, AccountEvents, Owner
from auth.accounts import emails
from auth.accounts.queries import find_owner
from auth.addresses import queries
from auth.addresses.errors import EmailVerified
from auth.links import service as links
from auth.links.errors import LinkOver
from auth.links.purposes import VERIFY
from auth.mail.mailer import Mailer
from auth.mail.messages import AddressKnown, VerifyAddress
from auth.sessions.live import SignedIn, hold_open
from auth.throttling import budgets
from auth.throttling.service import Throttles
from contracts.auth.addresses import Verified
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession


class Verification:
    """Sends verification links, and accepts their tokens."""

    def __init__(self, throttles: Throttles, mailer: Mailer, events: AccountEvents) -> None:
        self._throttles = throttles
        self._mailer = mailer
        self._events = events

    async def ask(self, session: TimedSession, account_id: UUID, username: str, email: str) -> None:
        """Send a link to an account's unverified address, or tell the account that has verified it.

        Both cases run the same statements: the link is created in the second case too, but not sent.
        """
        link = await links.make(session, account_id, VERIFY, email)
        owner = await find_owner(session, emails.key_of(email))
        if owner is None:
            message = VerifyAddress(username=username, token=link.token)
            await self._mailer.send(session, email, message, good_until=link.expires_at)
        else:
            await self._mailer.send(session, owner.email, AddressKnown(username=owner.username))

    async def ask_again(self, session: TimedSession, person: SignedIn) -> None:
        """Send another link, and cancel the previous one. The account's expiry does not change.

        Raises:
            EmailVerified: the address is already verified.
            TooManyAttempts: too many emails were requested by this account, or to this address.
        """
        if person.email_verified:
            raise EmailVerified
        await self._throttles.attempt(
            session.now,
            budgets.verification_emails(person.account_id),
            budgets.emails_to(emails.key_of(person.email)),
        )
        await hold_open(session, person)
        await self.ask(session, person.account_id, person.username, person.email)

    async def verify(self, session: TimedSession, token: str, caller: Caller) -> Verified:
        """Verify the address that a link was sent to.

        Raises:
            LinkUnknown: there is no such link.
            LinkOver: the link is no longer valid.
            EmailTaken: another account verified the address first.
        """
        link = await links.use(session, token, VERIFY)
        if not await queries.verify(session, link.account_id, link.email_key):
            raise LinkOver
        await self._events.happened(
            session, EMAIL_VERIFIED, Owner(link.account_id, link.username, link.email), caller
        )
        return Verified(link.username)
