"""Tests of one fixture: without this file a fixture of a package would last as long as the session."""
