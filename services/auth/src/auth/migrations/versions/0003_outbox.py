"""Create the outbox: pgqueuer's tables of its version 1.6.

They belong to pgqueuer. A later version with another schema provides the statements (`Queries.build_upgrade_queries`),
which then become a migration.
"""

from alembic import op
from pgqueuer.adapters.persistence.schema_ddl import render_install
from pgqueuer.domain.settings import DBSettings

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The script has several statements, which only the driver's own method accepts; Alembic has already begun the
    # transaction.
    script = render_install(DBSettings())
    op.get_bind().connection.run_async(lambda driver: driver.execute(script))
