"""Secrets that no log line may contain: everything confidential that was
typed, sent or signed meanwhile."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

# Shorter values, such as six-digit codes, may be part of any number, so they are matched as words.
LONG_ENOUGH = 8
# The first two parts of a token contain its claims, so any token-like text counts.
FORMS = {
    "a JSON Web Token": re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}"),
    "a cookie of ours": re.compile(r"__Host-\w+"),
    "a bearer": re.compile(r"\bbearer\s+\S", re.IGNORECASE),
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"),
    "a password in an address": re.compile(r"\w+://[^/\s:@\"]+:[^/\s@\"]+@"),
    "a sealed value": re.compile(r"\bgAAAA[\w-]{20,}"),
    "a digest of a password": re.compile(r"\$argon2\w*\$"),
    "a private key": re.compile(r"BEGIN [A-Z ]*PRIVATE KEY"),
}


class Secrets:
    """Collects secrets and searches log lines for them."""

    def __init__(self) -> None:
        self._values: set[str] = set()

    def keep(self, *values: str) -> None:
        """Record secrets. Each part of a token is recorded, as its
        signature alone would be a leak."""
        for value in values:
            assert value
            self._values.update(part for part in value.split(".") if part)

    def keep_files(self, folder: Path) -> None:
        for path in folder.iterdir():
            if path.is_file() and (text := path.read_text().strip()):
                self.keep(text)

    def __len__(self) -> int:
        return len(self._values)

    def known_in(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield a sentence for each line that contains a recorded
        secret, with the secret masked."""
        known = re.compile("|".join(map(_pattern, sorted(self._values))))
        for line in lines:
            if known.search(line):
                yield f"a secret of the day: {known.sub('<secret>', line)}"


def forms_in(lines: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for each text that looks like a secret, even if it was not recorded."""
    for line in lines:
        for name, form in FORMS.items():
            if form.search(line):
                yield f"{name}: {form.sub('<secret>', line)}"


def _pattern(value: str) -> str:
    text = re.escape(value)
    return text if len(value) >= LONG_ENOUGH else rf"(?<![\w.:-]){text}(?![\w.:-])"
