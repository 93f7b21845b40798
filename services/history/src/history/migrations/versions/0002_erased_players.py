"""Create erased players, and allow matches without their players' names."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erased_players",
        sa.Column("player_id", sa.Uuid, primary_key=True),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("erased_at", TIMESTAMP(timezone=True), nullable=False),
    )
    op.create_check_constraint(
        "participations_nameless_without_id",
        "participations",
        "kind <> 'player' OR player_id IS NOT NULL OR name = 'deleted player'",
    )
