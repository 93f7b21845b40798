"""Alerts become mails: a real Alertmanager and mail server, with all
alerts posted at the beginning."""

from collections.abc import AsyncGenerator, Iterator

import pytest

from services.auth.tests.mail_host import mail_host
from tests.gateway.upstream import FakeService
from tests.monitoring.alert_mail import LATER_SECONDS, SENDER, Post, sending
from tests.monitoring.alertmanager import NEW, PUBLIC_URL, alert, eventually

pytestmark = pytest.mark.thorough

NASTY_NAME = """Jürgen "the #1" O'Neil: $HOME \\ & co."""
OPERATORS = ["o'neil+pong@example.org", "second@example.org"]

SEEN = alert("Seen", service="auth", instance="127.0.0.1:8001", host="one")
CROWD = [alert("Crowd", service="history", instance=f"127.0.0.1:{n}", age=NEW) for n in (1, 2, 3)]
ELSEWHERE = alert("Crowd", service="tournament", instance="127.0.0.1:4")
WARNING = alert("Noticed", severity="warning", service="history", age=NEW)
OVER = alert("Over", service="auth", says={"summary": "It is too dark"})
WATCHDOG = alert("Watchdog", severity="none")
UNHEARD = alert("Unheard", severity="none", service="auth")
ODD = alert(
    "Odd",
    service="<script>alert(1)</script>",
    path='é "quoted" \\ & <b>, {{ .Status }}' + "x" * 2000,
    says={
        "summary": "</h2><img src=x onerror=alert(1)>\r\nBcc: eve@example.org",
        "runbook": '/runbooks/Odd.md"onclick="alert(1)',
    },
)
HIDDEN = alert("ErrorBudgetBurnsFast", service="ui", upstream="ui", age=NEW)
GONE = alert("ServiceDown", service="ui", age=NEW)


@pytest.fixture(scope="module")
def heartbeat() -> Iterator[FakeService]:
    """The external service that notices when the platform's alerting stops."""
    service = FakeService("heartbeat")
    service.start()
    yield service
    service.stop()


@pytest.fixture(scope="module")
async def post(
    tmp_path_factory: pytest.TempPathFactory, heartbeat: FakeService
) -> AsyncGenerator[Post, None]:
    """All mails to one pair of operators."""
    environment = {
        "ALERT_MAIL_TO": ", ".join(OPERATORS),
        "ALERT_HEARTBEAT_URL": f"http://{heartbeat.address}/ping/a-token?x=1",
        "MAIL_FROM": f"{NASTY_NAME} <{SENDER}>",
    }
    async with mail_host() as host, sending(tmp_path_factory, host, environment) as post:
        everything = [SEEN, *CROWD, ELSEWHERE, WARNING, OVER, WATCHDOG, UNHEARD, ODD, HIDDEN, GONE]
        await post.alertmanager.fire(*everything)
        await post.arrival("Firing, critical: Over (auth)")
        await post.alertmanager.resolve(OVER)
        yield post


async def test_an_alert_is_mailed_with_its_details(post: Post) -> None:
    mail = await post.arrival("Firing, critical: Seen (auth)")
    for part in (mail.part("plain"), mail.part("html")):
        assert "Seen happens" in part
        assert "Seen has happened for 10 minutes." in part
        assert f"since {SEEN.starts:%-d %B %Y, %H:%M:%S} UTC" in part
        assert "127.0.0.1:8001" in part
        assert f"{PUBLIC_URL}/runbooks/Seen.md" in part
        assert f"{PUBLIC_URL}/grafana/d/services/services?var-service=auth" in part
        assert f"{PUBLIC_URL}/alertmanager/#/silences/new?filter=%7Balertname%3" in part
    assert f"{PUBLIC_URL}/prometheus/graph?g0.expr=up+%3D%3D+0" in mail.part("plain")


async def test_all_operators_get_the_mail_with_a_readable_sender(post: Post) -> None:
    mail = await post.arrival("Firing, critical: Seen (auth)")
    assert mail.recipients == OPERATORS
    assert [it.addr_spec for it in mail.message["To"].addresses] == OPERATORS
    assert mail.sender == SENDER
    (sender,) = mail.message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (NASTY_NAME, SENDER)
    assert mail.message["Auto-Submitted"] == "auto-generated"


async def test_instances_of_one_service_share_a_mail(post: Post) -> None:
    mail = await post.arrival("Firing, critical (3): Crowd (history)")
    assert [mail.part("html").count(f"127.0.0.1:{n}</dd>") for n in (1, 2, 3, 4)] == [1, 1, 1, 0]
    await post.arrival("Firing, critical: Crowd (tournament)")


async def test_texts_of_an_alert_are_escaped(post: Post) -> None:
    mail = await post.arrival("Firing, critical: Odd (<script>alert(1)</script>)")
    html = mail.part("html")
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    assert 'onclick="' not in html
    assert "{{ .Status }}" in html
    assert mail.message["Bcc"] is None
    assert mail.recipients == OPERATORS
    assert 'path: é "quoted" \\ & <b>, {{ .Status }}xxx' in mail.part("plain")


async def test_an_inhibited_alert_is_not_mailed(post: Post) -> None:
    """Both alerts were posted together, so their mails would have been due at the same time."""
    await post.arrival("Firing, critical: ServiceDown (ui)")
    assert await post.alertmanager.held_back() == [HIDDEN.labels]
    assert not [subject for subject in post.subjects if "ErrorBudget" in subject]


async def test_a_warning_is_mailed_later(post: Post) -> None:
    mail = await post.arrival("Firing: Noticed (history)", LATER_SECONDS)
    assert "Firing, warning, since" in mail.part("html")


async def test_the_end_of_an_alert_is_mailed(post: Post) -> None:
    mail = await post.arrival("Resolved: Over (auth)", LATER_SECONDS)
    for part in (mail.part("plain"), mail.part("html")):
        assert "It is too dark" in part
        assert "Resolved after 10m" in part
        assert f"{PUBLIC_URL}/runbooks/Over.md" in part
        assert "/silences/new" not in part


async def test_a_heartbeat_is_sent_every_minute(post: Post, heartbeat: FakeService) -> None:
    async def has_beaten_twice() -> bool:
        return len(heartbeat.seen) > 1

    await eventually(has_beaten_twice, LATER_SECONDS, "no second heartbeat")
    assert {(beat.method, beat.target) for beat in heartbeat.seen} == {
        ("POST", "/ping/a-token?x=1")
    }
    assert all(b'"alertname":"Watchdog"' in beat.body for beat in heartbeat.seen)
    assert not [it for it in post.subjects if "Watchdog" in it or "Unheard" in it]
