"""Create matches, their participations, and players' totals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matches",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("level", sa.Text),
        sa.Column("rules", sa.SmallInteger, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("points", sa.SmallInteger, nullable=False),
        sa.Column("ticks", sa.Integer, nullable=False),
        sa.Column("left_score", sa.SmallInteger, nullable=False),
        sa.Column("right_score", sa.SmallInteger, nullable=False),
        sa.Column("winner", sa.SmallInteger, nullable=False),
        sa.Column("longest_rally", sa.Integer, nullable=False),
        sa.Column("digest", sa.BigInteger, nullable=False),
        sa.Column("log", sa.LargeBinary, nullable=False),
        sa.Column("played_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("mode IN ('ai', 'local')", name="matches_mode"),
        sa.CheckConstraint(
            "CASE WHEN mode = 'ai' THEN coalesce(level IN ('easy', 'normal', 'hard'), false)"
            " ELSE level IS NULL END",
            name="matches_level",
        ),
        sa.CheckConstraint("rules >= 1", name="matches_rules"),
        sa.CheckConstraint("seed BETWEEN 0 AND 4294967295", name="matches_seed"),
        sa.CheckConstraint("digest BETWEEN 0 AND 4294967295", name="matches_digest"),
        sa.CheckConstraint("points IN (3, 5, 7, 11, 21)", name="matches_points"),
        sa.CheckConstraint("ticks BETWEEN 1 AND 108000", name="matches_ticks"),
        sa.CheckConstraint("longest_rally >= 0", name="matches_longest_rally"),
        sa.CheckConstraint(
            "CASE winner WHEN 1 THEN left_score = points AND right_score BETWEEN 0 AND points - 1"
            " WHEN 2 THEN right_score = points AND left_score BETWEEN 0 AND points - 1"
            " ELSE false END",
            name="matches_winner",
        ),
    )
    op.create_table(
        "participations",
        sa.Column(
            "match_id",
            sa.Uuid,
            sa.ForeignKey("matches.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("side", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("player_id", sa.Uuid),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("played_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("side IN (1, 2)", name="participations_side"),
        sa.CheckConstraint("kind IN ('player', 'ai', 'guest')", name="participations_kind"),
        sa.CheckConstraint(
            "player_id IS NULL OR kind = 'player'", name="participations_only_players_have_ids"
        ),
        sa.CheckConstraint(
            "CASE kind WHEN 'ai' THEN mode = 'ai' WHEN 'guest' THEN mode = 'local' ELSE true END",
            name="participations_kind_in_mode",
        ),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 64", name="participations_name"),
        sa.CheckConstraint("outcome IN ('won', 'lost')", name="participations_outcome"),
    )
    op.create_index(
        "participations_of_player",
        "participations",
        ["player_id", "mode", "outcome", sa.text("played_at DESC"), sa.text("match_id DESC")],
        postgresql_where=sa.text("player_id IS NOT NULL"),
    )
    op.create_table(
        "player_totals",
        sa.Column("player_id", sa.Uuid, primary_key=True),
        sa.Column("mode", sa.Text, primary_key=True),
        sa.Column("played", sa.Integer, nullable=False),
        sa.Column("won", sa.Integer, nullable=False),
        sa.Column("longest_rally", sa.Integer, nullable=False),
        sa.CheckConstraint("mode IN ('ai', 'local')", name="player_totals_mode"),
        sa.CheckConstraint("won BETWEEN 0 AND played", name="player_totals_won"),
        sa.CheckConstraint("longest_rally >= 0", name="player_totals_longest_rally"),
    )
