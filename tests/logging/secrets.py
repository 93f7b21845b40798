"""What no log line may hold: whatever was typed, sent or signed in confidence while it was written."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

# Shorter ones, such as the six digits of a code, are in any number; they are looked for as a word of their own.
LONG_ENOUGH = 8
# Whoever holds the first two parts of a token has its claims, and of the third a part is as good as none.
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
    """Collects them as they come up, and finds them again."""

    def __init__(self) -> None:
        self._values: set[str] = set()

    def keep(self, *values: str) -> None:
        """Of a token with a signature the signature is enough: it is what others would need."""
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
        """Yield a sentence for each that was kept, with the line and without the secret."""
        known = re.compile("|".join(map(_pattern, sorted(self._values))))
        for line in lines:
            if known.search(line):
                yield f"a secret of the day: {known.sub('<secret>', line)}"


def forms_in(lines: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for whatever looks like one, even where nobody kept it."""
    for line in lines:
        for name, form in FORMS.items():
            if form.search(line):
                yield f"{name}: {form.sub('<secret>', line)}"


def _pattern(value: str) -> str:
    text = re.escape(value)
    return text if len(value) >= LONG_ENOUGH else rf"(?<![\w.:-]){text}(?![\w.:-])"
