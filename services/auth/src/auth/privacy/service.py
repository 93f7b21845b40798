from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from datetime import datetime

import httpx
import msgspec
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from auth.account_events import DATA_EXPORTED, AccountEvents, account_owner_of
from auth.events import log_account_event
from auth.mail.mailer import Mailer
from auth.mail.messages import AccountDeleted
from auth.privacy.erasure import RECEIVERS, erase_account
from auth.privacy.errors import ExportIncomplete
from auth.privacy.export import export_account
from auth.privacy.player_data_client import PlayerDataClient, ServiceDown
from auth.reauthentication import Reauthentication
from auth.sessions.errors import ConfirmationRequired
from auth.sessions.live import SignedIn, lock_open_session
from auth.throttling import budgets
from auth.throttling.service import Throttles
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession, session_at


class Privacy:
    """Exports a player's data, and deletes their account."""

    def __init__(
        self,
        *,
        db: SQLAlchemyAsyncConfig,
        player_data_client: PlayerDataClient,
        password_proof: Reauthentication,
        mailer: Mailer,
        events: AccountEvents,
        throttles: Throttles,
    ) -> None:
        self._db = db
        self._player_data_client = player_data_client
        self._password_proof = password_proof
        self._mailer = mailer
        self._events = events
        self._throttles = throttles

    async def export_data(
        self, person: SignedIn, caller: Caller, now: datetime
    ) -> AsyncGenerator[bytes, None]:
        """Return the parts of one JSON document with all data that all services store.

        The other services' parts are streamed, because they may exceed our memory. All services have begun to answer
        when this returns; if one breaks off later, the document ends early and is invalid JSON.

        Raises:
            ExportIncomplete: a service does not answer.
            TooManyAttempts: the export was requested too often.
        """
        await self._throttles.count_attempt(now, budgets.exports_of(person.account_id))
        async with AsyncExitStack() as opened:
            answers = {}
            for service in RECEIVERS:
                try:
                    answer = await self._player_data_client.ask_for_export(
                        service, person.account_id
                    )
                except ServiceDown as error:
                    raise ExportIncomplete(error.service) from error
                opened.push_async_callback(answer.aclose)
                answers[service] = answer
            async with session_at(self._db, now) as session:
                await lock_open_session(session, person)
                await self._events.record(session, DATA_EXPORTED, account_owner_of(person), caller)
                own = await export_account(session, person.account_id)
            return _stream_document(own, answers, opened.pop_all())

    async def delete_account(
        self, session: TimedSession, person: SignedIn, password: str | None, caller: Caller
    ) -> None:
        """Delete a player's account, in all services.

        Raises:
            WrongPassword: the given password is wrong.
            ConfirmationRequired: no password was given, and the session was not recently confirmed.
            SessionOver: the session was ended in the meantime, possibly with the account.
        """
        if password is not None:
            await self._password_proof.check_password(person, password, caller, session.now)
        elif not person.is_confirmed(session.now):
            raise ConfirmationRequired
        await lock_open_session(session, person)
        await erase_account(session, person.account_id)
        if person.email_verified:
            await self._mailer.send(session, person.email, AccountDeleted(username=person.username))
        log_account_event("user-delete", person.account_id, caller, effect="deletion")


async def _stream_document(
    own: dict[str, object], answers: dict[str, httpx.Response], opened: AsyncExitStack
) -> AsyncGenerator[bytes, None]:
    async with opened:
        yield msgspec.json.encode(own)[:-1]
        for service, answer in answers.items():
            yield b"," + msgspec.json.encode(service) + b":"
            async for part in answer.aiter_bytes():
                yield part
        yield b"}"
