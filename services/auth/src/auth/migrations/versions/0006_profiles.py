"""Create avatars, and make names searchable by their beginning."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

CONTROLS = r"\u0001-\u001f\u007f-\u009f"


def upgrade() -> None:
    _names()
    _avatars()


def _names() -> None:
    # This rewrites the index, not the table: the bytes stay, only their order changes.
    op.alter_column("accounts", "username_key", type_=sa.Text(collation="C"), nullable=False)
    op.add_column("accounts", sa.Column("display_name_key", sa.Text(collation="C")))
    op.create_index(
        "ix_accounts_display_name_key",
        "accounts",
        ["display_name_key"],
        postgresql_where=sa.text("display_name_key IS NOT NULL"),
    )
    for name, condition in (
        ("display_name_has_key", "(display_name IS NULL) = (display_name_key IS NULL)"),
        ("display_name_has_no_controls", f"display_name !~ '[{CONTROLS}]'"),
        ("bio_has_no_controls", f"translate(bio, chr(10), '') !~ '[{CONTROLS}]'"),
    ):
        op.create_check_constraint(op.f(f"ck_accounts_{name}"), "accounts", condition)


def _avatars() -> None:
    op.create_table(
        "avatars",
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        *(sa.Column(f"webp_{size}", sa.LargeBinary, nullable=False) for size in (64, 128, 512)),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_avatars")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_avatars_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("hash ~ '^[0-9a-f]{64}$'", name=op.f("ck_avatars_hash_is_sha256")),
    )
    op.create_index("ix_avatars_hash", "avatars", ["hash"])
