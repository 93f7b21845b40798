"""Verifies that an account's owner reads its address."""

from uuid import UUID

from auth.account_events import EMAIL_VERIFIED, AccountEvents, AccountOwner
from auth.accounts import emails
from auth.accounts.queries import find_owner_of_email
from auth.addresses import queries
from auth.addresses.errors import EmailVerified
from auth.links import service as links
from auth.links.errors import LinkOver
from auth.links.purposes import VERIFY
from auth.mail.mailer import Mailer
from auth.mail.messages import AddressKnown, VerifyAddress
from auth.sessions.live import SignedIn, lock_open_session
from auth.throttling import budgets
from auth.throttling.service import Throttles
from contracts.auth.addresses import VerifiedAccount
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession


class EmailVerification:
    """Sends verification links, and accepts their tokens."""

    def __init__(self, throttles: Throttles, mailer: Mailer, events: AccountEvents) -> None:
        self._throttles = throttles
        self._mailer = mailer
        self._events = events

    async def send_link(
        self, session: TimedSession, account_id: UUID, username: str, email: str
    ) -> None:
        """Send a link to an account's unverified address, or tell the account that has verified it.

        Both cases run the same statements: the link is created in the second case too, but not sent.
        """
        link = await links.make_link(session, account_id, VERIFY, email)
        owner = await find_owner_of_email(session, emails.email_key_of(email))
        if owner is None:
            message = VerifyAddress(username=username, token=link.token)
            await self._mailer.send(session, email, message, good_until=link.expires_at)
        else:
            await self._mailer.send(session, owner.email, AddressKnown(username=owner.username))

    async def send_another_link(self, session: TimedSession, person: SignedIn) -> None:
        """Send another link, and cancel the previous one. The account's expiry does not change.

        Raises:
            EmailVerified: the address is already verified.
            TooManyAttempts: too many emails were requested by this account, or to this address.
        """
        if person.email_verified:
            raise EmailVerified
        await self._throttles.count_attempt(
            session.now,
            budgets.verification_emails_of(person.account_id),
            budgets.emails_to(emails.email_key_of(person.email)),
        )
        await lock_open_session(session, person)
        await self.send_link(session, person.account_id, person.username, person.email)

    async def verify(self, session: TimedSession, token: str, caller: Caller) -> VerifiedAccount:
        """Verify the address that a link was sent to.

        Raises:
            LinkUnknown: there is no such link.
            LinkOver: the link is no longer valid.
            EmailTaken: another account verified the address first.
        """
        link = await links.use_link(session, token, VERIFY)
        if not await queries.mark_email_verified(session, link.account_id, link.email_key):
            raise LinkOver
        await self._events.record(
            session,
            EMAIL_VERIFIED,
            AccountOwner(link.account_id, link.username, link.email),
            caller,
        )
        return VerifiedAccount(link.username)
