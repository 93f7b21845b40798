"""Allow 64 aliases in a hotseat tournament instead of 16."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("ck_tournaments_size", "tournaments")
    op.create_check_constraint(
        op.f("ck_tournaments_size"),
        "tournaments",
        "size BETWEEN 2 AND CASE WHEN format = 'round_robin' THEN 32"
        " WHEN kind = 'hotseat' THEN 64 ELSE 1024 END",
    )
