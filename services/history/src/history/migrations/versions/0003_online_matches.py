"""Add online matches, ratings, streaks, and totals per opponent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STREAKS = """
    WITH numbered AS (
        SELECT player_id, mode, outcome, count(*) FILTER (WHERE outcome = 'lost') OVER (
            PARTITION BY player_id, mode ORDER BY played_at, match_id
        ) AS lost_before
        FROM participations
        WHERE player_id IS NOT NULL
    ), streaks AS (
        SELECT player_id, mode, lost_before, count(*) FILTER (WHERE outcome = 'won') AS won
        FROM numbered
        GROUP BY player_id, mode, lost_before
    ), of_players AS (
        SELECT player_id, mode, max(won) AS best, (array_agg(won ORDER BY lost_before DESC))[1] AS last
        FROM streaks
        GROUP BY player_id, mode
    )
    UPDATE player_totals AS totals
    SET win_streak = last, best_win_streak = best
    FROM of_players
    WHERE of_players.player_id = totals.player_id AND of_players.mode = totals.mode
"""
"""Each loss begins the next streak, with no wins."""


def upgrade() -> None:
    # The slow steps come first: from the first change of `matches` on, it cannot be read.
    _keep_streaks_and_opponents()
    _let_in_online()
    _say_how_it_went()
    _keep_ratings()


def _keep_streaks_and_opponents() -> None:
    for column in ("win_streak", "best_win_streak"):
        op.add_column(
            "player_totals", sa.Column(column, sa.Integer, nullable=False, server_default="0")
        )
    # It reads every side of every match: some seconds per million.
    op.execute("SET LOCAL statement_timeout = 0")
    op.execute(STREAKS)
    op.create_check_constraint(
        "player_totals_streaks",
        "player_totals",
        "win_streak BETWEEN 0 AND best_win_streak AND best_win_streak <= won",
    )
    op.create_table(
        "opponent_totals",
        sa.Column("player_id", sa.Uuid, primary_key=True),
        sa.Column("opponent_id", sa.Uuid, primary_key=True),
        sa.Column("opponent_name", sa.Text, nullable=False),
        sa.Column("played", sa.Integer, nullable=False),
        sa.Column("won", sa.Integer, nullable=False),
        sa.Column("last_played_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("player_id <> opponent_id", name="opponent_totals_of_two"),
        sa.CheckConstraint(
            "char_length(opponent_name) BETWEEN 1 AND 64", name="opponent_totals_name"
        ),
        sa.CheckConstraint("won BETWEEN 0 AND played", name="opponent_totals_won"),
    )
    op.create_index(
        "opponent_totals_most_played",
        "opponent_totals",
        ["player_id", sa.text("played DESC"), sa.text("last_played_at DESC"), "opponent_id"],
    )
    op.create_index("opponent_totals_of_opponent", "opponent_totals", ["opponent_id"])


def _let_in_online() -> None:
    for table in ("matches", "player_totals"):
        op.drop_constraint(f"ck_{table}_{table}_mode", table)
        op.create_check_constraint(f"{table}_mode", table, "mode IN ('ai', 'local', 'online')")


def _say_how_it_went() -> None:
    op.add_column(
        "matches", sa.Column("rated", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.add_column("matches", sa.Column("forfeited_by", sa.SmallInteger))
    op.add_column("matches", sa.Column("delay", sa.SmallInteger))
    op.create_check_constraint(
        "matches_online_only",
        "matches",
        "mode = 'online' OR (NOT rated AND forfeited_by IS NULL AND delay IS NULL)",
    )
    op.create_check_constraint("matches_forfeited_by", "matches", "forfeited_by IN (1, 2)")
    op.create_check_constraint("matches_delay", "matches", "delay >= 0")
    op.drop_constraint("ck_matches_matches_ticks", "matches")
    op.create_check_constraint(
        "matches_ticks",
        "matches",
        "ticks BETWEEN CASE WHEN forfeited_by IS NULL THEN 1 ELSE 0 END AND 108000",
    )
    op.drop_constraint("ck_matches_matches_winner", "matches")
    op.create_check_constraint(
        "matches_winner",
        "matches",
        "CASE WHEN forfeited_by IS NOT NULL THEN winner = 3 - forfeited_by"
        " AND left_score BETWEEN 0 AND points - 1 AND right_score BETWEEN 0 AND points - 1"
        " WHEN winner = 1 THEN left_score = points AND right_score BETWEEN 0 AND points - 1"
        " WHEN winner = 2 THEN right_score = points AND left_score BETWEEN 0 AND points - 1"
        " ELSE false END",
    )
    op.add_column("participations", sa.Column("late", sa.Integer))
    op.add_column("participations", sa.Column("rtt_ms", sa.Integer))
    op.add_column("participations", sa.Column("rating_before", sa.Double))
    op.add_column("participations", sa.Column("rating_after", sa.Double))
    op.create_check_constraint("participations_late", "participations", "late >= 0")
    op.create_check_constraint("participations_rtt_ms", "participations", "rtt_ms >= 0")
    op.create_check_constraint(
        "participations_line_of_a_player",
        "participations",
        "player_id IS NOT NULL AND mode = 'online'"
        " OR num_nonnulls(late, rtt_ms, rating_before, rating_after) = 0",
    )
    op.create_check_constraint(
        "participations_rating",
        "participations",
        "(rating_before IS NULL) = (rating_after IS NULL)",
    )


def _keep_ratings() -> None:
    op.create_table(
        "ratings",
        sa.Column("player_id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("rating", sa.Double, nullable=False),
        sa.Column("deviation", sa.Double, nullable=False),
        sa.Column("volatility", sa.Double, nullable=False),
        sa.Column("rated_matches", sa.Integer, nullable=False),
        sa.Column("rated_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("settled_until", TIMESTAMP(timezone=True)),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 64", name="ratings_name"),
        sa.CheckConstraint("rating BETWEEN 100 AND 4000", name="ratings_rating"),
        sa.CheckConstraint("deviation > 0 AND deviation <= 350", name="ratings_deviation"),
        sa.CheckConstraint("volatility BETWEEN 0.03 AND 0.12", name="ratings_volatility"),
        sa.CheckConstraint("rated_matches >= 0", name="ratings_rated_matches"),
    )
    op.create_index(
        "ratings_of_the_settled",
        "ratings",
        [sa.text("rating DESC"), "player_id"],
        postgresql_include=["settled_until"],
        postgresql_where=sa.text("settled_until IS NOT NULL"),
    )
    op.create_table(
        "rating_changes",
        sa.Column(
            "match_id",
            sa.Uuid,
            sa.ForeignKey("matches.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("player_id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("rating_before", sa.Double, nullable=False),
        sa.Column("deviation_before", sa.Double, nullable=False),
        sa.Column("rating_after", sa.Double, nullable=False),
        sa.Column("deviation_after", sa.Double, nullable=False),
        sa.Column("at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name="rating_changes_number"),
        sa.UniqueConstraint("player_id", "number", name="rating_changes_of_player"),
    )
