"""Changes of an account's address: requested by the owner, confirmed with a link sent to the new address."""

from auth.account_events import (
    EMAIL_CHANGE_ASKED,
    EMAIL_CHANGED,
    AccountEvents,
    AccountOwner,
    account_owner_of,
)
from auth.accounts import emails
from auth.accounts import queries as accounts
from auth.addresses import queries
from auth.links import service as links
from auth.links.purposes import CHANGE, RESET, VERIFY
from auth.mail.mailer import Mailer
from auth.mail.messages import AddressKnown, ConfirmAddress
from auth.reauthentication import Reauthentication
from auth.sessions.live import SignedIn, lock_open_session
from auth.throttling import budgets
from auth.throttling.service import Throttles
from contracts.auth.addresses import EmailChangeRequest, VerifiedAccount
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession
from transcendence_common.problems import FieldError, InvalidFields


class EmailChanges:
    """Changes an account's email address in two steps: a link is sent to the new address, and using the link replaces
    the old one."""

    def __init__(
        self, proof: Reauthentication, throttles: Throttles, mailer: Mailer, events: AccountEvents
    ) -> None:
        self._proof = proof
        self._throttles = throttles
        self._mailer = mailer
        self._events = events

    async def request_change(
        self, session: TimedSession, person: SignedIn, wanted: EmailChangeRequest, caller: Caller
    ) -> None:
        """Send a link to the new address, and a notice to the old one.

        Raises:
            InvalidFields: the address is malformed or unchanged, or the password is missing.
            WrongPassword: the password is wrong.
            ConfirmationRequired: the account has no password, and the session was confirmed too long ago.
            TooManyAttempts: too many wrong passwords, or too many emails from this account or to this address.
            SessionOver: the session was ended in the meantime, for example by the owner's change of password.
        """
        email = emails.as_stored_email(wanted.email)
        _check_new_email(person, wanted.email)
        await self._proof.check_password_or_confirmed(person, wanted.password, caller, session.now)
        limits = (
            budgets.email_changes_of(person.account_id),
            budgets.emails_to(emails.email_key_of(email)),
        )
        await self._throttles.count_attempt(session.now, *limits)
        await lock_open_session(session, person)
        link = await links.make_link(session, person.account_id, CHANGE, email)
        owner = await accounts.find_owner_of_email(session, emails.email_key_of(email))
        if owner is None:
            message = ConfirmAddress(username=person.username, token=link.token)
            await self._mailer.send(session, email, message, good_until=link.expires_at)
        else:
            # As in registration: the answer is the same, and only the address's owner is told.
            await self._mailer.send(session, owner.email, AddressKnown(username=owner.username))
        await self._events.record(session, EMAIL_CHANGE_ASKED, account_owner_of(person), caller)

    async def confirm_change(
        self, session: TimedSession, token: str, caller: Caller
    ) -> VerifiedAccount:
        """Give the account the address that the link was sent to, and send a last notice to the old one.

        Raises:
            LinkUnknown: there is no such link.
            LinkOver: the link is no longer valid.
            EmailTaken: another account has verified the address.
        """
        link = await links.use_link(session, token, CHANGE)
        await queries.change_email(session, link.account_id, link.email)
        # They prove the old address, or ask for its verification.
        await links.cancel_links(session, link.account_id, VERIFY, RESET)
        old = link.account_email if link.account_email_verified else None
        owner = AccountOwner(link.account_id, link.username, old)
        await self._events.record(session, EMAIL_CHANGED, owner, caller)
        return VerifiedAccount(link.username)

    async def cancel_change(self, session: TimedSession, person: SignedIn) -> None:
        """Cancel a pending change of address."""
        await links.cancel_links(session, person.account_id, CHANGE)


def _check_new_email(person: SignedIn, email: str) -> None:
    problem = emails.problem_with_email(email)
    if problem is None and emails.email_key_of(email) == emails.email_key_of(person.email):
        problem = "This is already your email address."
    if problem is not None:
        raise InvalidFields(FieldError("email", problem))
