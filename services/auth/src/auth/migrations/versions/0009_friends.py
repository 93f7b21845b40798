"""Create friendships, blocks and presence."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _friendships()
    _blocks()
    _presences()


def _friendships() -> None:
    op.create_table(
        "friendships",
        sa.Column("low_id", sa.Uuid, nullable=False),
        sa.Column("high_id", sa.Uuid, nullable=False),
        sa.Column("asked_by", sa.Uuid, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("low_id", "high_id", name=op.f("pk_friendships")),
        *(_account("friendships", name) for name in ("low_id", "high_id")),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_friendships_pair_in_order")),
        sa.CheckConstraint(
            "asked_by IN (low_id, high_id)", name=op.f("ck_friendships_asked_by_one_of_them")
        ),
        sa.CheckConstraint(
            "accepted_at >= asked_at", name=op.f("ck_friendships_accepted_once_asked")
        ),
    )
    op.create_index("ix_friendships_high_id", "friendships", ["high_id"])


def _blocks() -> None:
    op.create_table(
        "blocks",
        sa.Column("blocker_id", sa.Uuid, nullable=False),
        sa.Column("blocked_id", sa.Uuid, nullable=False),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("blocker_id", "blocked_id", name=op.f("pk_blocks")),
        *(_account("blocks", name) for name in ("blocker_id", "blocked_id")),
        sa.CheckConstraint("blocker_id <> blocked_id", name=op.f("ck_blocks_not_oneself")),
    )
    op.create_index("ix_blocks_blocked_id", "blocks", ["blocked_id"])


def _presences() -> None:
    op.create_table(
        "presences",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presences")),
        _account("presences", "account_id"),
    )
    op.create_index("ix_presences_account_id", "presences", ["account_id", "expires_at"])
    op.create_index("ix_presences_expires_at", "presences", ["expires_at"])


def _account(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        ["accounts.id"],
        name=op.f(f"fk_{table}_{column}_accounts"),
        ondelete="CASCADE",
    )
