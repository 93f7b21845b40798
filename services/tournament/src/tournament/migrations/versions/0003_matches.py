"""Creates the tables of live matches, the queue, invitations, relationships between players, and the outbox."""

import sqlalchemy as sa
from alembic import op
from pgqueuer.adapters.persistence.schema_ddl import render_install
from pgqueuer.domain.settings import DBSettings

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
POINTS = "points IN (3, 5, 7, 11, 21)"


def upgrade() -> None:
    _replicas()
    _matches()
    _seats()
    _stored_keys()
    _queue_entries()
    _invitations()
    _ties()
    _outbox()


def _replicas() -> None:
    op.create_table(
        "replicas",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("leased_until", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replicas")),
    )


def _matches() -> None:
    op.create_table(
        "matches",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("points", sa.SmallInteger, nullable=False),
        sa.Column("rated", sa.Boolean, nullable=False),
        sa.Column("rules", sa.SmallInteger, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("left_id", sa.Uuid, nullable=False),
        sa.Column("left_name", sa.Text, nullable=False),
        sa.Column("right_id", sa.Uuid, nullable=False),
        sa.Column("right_name", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("started_at", TIME),
        sa.Column("ended_at", TIME),
        sa.Column("owner", sa.Uuid),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("left_absences", sa.SmallInteger, nullable=False),
        sa.Column("right_absences", sa.SmallInteger, nullable=False),
        sa.Column("left_score", sa.SmallInteger, nullable=False),
        sa.Column("right_score", sa.SmallInteger, nullable=False),
        sa.Column("winner", sa.SmallInteger),
        sa.Column("forfeited_by", sa.SmallInteger),
        sa.Column("delay", sa.SmallInteger),
        sa.Column("left_late", sa.Integer, nullable=False),
        sa.Column("right_late", sa.Integer, nullable=False),
        sa.Column("left_rtt_ms", sa.Integer, nullable=False),
        sa.Column("right_rtt_ms", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matches")),
        _check("matches", "points", POINTS),
        _check("matches", "seed", "seed BETWEEN 0 AND 4294967295"),
        _check("matches", "rules", "rules >= 1"),
        _check("matches", "two_people", "left_id <> right_id"),
        _check("matches", "origin", "origin IN ('queue', 'challenge', 'link')"),
        _check("matches", "state", "state IN ('waiting', 'running', 'finished', 'void')"),
        _check(
            "matches",
            "ended_with_a_time",
            "(state IN ('finished', 'void')) = (ended_at IS NOT NULL)",
        ),
        _check("matches", "finished_with_a_winner", "(state = 'finished') = (winner IS NOT NULL)"),
        _check("matches", "winner", "winner IN (1, 2)"),
        _check("matches", "forfeit", "forfeited_by IS NULL OR forfeited_by = 3 - winner"),
    )
    op.create_index(
        "ix_matches_unfinished",
        "matches",
        ["owner"],
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.create_index(
        "ix_matches_running",
        "matches",
        [sa.text("id DESC")],
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_index(
        "ix_matches_ended_at",
        "matches",
        ["ended_at"],
        postgresql_where=sa.text("ended_at IS NOT NULL"),
    )
    op.create_index("ix_matches_left_id", "matches", ["left_id"])
    op.create_index("ix_matches_right_id", "matches", ["right_id"])


def _seats() -> None:
    op.create_table(
        "seats",
        sa.Column("player_id", sa.Uuid, nullable=False),
        sa.Column("match_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("player_id", name=op.f("pk_seats")),
        _match("seats"),
    )
    op.create_index("ix_seats_match_id", "seats", ["match_id"])


def _stored_keys() -> None:
    op.create_table(
        "stored_keys",
        sa.Column("match_id", sa.Uuid, nullable=False),
        sa.Column("from_tick", sa.Integer, nullable=False),
        sa.Column("through_tick", sa.Integer, nullable=False),
        sa.Column("changes", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("match_id", "from_tick", name=op.f("pk_stored_keys")),
        _match("stored_keys"),
        _check("stored_keys", "forwards", "from_tick < through_tick"),
    )


def _queue_entries() -> None:
    op.create_table(
        "queue_entries",
        sa.Column("player_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("points", sa.SmallInteger, nullable=False),
        sa.Column("rated", sa.Boolean, nullable=False),
        sa.Column("rating", sa.Float, nullable=False),
        sa.Column("deviation", sa.Float, nullable=False),
        sa.Column("joined_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("player_id", name=op.f("pk_queue_entries")),
        _check("queue_entries", "points", POINTS),
    )
    op.create_index("ix_queue_entries_waiting", "queue_entries", ["points", "rated", "rating"])


def _invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("from_id", sa.Uuid, nullable=False),
        sa.Column("from_name", sa.Text, nullable=False),
        sa.Column("to_id", sa.Uuid),
        sa.Column("to_name", sa.Text),
        sa.Column("points", sa.SmallInteger, nullable=False),
        sa.Column("rated", sa.Boolean, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("match_id", sa.Uuid),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        _match("invitations"),
        _check("invitations", "points", POINTS),
        _check("invitations", "not_to_oneself", "from_id <> to_id"),
        _check("invitations", "to_somebody_or_nobody", "(to_id IS NULL) = (to_name IS NULL)"),
        _check("invitations", "state", "state IN ('open', 'accepted', 'declined', 'withdrawn')"),
        _check(
            "invitations", "accepted_with_a_match", "(state = 'accepted') = (match_id IS NOT NULL)"
        ),
    )
    op.create_index(
        "uq_invitations_open_pair",
        "invitations",
        ["from_id", "to_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open' AND to_id IS NOT NULL"),
    )
    op.create_index("ix_invitations_from_id", "invitations", ["from_id"])
    op.create_index(
        "ix_invitations_to_id",
        "invitations",
        ["to_id"],
        postgresql_where=sa.text("to_id IS NOT NULL"),
    )
    op.create_index("ix_invitations_expires_at", "invitations", ["expires_at"])


def _ties() -> None:
    op.create_table(
        "ties",
        sa.Column("low_id", sa.Uuid, nullable=False),
        sa.Column("high_id", sa.Uuid, nullable=False),
        sa.Column("low_name", sa.Text, nullable=False),
        sa.Column("high_name", sa.Text, nullable=False),
        sa.Column("friends", sa.Boolean, nullable=False),
        sa.Column("low_blocks", sa.Boolean, nullable=False),
        sa.Column("high_blocks", sa.Boolean, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("low_id", "high_id", name=op.f("pk_ties")),
        _check("ties", "pair_in_order", "low_id < high_id"),
    )
    op.create_index("ix_ties_high_id", "ties", ["high_id"])


def _outbox() -> None:
    """Create pgqueuer's tables as its version 1.6 does."""
    # The script has many statements, which only the driver's own method accepts; Alembic has begun the transaction.
    script = render_install(DBSettings())
    op.get_bind().connection.run_async(lambda driver: driver.execute(script))


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _match(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["match_id"],
        ["matches.id"],
        name=op.f(f"fk_{table}_match_id_matches"),
        ondelete="CASCADE",
    )
