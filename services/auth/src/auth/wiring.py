"""Creates the objects of the service and connects them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from advanced_alchemy.config import SQLAlchemyAsyncConfig

from auth.account_events import AccountEvents
from auth.accounts.hashing import PasswordHashing
from auth.accounts.password_strength import PasswordStrength
from auth.addresses.change import EmailChanges
from auth.addresses.verification import EmailVerification
from auth.friends.presence import Presences
from auth.friends.relationships import ALL_RELATIONSHIPS_TOPIC, AllRelationships
from auth.links.old_links import OldLinks
from auth.mail import delivery
from auth.mail import mailer as mail
from auth.mail.delivery import MailDelivery
from auth.mail.mailer import Mailer
from auth.mail.smtp import SmtpClient, mail_server_of
from auth.mail.writing import MessageWriter
from auth.oauth.identities import Identities
from auth.oauth.providers.configured import Providers
from auth.oauth.service import OAuth
from auth.passkeys.ceremonies import Ceremonies
from auth.passkeys.service import PasskeySignIn
from auth.passkeys.webauthn_site import WebAuthnSite
from auth.passwords import reset_requests
from auth.passwords.change import PasswordChanges
from auth.passwords.reset_requests import ResetRequests
from auth.passwords.resets import PasswordResets
from auth.privacy.expiry import ExpiredAccounts
from auth.privacy.player_data_client import PlayerDataClient, player_event_routes, service_urls
from auth.privacy.service import Privacy
from auth.profiles.picture_maker import PictureMaker
from auth.profiles.service import Avatars
from auth.reauthentication import Reauthentication
from auth.registration.service import Registrations
from auth.security_log.record import SecurityLog
from auth.service_clients.service import ServiceClients
from auth.sessions.access_tokens import AccessTokenIssuer
from auth.sessions.live import LiveSessions
from auth.sessions.service import Sessions
from auth.sessions.service_tokens import ServiceTokenIssuer
from auth.settings import AuthSettings, encryption_of
from auth.sign_in.completion import SignInCompletion
from auth.sign_in.confirmation import Confirmation
from auth.sign_in.password import PasswordSignIn
from auth.sign_in.second_factor import TwoFactorSignIn
from auth.signing_keys.errors import UndecryptableKey
from auth.signing_keys.service import SigningKeys
from auth.throttling.service import Throttles
from auth.two_factor.challenges import Challenges
from auth.two_factor.check import SecondFactorCheck
from auth.two_factor.service import TwoFactorSettings
from transcendence_common.app import Lifespan
from transcendence_common.clock import Clock
from transcendence_common.outbox import DeliveryRoute
from transcendence_common.periodic import DATABASE_ERRORS, periodic_lifespan

KEYS_EVERY_SECONDS = 5 * 60
"""Seconds; a third of the time that a new key is published before it signs."""
PRESENCE_EVERY_SECONDS = 5
"""Seconds by which friends are told late that a player went offline, in addition to the time that a closed tab
lingers."""
FORGOTTEN_EVERY_SECONDS = 60 * 60


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """The objects that live as long as the service; handlers can depend on each by its name."""

    avatars: Avatars
    expired_accounts: ExpiredAccounts
    hashing: PasswordHashing
    keys: SigningKeys
    live_sessions: LiveSessions
    mail_delivery: MailDelivery
    old_links: OldLinks
    mailer: Mailer
    presences: Presences
    providers: Providers
    security_log: SecurityLog
    service_clients: ServiceClients
    sessions: Sessions
    strength: PasswordStrength
    throttles: Throttles
    challenges: Challenges
    completion: SignInCompletion
    all_relationships: AllRelationships
    ceremonies: Ceremonies
    identities: Identities
    oauth: OAuth
    player_data_client: PlayerDataClient
    passkey_sign_in: PasskeySignIn
    password_proof: Reauthentication
    password_sign_in: PasswordSignIn
    second_factor: SecondFactorCheck
    confirmation: Confirmation
    two_factor: TwoFactorSettings
    two_factor_sign_in: TwoFactorSignIn
    email_changes: EmailChanges
    password_changes: PasswordChanges
    registrations: Registrations
    reset_requests: ResetRequests
    resets: PasswordResets
    verification: EmailVerification
    privacy: Privacy


def assemble(
    settings: AuthSettings, db: SQLAlchemyAsyncConfig, hashing: PasswordHashing, clock: Clock
) -> Wiring:
    """Create each object once and connect them."""
    encryption = encryption_of(settings.auth_encryption_key)
    keys = SigningKeys(db, encryption, clock)
    issuer = AccessTokenIssuer(keys, issuer=settings.token_issuer, audience=settings.token_audience)
    refresh_secret = settings.auth_refresh_secret.get_secret_value()
    sessions = Sessions(db, issuer, secret=refresh_secret, clock=clock)
    mailer = Mailer(encryption)
    strength = PasswordStrength()
    throttles = Throttles(db)
    security_log = SecurityLog(db)
    challenges = Challenges(db, clock)
    events = AccountEvents(security_log, mailer)
    completion = SignInCompletion(sessions, challenges, mailer, events)
    ceremonies = Ceremonies(db, clock)
    live_sessions = LiveSessions(db)
    providers = Providers(settings.registrations())
    identities = Identities(
        db=db, completion=completion, sessions=sessions, security_log=security_log, events=events
    )
    writer = MessageWriter(public_url=settings.public_url, mail_from=settings.mail_from)
    proof = Reauthentication(db, hashing, throttles, events)
    service_tokens = ServiceTokenIssuer(keys, issuer=settings.token_issuer)
    player_data_client = PlayerDataClient(service_urls(settings), service_tokens, clock)
    second_factor = SecondFactorCheck(db, encryption, throttles, events)
    verification = EmailVerification(throttles, mailer, events)
    return Wiring(
        avatars=Avatars(db, PictureMaker()),
        expired_accounts=ExpiredAccounts(db, clock),
        hashing=hashing,
        keys=keys,
        live_sessions=live_sessions,
        player_data_client=player_data_client,
        mail_delivery=MailDelivery(mailer, writer, SmtpClient(mail_server_of(settings)), clock),
        old_links=OldLinks(db, clock),
        mailer=mailer,
        presences=Presences(db, clock),
        providers=providers,
        security_log=security_log,
        service_clients=ServiceClients(
            {"tournament": settings.tournament_service_secret.get_secret_value()}, service_tokens
        ),
        sessions=sessions,
        strength=strength,
        throttles=throttles,
        challenges=challenges,
        completion=completion,
        ceremonies=ceremonies,
        all_relationships=AllRelationships(db, clock),
        identities=identities,
        oauth=OAuth(
            db=db,
            providers=providers,
            identities=identities,
            live_sessions=live_sessions,
            throttles=throttles,
            public_url=settings.public_url,
            clock=clock,
        ),
        passkey_sign_in=PasskeySignIn(
            db=db,
            ceremonies=ceremonies,
            site=WebAuthnSite(settings.public_url),
            completion=completion,
            sessions=sessions,
            throttles=throttles,
            events=events,
        ),
        password_proof=proof,
        privacy=Privacy(
            db=db,
            player_data_client=player_data_client,
            password_proof=proof,
            mailer=mailer,
            events=events,
            throttles=throttles,
        ),
        password_sign_in=PasswordSignIn(db, hashing, throttles, security_log, completion),
        second_factor=second_factor,
        confirmation=Confirmation(sessions, proof, second_factor, events),
        two_factor=TwoFactorSettings(second_factor, proof, events),
        two_factor_sign_in=TwoFactorSignIn(challenges, second_factor, events, completion),
        email_changes=EmailChanges(proof, throttles, mailer, events),
        password_changes=PasswordChanges(
            db=db,
            hashing=hashing,
            strength=strength,
            proof=proof,
            sessions=sessions,
            events=events,
        ),
        registrations=Registrations(hashing, strength, throttles, verification, events),
        reset_requests=ResetRequests(
            db=db,
            encryption=encryption,
            throttles=throttles,
            mailer=mailer,
            events=events,
            clock=clock,
        ),
        resets=PasswordResets(db, hashing, strength, sessions, events),
        verification=verification,
    )


def outbox_routes(wiring: Wiring) -> dict[str, DeliveryRoute]:
    """Return the handlers of the outbox's topics."""
    return {
        mail.MAIL_TOPIC: DeliveryRoute(
            wiring.mail_delivery.deliver,
            give_up_after=delivery.GIVEN_UP_AFTER,
            at_once=delivery.DELIVERIES_AT_ONCE,
        ),
        reset_requests.RESET_REQUEST_TOPIC: DeliveryRoute(
            wiring.reset_requests.process_request, give_up_after=reset_requests.GIVEN_UP_AFTER
        ),
        **player_event_routes(wiring.player_data_client),
        ALL_RELATIONSHIPS_TOPIC: DeliveryRoute(wiring.all_relationships.send_all, at_once=1),
    }


def repeated_work(wiring: Wiring, clock: Clock, *, repeats: bool) -> Sequence[Lifespan]:
    """Return the lifespans that run periodic work while the service runs; without `repeats`, each runs once at start.

    All of it can run in several replicas at the same time.
    """
    forgotten = {
        "sessions-forgotten": wiring.sessions.forget_expired,
        "accounts-expired": wiring.expired_accounts.delete_expired_accounts,
        "ceremonies-forgotten": wiring.ceremonies.forget_expired,
        "links-forgotten": wiring.old_links.delete_old_links,
        "oauth-flows-forgotten": wiring.oauth.forget_expired,
        "challenges-forgotten": wiring.challenges.forget_expired,
        "throttles-forgotten": lambda: wiring.throttles.delete_old_counts(clock()),
    }
    return [
        periodic_lifespan(
            "signing-keys-kept-up",
            wiring.keys.rotate_keys,
            every_seconds=KEYS_EVERY_SECONDS if repeats else inf,
            expected=(*DATABASE_ERRORS, UndecryptableKey),
        ),
        periodic_lifespan(
            "presence-kept-up",
            wiring.presences.update_presences,
            every_seconds=PRESENCE_EVERY_SECONDS if repeats else inf,
        ),
        *(
            periodic_lifespan(
                name, forget, every_seconds=FORGOTTEN_EVERY_SECONDS if repeats else inf
            )
            for name, forget in forgotten.items()
        ),
    ]
