"""Create second factors, recovery codes and second-factor challenges."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _two_factor()
    _recovery_codes()
    _challenges()


def _two_factor() -> None:
    op.create_table(
        "two_factor",
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary, nullable=False),
        sa.Column("last_step", sa.BigInteger, nullable=False),
        sa.Column("set_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enabled_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_two_factor")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_two_factor_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("last_step >= 0", name=op.f("ck_two_factor_last_step_counts_up")),
    )


def _recovery_codes() -> None:
    op.create_table(
        "recovery_codes",
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("account_id", "digest", name=op.f("pk_recovery_codes")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["two_factor.account_id"],
            name=op.f("fk_recovery_codes_account_id_two_factor"),
            ondelete="CASCADE",
        ),
    )


def _challenges() -> None:
    op.create_table(
        "two_factor_challenges",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_two_factor_challenges")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["two_factor.account_id"],
            name=op.f("fk_two_factor_challenges_account_id_two_factor"),
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "attempts BETWEEN 0 AND 5",
            name=op.f("ck_two_factor_challenges_attempts_within_limit"),
        ),
    )
    op.create_index("ix_two_factor_challenges_account_id", "two_factor_challenges", ["account_id"])
    op.create_index("ix_two_factor_challenges_expires_at", "two_factor_challenges", ["expires_at"])
