"""Leaves the database empty, so that the service is ready only where migrations have run."""

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
