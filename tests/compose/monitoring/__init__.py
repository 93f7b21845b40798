"""Tests of one fixture: without this file, pytest would keep a package-scoped fixture
until the end of the session."""
