"""Other services are told what people are to each other, from now on and of all that is there.

They are told of it twice. What an old replica changes after this has run, before the new ones take over, it tells
nobody; the second time is when it is gone.
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
    # pgqueuer's own table. Where nobody has an account there is nobody to tell of.
    op.execute(
        "INSERT INTO pgqueuer (priority, status, entrypoint, execute_after)"
        " SELECT 0, 'queued', 'player-ties', now() + later"
        " FROM (VALUES (interval '0'), (interval '10 minutes')) AS times (later)"
        " WHERE EXISTS (SELECT FROM accounts)"
    )
