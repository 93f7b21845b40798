"""Alembic's entry point: see `transcendence_common.migrations`."""

from transcendence_common.migrations import run_migrations

run_migrations()
