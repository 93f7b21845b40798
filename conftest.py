"""What every package's tests share: a real PostgreSQL, and the cast with their access tokens."""

pytest_plugins = ("tests.fixtures.databases", "tests.fixtures.cast", "tests.fixtures.platform")
