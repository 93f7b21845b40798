"""What leaves the service through the outbox because somebody is to get a letter."""

from auth.mail import delivery
from auth.mail import post as mail
from auth.parts import Parts
from auth.passwords import reset_requests
from transcendence_common.outbox import Route


def letter_routes(parts: Parts) -> dict[str, Route]:
    return {
        mail.TOPIC: Route(
            parts.mail_delivery.deliver,
            give_up_after=delivery.GIVEN_UP_AFTER,
            at_once=delivery.AT_ONCE,
        ),
        reset_requests.TOPIC: Route(
            parts.reset_requests.answer, give_up_after=reset_requests.GIVEN_UP_AFTER
        ),
    }
