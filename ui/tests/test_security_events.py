from datetime import UTC, datetime
from uuid import UUID

import pytest

from contracts.auth.privacy import SecurityEventView
from ui.account_settings.security_events import shown_security_events


@pytest.mark.parametrize(
    ("action", "detail", "text"),
    [
        ("signed_in", {"method": "oauth:github"}, "Signed in with GitHub"),
        ("confirmation_failed", {"method": "code"}, "Failed to confirm it’s you with a code"),
        ("passkey_added", {"name": "Laptop"}, "Passkey added (Laptop)"),
        ("identity_linked", {"provider": "Google"}, "External account linked (Google)"),
        ("recovery_code_used", {"left": "9"}, "Recovery code used (9 left)"),
        ("other_sessions_revoked", {"count": "3"}, "All other sessions ended in the settings (3)"),
        ("something_newer", {"whatever": "x"}, "Something newer"),
    ],
)  # fmt: skip
def test_a_line_of_the_log_shows_kind_and_number(
    action: str, detail: dict[str, str], text: str
) -> None:
    event = SecurityEventView(
        id=UUID(int=1), action=action, at=datetime.now(UTC), address="", device="", detail=detail
    )
    assert [note.text for note in shown_security_events([event])] == [text]
