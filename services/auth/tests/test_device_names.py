"""Names of devices in mails and lists use only known words, whatever the user agent is."""

import pytest

from auth.mail.messages import NewDevice
from auth.sessions.devices import device_name
from services.auth.tests.browsers import FIREFOX, SAFARI, Browser, verify_address
from services.auth.tests.service_under_test import Auth

KHTML = "AppleWebKit/537.36 (KHTML, like Gecko)"
ON_ANDROID = "Mozilla/5.0 (Linux; Android 10; K)"
ON_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
CALLING = "CALL-NOW-0900123 bot"

NAMES = {
    FIREFOX: "Firefox on Linux",
    SAFARI: "Mobile Safari on iOS",
    f"{ON_WINDOWS} {KHTML} Chrome/137.0.0.0 Safari/537.36": "Chrome on Windows",
    f"{ON_WINDOWS} {KHTML} Chrome/137.0.0.0 Safari/537.36 Edg/137.0.3296.62": "Edge on Windows",
    f"{ON_ANDROID} {KHTML} Chrome/137.0.0.0 Mobile Safari/537.36": "Chrome Mobile on Android",
    f"{ON_ANDROID} {KHTML} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36": (
        "Samsung Internet on Android"
    ),
    "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": (
        "Firefox on Ubuntu"
    ),
    "curl/8.5.0": "curl",
    "": "Unknown device",
    CALLING: "Unknown device",
    f"{CALLING} (Windows NT 10.0)": "A program on Windows",
    "Mozilla/5.0 (compatible; Call0900Bot/1.0)": "Unknown device",
    f"{CALLING} {FIREFOX}": "A program on Linux",
}


@pytest.mark.parametrize(("user_agent", "name"), NAMES.items())
def test_a_device_name_uses_known_words(user_agent: str, name: str) -> None:
    assert device_name(user_agent) == name


async def test_a_user_agent_cannot_put_text_into_a_mail(auth: Auth) -> None:
    await auth.register()
    await verify_address(auth)
    await Browser(auth, device="laptop").signed_in()
    await Browser(auth, device="phone", user_agent=CALLING).signed_in()
    letters = await auth.letters("Alice@example.org")
    devices = [letter.device for letter in letters if isinstance(letter, NewDevice)]
    assert devices == ["Unknown device"]
