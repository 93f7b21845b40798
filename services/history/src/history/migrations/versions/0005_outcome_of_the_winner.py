"""Tie each side's outcome to the match's winner with a foreign key."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


OUTCOMES = """
    UPDATE participations
    SET outcome = CASE side WHEN winner THEN 'won' ELSE 'lost' END
    FROM matches
    WHERE matches.id = match_id AND outcome <> CASE side WHEN winner THEN 'won' ELSE 'lost' END
"""
"""The match is the proof, the outcome a copy: a different one was edited by hand, and would stop the migration."""


def upgrade() -> None:
    # The previous version need not know the column, because the database computes it.
    op.execute(OUTCOMES)
    op.create_unique_constraint("matches_winner_of", "matches", ["id", "winner"])
    # It rewrites the table: some seconds per million matches.
    op.add_column(
        "participations",
        sa.Column(
            "winner",
            sa.SmallInteger,
            sa.Computed("CASE outcome WHEN 'won' THEN side ELSE 3 - side END", persisted=True),
            nullable=False,
        ),
    )
    op.create_foreign_key(
        "participations_of_match_and_winner",
        "participations",
        "matches",
        ["match_id", "winner"],
        ["id", "winner"],
        ondelete="CASCADE",
    )
    op.drop_constraint("fk_participations_match_id_matches", "participations")
