"""Monitoring and Kibana behind the gateway, a ui that renews sessions, and the visitors' tokens."""

import asyncio
import datetime as dt
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.gateway.certificates import Authority, certificate_pem, key_pem, new_authority, new_key
from tests.gateway.nginx import Gateway, Services, running_gateway, wait_for
from tests.gateway.tokens import SigningKey
from tests.gateway.upstream import FakeService, Receive, Seen, Send

ROOT = "0190a1b2-0000-7000-8000-000000000ad1"
PERSON = {"Sec-Fetch-Mode": "navigate", "Accept": "text/html"}
PROGRAM = {"Accept": "application/json"}
REFRESH = "__Host-refresh=r1"
DEVICE = "__Host-device=d1"
AWAY = 503
AUTHORITY_FILE = "elastic_ca.pem"


@dataclass
class SessionKeeper(FakeService):
    """Stands in for ui: `/session` answers with `cookies`, or with `failure`, after a delay."""

    cookies: list[str] = field(default_factory=list)
    failure: int | None = None
    takes_seconds: float = 0
    renewals: list[Seen] = field(default_factory=list)

    async def _serve(
        self, scope: MutableMapping[str, object], receive: Receive, send: Send
    ) -> None:
        if scope.get("path") != "/session":
            await super()._serve(scope, receive, send)
            return
        raw = scope["headers"]
        assert isinstance(raw, list)
        headers = [(key.decode().lower(), value.decode("latin-1")) for key, value in raw]
        self.renewals.append(Seen(str(scope["method"]), "/session", headers))
        await asyncio.sleep(self.takes_seconds)
        set_cookies = [(b"set-cookie", cookie.encode()) for cookie in self.cookies]
        status = self.failure or 204
        await send({"type": "http.response.start", "status": status, "headers": set_cookies})
        await send({"type": "http.response.body", "body": b""})

    def renews_with(self, token: str) -> None:
        self.cookies = [
            f"__Host-access={token}; Max-Age=600; Path=/; HttpOnly; SameSite=lax; Secure",
            "__Host-refresh=r2; Max-Age=2592000; Path=/; HttpOnly; SameSite=lax; Secure",
        ]

    def says_it_is_over(self) -> None:
        self.cookies = [
            '__Host-access=""; Max-Age=0; Path=/; HttpOnly; SameSite=lax; Secure',
            '__Host-refresh=""; Max-Age=0; Path=/; HttpOnly; SameSite=lax; Secure',
        ]


@dataclass
class Watched:
    """A gateway with monitoring and Kibana behind it."""

    gateway: Gateway
    ui: SessionKeeper
    prometheus: FakeService
    alertmanager: FakeService
    grafana: FakeService
    kibana: FakeService

    def asked(self) -> int:
        """Return the number of requests that reached one of the programs."""
        watching = (self.prometheus, self.alertmanager, self.grafana, self.kibana)
        return sum(len(each.seen) for each in watching)


@contextmanager
def watched_gateway(services: Services, key: SigningKey, folder: Path) -> Iterator[Watched]:
    ui = SessionKeeper("ui", keys=[key])
    names = ("prometheus", "alertmanager", "grafana")
    prometheus, alertmanager, grafana = (FakeService(name) for name in names)
    authority = new_authority()
    kibana = kibana_with(authority, folder)
    running = (ui, prometheus, alertmanager, grafana, kibana)
    for each in running:
        each.start()
    values = {
        "UI_UPSTREAM": ui.address,
        "PROMETHEUS_UPSTREAM": prometheus.address,
        "ALERTMANAGER_UPSTREAM": alertmanager.address,
        "GRAFANA_UPSTREAM": grafana.address,
        "KIBANA_UPSTREAM": kibana.address,
        "ELASTIC_CA": f"../{AUTHORITY_FILE}",
    }
    files = {AUTHORITY_FILE: certificate_pem(authority.certificate)}
    before = services.auth.key_reads
    with running_gateway(services, values, files=files) as gateway:
        wait_for(lambda: services.auth.key_reads > before, "the gateway to read the keys")
        write_runbooks(gateway, "README", "InstanceDown")
        yield Watched(gateway, *running)
    for each in running:
        each.ask_to_stop()
    for each in running:
        each.stop()


def kibana_with(
    authority: Authority, folder: Path, *, host: str = "kibana", ends: dt.datetime | None = None
) -> FakeService:
    """Return a stand-in for Kibana with a certificate for `host`."""
    key, tls = new_key(), folder / "kibana.pem"
    tls.write_bytes(certificate_pem(authority.issue_for(key, host, ends)) + key_pem(key))
    return FakeService("kibana", tls=tls)


def write_runbooks(gateway: Gateway, *names: str) -> None:
    """Write short runbooks in the form that `build-assets` produces."""
    folder = gateway.folder / "assets" / "runbooks"
    folder.mkdir(mode=0o755)
    for name in names:
        (folder / f"{name}.html").write_text(f"<h1>{name} – für den Ernstfall</h1>")


def admin_token(key: SigningKey, **claims: object) -> str:
    return key.token({"sub": ROOT, "name": "root", "roles": ["admin", "player"], **claims})


def cookies(*pairs: str) -> dict[str, str]:
    return {"Cookie": "; ".join(pairs)}


def access(token: str) -> str:
    return f"__Host-access={token}"
