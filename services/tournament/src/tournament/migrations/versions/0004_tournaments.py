"""Creates the tables of tournaments, their entries, pairings and audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _tournaments()
    _entries()
    _audit_notes()
    _pairings()
    _matches()


def _tournaments() -> None:
    op.create_table(
        "tournaments",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("format", sa.Text, nullable=False),
        sa.Column("size", sa.SmallInteger, nullable=False),
        sa.Column("points", sa.SmallInteger, nullable=False),
        sa.Column("rated", sa.Boolean, nullable=False),
        sa.Column("visibility", sa.Text, nullable=False),
        sa.Column("invitation", sa.Text),
        sa.Column("third_place", sa.Boolean, nullable=False),
        sa.Column("rounds", sa.SmallInteger),
        sa.Column("ready_seconds", sa.Integer, nullable=False),
        sa.Column("registration_closes_at", TIME),
        sa.Column("starts_at", TIME),
        sa.Column("check_in_minutes", sa.SmallInteger),
        sa.Column("seeding", sa.Text, nullable=False),
        sa.Column("seeding_number", sa.BigInteger),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("organiser_id", sa.Uuid),
        sa.Column("organiser_name", sa.Text, nullable=False),
        sa.Column("idempotency_key", sa.Text),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("started_at", TIME),
        sa.Column("ended_at", TIME),
        sa.Column("round", sa.SmallInteger, server_default=sa.text("0"), nullable=False),
        sa.Column("entrants", sa.SmallInteger, server_default=sa.text("0"), nullable=False),
        sa.Column("revision", sa.BigInteger, server_default=sa.text("0"), nullable=False),
        _check(
            "tournaments",
            "ended_with_a_time",
            "(state IN ('finished', 'cancelled')) = (ended_at IS NOT NULL)",
        ),
        _check(
            "tournaments",
            "rounds",
            "CASE format WHEN 'round_robin' THEN coalesce(rounds IN (1, 2), false)"
            " WHEN 'swiss' THEN rounds IS NULL OR rounds BETWEEN 1 AND 30"
            " ELSE rounds IS NULL END",
        ),
        _check("tournaments", "rated_online_only", "NOT rated OR kind = 'online'"),
        _check("tournaments", "third_place", "NOT third_place OR format = 'single_elimination'"),
        _check(
            "tournaments",
            "format",
            "format IN ('single_elimination', 'double_elimination', 'round_robin', 'swiss')",
        ),
        _check("tournaments", "kind", "kind IN ('online', 'hotseat')"),
        _check("tournaments", "seeding", "seeding IN ('rating', 'manual', 'random')"),
        _check(
            "tournaments",
            "size",
            "size BETWEEN 2 AND CASE WHEN kind = 'hotseat' THEN 16"
            " WHEN format = 'round_robin' THEN 32 ELSE 1024 END",
        ),
        _check(
            "tournaments", "state", "state IN ('draft', 'open', 'running', 'finished', 'cancelled')"
        ),
        _check(
            "tournaments",
            "started_with_a_time",
            "state NOT IN ('running', 'finished') OR started_at IS NOT NULL",
        ),
        _check("tournaments", "visibility", "visibility IN ('public', 'link')"),
        _check("tournaments", "description", "char_length(description) <= 2000"),
        _check("tournaments", "name", "char_length(name) BETWEEN 1 AND 80"),
        _check("tournaments", "check_in_minutes", "check_in_minutes BETWEEN 1 AND 120"),
        _check(
            "tournaments",
            "check_in_before_a_time",
            "check_in_minutes IS NULL OR starts_at IS NOT NULL",
        ),
        _check("tournaments", "points", "points IN (3, 5, 7, 11, 21)"),
        _check("tournaments", "ready_seconds", "ready_seconds BETWEEN 30 AND 3600"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tournaments")),
        sa.UniqueConstraint("organiser_id", "idempotency_key", name="uq_tournaments_idempotency"),
    )
    op.create_index(
        "ix_tournaments_organiser_id", "tournaments", ["organiser_id", sa.text("id DESC")]
    )
    op.create_index(
        "ix_tournaments_public",
        "tournaments",
        ["state", sa.text("id DESC")],
        postgresql_where=sa.text("visibility = 'public' AND kind = 'online'"),
    )
    op.create_index(
        "ix_tournaments_starts_at",
        "tournaments",
        ["starts_at"],
        postgresql_where=sa.text("state = 'open' AND starts_at IS NOT NULL"),
    )


def _entries() -> None:
    op.create_table(
        "entries",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("tournament_id", sa.Uuid, nullable=False),
        sa.Column("player_id", sa.Uuid),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("alias_key", sa.Text),
        sa.Column("rating", sa.Double),
        sa.Column("deviation", sa.Double),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("entered_at", TIME, nullable=False),
        sa.Column("checked_in_at", TIME),
        sa.Column("wanted_seed", sa.SmallInteger),
        sa.Column("seed", sa.SmallInteger),
        sa.Column("late", sa.Boolean, server_default=sa.text("false"), nullable=False),
        sa.Column("place", sa.SmallInteger),
        _check(
            "entries",
            "players_seeded",
            "state NOT IN ('playing', 'withdrawn') OR seed IS NOT NULL",
        ),
        _check(
            "entries",
            "state",
            "state IN ('entered', 'waiting', 'dropped', 'playing', 'withdrawn', 'disqualified')",
        ),
        _check("entries", "name", "char_length(name) BETWEEN 1 AND 64"),
        _check("entries", "place", "place >= 1"),
        _check("entries", "seed", "seed >= 1"),
        sa.ForeignKeyConstraint(
            ["tournament_id"],
            ["tournaments.id"],
            name=op.f("fk_entries_tournament_id_tournaments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("tournament_id", "alias_key", name="uq_entries_alias"),
        sa.UniqueConstraint("tournament_id", "player_id", name="uq_entries_player"),
        sa.UniqueConstraint("tournament_id", "seed", name="uq_entries_seed"),
    )
    op.create_index("ix_entries_line", "entries", ["tournament_id", "entered_at", "id"])
    op.create_index(
        "ix_entries_player_id",
        "entries",
        ["player_id", sa.text("tournament_id DESC")],
        postgresql_where=sa.text("player_id IS NOT NULL"),
    )


def _audit_notes() -> None:
    op.create_table(
        "audit_notes",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("tournament_id", sa.Uuid, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor_id", sa.Uuid),
        sa.Column("actor_name", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["tournament_id"],
            ["tournaments.id"],
            name=op.f("fk_audit_notes_tournament_id_tournaments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_notes")),
    )
    op.create_index("ix_audit_notes_tournament_id", "audit_notes", ["tournament_id", "id"])


def _pairings() -> None:
    op.create_table(
        "pairings",
        sa.Column("tournament_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.SmallInteger, autoincrement=False, nullable=False),
        sa.Column("section", sa.Text, nullable=False),
        sa.Column("round", sa.SmallInteger, nullable=False),
        sa.Column("one", sa.SmallInteger),
        sa.Column("other", sa.SmallInteger),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("called_at", TIME),
        sa.Column("deadline", TIME),
        sa.Column("one_ready", sa.Boolean, server_default=sa.text("false"), nullable=False),
        sa.Column("other_ready", sa.Boolean, server_default=sa.text("false"), nullable=False),
        sa.Column("match_id", sa.Uuid),
        sa.Column("ticket", sa.Text),
        sa.Column("attempts", sa.SmallInteger, server_default=sa.text("0"), nullable=False),
        sa.Column("how", sa.Text),
        sa.Column("winner", sa.SmallInteger),
        sa.Column("one_score", sa.SmallInteger, server_default=sa.text("0"), nullable=False),
        sa.Column("other_score", sa.SmallInteger, server_default=sa.text("0"), nullable=False),
        sa.Column("decided_at", TIME),
        _check("pairings", "over_with_an_outcome", "(state = 'over') = (how IS NOT NULL)"),
        _check(
            "pairings",
            "how",
            "how IN ('played', 'forfeit', 'double_forfeit', 'decided', 'bye', 'empty', 'unneeded')",
        ),
        _check(
            "pairings",
            "section",
            "section IN ('winners', 'losers', 'final', 'reset', 'third_place', 'round')",
        ),
        _check("pairings", "played_as_a_match", "state <> 'playing' OR match_id IS NOT NULL"),
        _check("pairings", "state", "state IN ('waiting', 'called', 'playing', 'over')"),
        _check(
            "pairings",
            "called_with_both",
            "state NOT IN ('called', 'playing') OR one > 0 AND other > 0",
        ),
        _check("pairings", "outcome_with_a_winner", "(how IS NULL) = (winner IS NULL)"),
        _check("pairings", "two_people", "one <> other OR one = 0"),
        _check("pairings", "winner", "winner IN (0, one, other)"),
        sa.ForeignKeyConstraint(
            ["tournament_id"],
            ["tournaments.id"],
            name=op.f("fk_pairings_tournament_id_tournaments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tournament_id", "number", name=op.f("pk_pairings")),
    )
    op.create_index(
        "ix_pairings_called", "pairings", ["deadline"], postgresql_where=sa.text("state = 'called'")
    )
    op.create_index(
        "ix_pairings_match_id",
        "pairings",
        ["match_id"],
        unique=True,
        postgresql_where=sa.text("match_id IS NOT NULL"),
    )
    op.create_index(
        "ix_pairings_playing",
        "pairings",
        ["match_id"],
        postgresql_where=sa.text("state = 'playing'"),
    )


def _matches() -> None:
    op.add_column("matches", sa.Column("tournament_id", sa.Uuid))
    for name in ("left_absent", "right_absent"):
        op.add_column(
            "matches", sa.Column(name, sa.Boolean, server_default=sa.text("false"), nullable=False)
        )
    op.drop_constraint(op.f("ck_matches_origin"), "matches")
    op.create_check_constraint(
        op.f("ck_matches_origin"),
        "matches",
        "origin IN ('queue', 'challenge', 'link', 'tournament')",
    )
    op.create_check_constraint(
        op.f("ck_matches_of_a_tournament"),
        "matches",
        "(origin = 'tournament') = (tournament_id IS NOT NULL)",
    )


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))
