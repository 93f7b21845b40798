"""Add hotseat matches of two aliases at a host's keyboard."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("matches", sa.Column("host_id", sa.Uuid))
    op.drop_constraint("ck_matches_matches_mode", "matches")
    op.create_check_constraint(
        "matches_mode", "matches", "mode IN ('ai', 'local', 'online', 'hotseat')"
    )
    op.create_check_constraint(
        "matches_host_of_hotseat", "matches", "(mode = 'hotseat') = (host_id IS NOT NULL)"
    )
    op.create_index(
        "matches_of_host",
        "matches",
        ["host_id", sa.text("played_at DESC"), sa.text("id DESC")],
        postgresql_where=sa.text("host_id IS NOT NULL"),
    )
    op.drop_constraint("ck_participations_participations_kind_in_mode", "participations")
    op.create_check_constraint(
        "participations_kind_in_mode",
        "participations",
        "CASE kind WHEN 'ai' THEN mode = 'ai' WHEN 'guest' THEN mode IN ('local', 'hotseat')"
        " ELSE mode <> 'hotseat' END",
    )
