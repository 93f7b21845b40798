"""Regular expressions of Ruby that mean the same in Python."""

import re

# Nested sets, set intersections and groups with `(?`.
RUBY_ONLY = re.compile(r"\[[^\]]*\[|&&|\(\?")
ESCAPED = re.compile(r"\\.")


class ExpressionNotUnderstood(ValueError):
    """Ruby might interpret the expression differently."""


def expression(pattern: str) -> re.Pattern[str]:
    """Compile an expression. In Ruby ^ and $ match at line ends."""
    if RUBY_ONLY.search(ESCAPED.sub("", pattern)):
        raise ExpressionNotUnderstood(pattern)
    return re.compile(pattern, re.MULTILINE)
