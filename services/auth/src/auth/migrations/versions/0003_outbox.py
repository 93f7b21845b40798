"""The outbox: pgqueuer's tables as its version 1.6 makes them.

They are pgqueuer's own. A later version that wants them otherwise comes with statements of its own
(`Queries.build_upgrade_queries`), which then are the next migration.
"""

from alembic import op
from pgqueuer.adapters.persistence.schema_ddl import render_install
from pgqueuer.domain.settings import DBSettings

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Many statements at once, which only the driver's own method takes; Alembic has begun the transaction already.
    script = render_install(DBSettings())
    op.get_bind().connection.run_async(lambda driver: driver.execute(script))
