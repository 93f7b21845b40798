"""Counters and log lines of invitations."""

from uuid import UUID

import structlog

from tournament.matchmaking.invitation_queries import invitation_kind
from tournament.matchmaking.metrics import InvitationOutcome, count_invitation
from tournament.matchmaking.models import Invitation

logger = structlog.get_logger("tournament.invitations")


def log_invitation(
    invitation: Invitation,
    outcome: InvitationOutcome,
    player_id: UUID | None = None,
    match_id: UUID | None = None,
) -> None:
    """Count and log what happened to an invitation; without a player it has expired."""
    count_invitation(invitation_kind(invitation), outcome)
    both = {invitation.from_id, invitation.to_id, player_id} - {None}
    target = next(iter(both - {player_id}), None)
    logger.info(
        f"invitation {outcome}",
        **{
            "event.action": f"invitation-{outcome}",
            "event.category": ["api"],
            "event.type": ["creation" if outcome == "sent" else "change"],
            "event.outcome": "success",
            **({"user.id": str(player_id)} if player_id else {}),
            **({"user.target.id": str(target)} if player_id and target else {}),
            "related.user": sorted(map(str, both)),
            "labels.invitation_id": str(invitation.id),
            "labels.kind": invitation_kind(invitation),
            **({"labels.match_id": str(match_id)} if match_id else {}),
        },
    )
