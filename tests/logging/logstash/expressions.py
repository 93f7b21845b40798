"""Regular expressions of Ruby, as far as Python reads them in the same way."""

import re

# A set in a set, an intersection, and what begins with (?.
RUBY_ONLY = re.compile(r"\[[^\]]*\[|&&|\(\?")
ESCAPED = re.compile(r"\\.")


class ExpressionNotUnderstood(ValueError):
    """Ruby may read it otherwise."""


def expression(pattern: str) -> re.Pattern[str]:
    """In Ruby ^ and $ are those of a line."""
    if RUBY_ONLY.search(ESCAPED.sub("", pattern)):
        raise ExpressionNotUnderstood(pattern)
    return re.compile(pattern, re.MULTILINE)
