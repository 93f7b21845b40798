import gzip
from pathlib import Path

import httpx
import pytest

from tests.gateway.nginx import Gateway

RELEASE = "/static/0123456789ab"
STYLE = b"body { margin: 0; }\n" * 100
PLAIN = {"Accept-Encoding": "identity"}
GZIP = {"Accept-Encoding": "br, gzip;q=0.5"}


@pytest.fixture(scope="package")
def release(gateway: Gateway) -> Path:
    folder = gateway.folder / "assets" / RELEASE.strip("/")
    (folder / "css").mkdir(parents=True)
    (folder / "css" / "app.css").write_bytes(STYLE)
    (folder / "css" / "app.css.gz").write_bytes(gzip.compress(STYLE))
    for name in ("app.js", "m.mjs", "x.svg", "f.woff2", "site.webmanifest", "odd.bin"):
        (folder / name).write_bytes(b"content")
    (gateway.folder / "assets" / "release").write_text("0123456789ab")
    return folder


@pytest.mark.parametrize("headers", [PLAIN, GZIP])
@pytest.mark.usefixtures("release")
def test_a_file_of_a_release_is_cached_for_ever(
    client: httpx.Client, headers: dict[str, str]
) -> None:
    reply = client.get(f"{RELEASE}/css/app.css", headers=headers)
    assert reply.status_code == 200
    assert reply.headers.get_list("Content-Type") == ["text/css; charset=utf-8"]
    assert reply.headers.get_list("Cache-Control") == ["public, max-age=31536000, immutable"]
    assert reply.headers["Vary"] == "Accept-Encoding"
    assert reply.content == STYLE


@pytest.mark.usefixtures("release")
def test_a_compressed_file_is_sent_to_clients_that_accept_it(client: httpx.Client) -> None:
    path = f"{RELEASE}/css/app.css"
    compressed = client.get(path, headers=GZIP)
    assert compressed.headers.get_list("Content-Encoding") == ["gzip"]
    assert int(compressed.headers["Content-Length"]) < len(STYLE) / 10
    for accepted in ("identity", "gzip;q=0", "gzip; q=0.000, br"):
        plain = client.get(path, headers={"Accept-Encoding": accepted})
        assert "Content-Encoding" not in plain.headers
        assert int(plain.headers["Content-Length"]) == len(STYLE)


@pytest.mark.usefixtures("release")
def test_a_file_without_a_compressed_version_is_sent_as_it_is(client: httpx.Client) -> None:
    reply = client.get(f"{RELEASE}/app.js", headers=GZIP)
    assert (reply.content, "Content-Encoding" in reply.headers) == (b"content", False)


@pytest.mark.usefixtures("release")
def test_an_unchanged_file_is_not_sent_again(client: httpx.Client) -> None:
    path = f"{RELEASE}/css/app.css"
    for headers in (PLAIN, GZIP):
        tag = client.get(path, headers=headers).headers["ETag"]
        again = client.get(path, headers={**headers, "If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert "Content-Security-Policy" in again.headers


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("app.js", "text/javascript; charset=utf-8"),
        ("m.mjs", "text/javascript; charset=utf-8"),
        ("x.svg", "image/svg+xml"),
        ("f.woff2", "font/woff2"),
        ("site.webmanifest", "application/manifest+json"),
        ("odd.bin", "application/octet-stream"),
    ],
)
@pytest.mark.usefixtures("release")
def test_the_content_type_follows_the_name(client: httpx.Client, name: str, kind: str) -> None:
    assert client.get(f"{RELEASE}/{name}").headers.get_list("Content-Type") == [kind]


@pytest.mark.parametrize(
    "path",
    [
        "/static/000000000000/css/app.css",
        f"{RELEASE}/none.css",
        f"{RELEASE}/css/",
        f"{RELEASE}/css",
        "/static/",
        "/release",
        "/static/../release",
        f"{RELEASE}/css/app.css/",
    ],
)
@pytest.mark.usefixtures("release")
def test_an_unknown_file_is_not_found(client: httpx.Client, path: str) -> None:
    reply = client.get(path)
    if path in {"/release", "/static/../release"}:
        assert reply.json().get("from") == "ui"  # This address is an ordinary page.
        return
    assert reply.status_code == 404
    assert reply.headers["Cache-Control"] == "public, max-age=10"
    assert "immutable" not in str(reply.headers)


@pytest.mark.usefixtures("release")
def test_static_files_can_only_be_read(client: httpx.Client) -> None:
    assert client.head(f"{RELEASE}/app.js").status_code == 200
    assert client.post(f"{RELEASE}/app.js").status_code == 405
    assert client.delete(f"{RELEASE}/app.js").status_code == 405


@pytest.mark.usefixtures("release")
def test_a_path_out_of_the_folder_is_refused(gateway: Gateway) -> None:
    for path in ("/static/../../key.pem", "/static/%2e%2e/%2e%2e/key.pem", "/static//etc/passwd"):
        request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        assert gateway.raw(request.encode()).startswith(b"HTTP/1.1 400 ")


def test_answers_of_services_are_compressed(
    client: httpx.Client, signed_in: dict[str, str]
) -> None:
    for path in ("/api/history/matches", "/"):
        reply = client.get(path, headers={**signed_in, **GZIP})
        assert reply.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in reply.headers["Vary"]


def test_answers_with_fresh_tokens_are_not_compressed(client: httpx.Client) -> None:
    assert "Content-Encoding" not in client.post("/api/user/login", headers=GZIP).headers
