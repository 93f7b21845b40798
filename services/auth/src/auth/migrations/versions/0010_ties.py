"""Send relationships between players to other services: all existing ones, and each change from now on.

All are sent twice. Changes that an old replica makes after this migration, before the new replicas take over, are not
sent; the second time covers them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tie_versions",
        sa.Column("single", sa.Boolean, nullable=False),
        sa.Column("latest", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("single", name=op.f("pk_tie_versions")),
        sa.CheckConstraint("single", name=op.f("ck_tie_versions_one_row")),
    )
    # pgqueuer's own table. Without accounts there is nothing to send.
    op.execute(
        "INSERT INTO pgqueuer (priority, status, entrypoint, execute_after)"
        " SELECT 0, 'queued', 'player-ties', now() + later"
        " FROM (VALUES (interval '0'), (interval '10 minutes')) AS times (later)"
        " WHERE EXISTS (SELECT FROM accounts)"
    )
