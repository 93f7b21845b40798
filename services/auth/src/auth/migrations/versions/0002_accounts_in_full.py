"""Add verified addresses, accounts without a password, devices, confirmed sessions, throttles and the security log.

While it runs, and for a while after, the previous version still serves: everything new has a default or is nullable.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _accounts()
    _known_devices()
    _sessions()
    _throttles()
    _security_events()


def _accounts() -> None:
    op.alter_column("accounts", "password_hash", nullable=True)
    op.add_column("accounts", sa.Column("email_verified_at", sa.DateTime(timezone=True)))
    # Existing accounts do not expire, because their owners were never told about expiry.
    op.add_column("accounts", sa.Column("expires_at", sa.DateTime(timezone=True)))
    op.add_column("accounts", sa.Column("display_name", sa.Text))
    op.add_column(
        "accounts", sa.Column("bio", sa.Text, server_default=sa.text("''"), nullable=False)
    )
    op.add_column("accounts", sa.Column("avatar", sa.Text))
    op.create_check_constraint(
        op.f("ck_accounts_verified_do_not_expire"),
        "accounts",
        "email_verified_at IS NULL OR expires_at IS NULL",
    )
    op.create_check_constraint(
        op.f("ck_accounts_display_name_length"),
        "accounts",
        "char_length(display_name) BETWEEN 1 AND 40",
    )
    op.create_check_constraint(
        op.f("ck_accounts_bio_length"), "accounts", "char_length(bio) <= 500"
    )
    op.drop_constraint("uq_accounts_email_key", "accounts")
    op.create_index("ix_accounts_email_key", "accounts", ["email_key"])
    op.create_index(
        "uq_accounts_verified_email_key",
        "accounts",
        ["email_key"],
        unique=True,
        postgresql_where=sa.text("email_verified_at IS NOT NULL"),
    )
    op.create_index(
        "ix_accounts_expires_at",
        "accounts",
        ["expires_at"],
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )


def _known_devices() -> None:
    op.create_table(
        "known_devices",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_devices")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_known_devices_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("account_id", "digest", name=op.f("uq_known_devices_digest")),
    )


def _sessions() -> None:
    op.add_column("sessions", sa.Column("device_id", sa.Uuid))
    op.create_foreign_key(
        op.f("fk_sessions_device_id_known_devices"),
        "sessions",
        "known_devices",
        ["device_id"],
        ["id"],
        ondelete="SET NULL",
    )
    for name in ("user_agent", "address"):
        op.add_column(
            "sessions", sa.Column(name, sa.Text, server_default=sa.text("''"), nullable=False)
        )
    op.add_column("sessions", sa.Column("confirmed_at", sa.DateTime(timezone=True)))
    op.drop_constraint("ck_sessions_end_has_reason", "sessions")
    op.create_check_constraint(
        op.f("ck_sessions_end_has_reason"),
        "sessions",
        "(ended_at IS NULL) = (end_reason IS NULL) AND end_reason IN ('signed_out', 'reused', 'revoked',"
        " 'password_changed', 'password_reset')",
    )


def _throttles() -> None:
    op.create_table(
        "throttles",
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttles")),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_throttles_attempts_counted")),
    )
    op.create_index("ix_throttles_last_at", "throttles", ["last_at"])


def _security_events() -> None:
    op.create_table(
        "security_events",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("user_agent", sa.Text, nullable=False),
        sa.Column("detail", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_events")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_security_events_account_id_accounts"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "ix_security_events_account_id",
        "security_events",
        ["account_id", sa.text("at DESC"), sa.text("id DESC")],
    )
