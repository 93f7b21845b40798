"""Creates the triggers that signal activity: see `tournament.activity`."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Only inserts are signalled: a running match is updated twice a second, a place in the queue every 5 s.
EVENTS = {
    "matches": "INSERT",
    "queue_entries": "INSERT",
    "invitations": "INSERT",
    "tournaments": "INSERT OR UPDATE",
}


def upgrade() -> None:
    op.execute(
        "CREATE FUNCTION signal_activity() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_notify('activity', ''); RETURN NULL; END $$"
    )
    for table, event in EVENTS.items():
        op.execute(
            f"CREATE TRIGGER signal_activity AFTER {event} ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION signal_activity()"
        )
