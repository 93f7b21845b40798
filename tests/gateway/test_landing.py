"""The landing page is rendered once for all visitors without cookies."""

from collections.abc import Mapping

import httpx
import pytest

from tests.gateway.nginx import Services, running_gateway


def test_visitors_without_cookies_share_one_rendering(own_services: Services) -> None:
    with running_gateway(own_services) as gateway, gateway.client() as client:
        answers = [client.get("/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["X-Request-ID"] for answer in answers}) == 3
    assert [seen.target for seen in own_services.ui.seen] == ["/"]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {"Cookie": "theme=dark"}),
        ("/", {"Authorization": "Bearer invalid"}),
        ("/?from=mail", {}),
    ],
    ids=["a cookie", "a token", "a query"],
)
def test_other_requests_are_rendered_for_their_visitor(
    own_services: Services, path: str, headers: Mapping[str, str]
) -> None:
    with running_gateway(own_services) as gateway, gateway.client() as client:
        client.get("/")
        for _ in range(2):
            client.get(path, headers=headers)
        client.get("/")
    assert [seen.target for seen in own_services.ui.seen] == ["/", path, path]


def test_a_failure_is_not_kept(own_services: Services) -> None:
    own_services.ui.stop()
    with running_gateway(own_services) as gateway, gateway.client() as client:
        assert client.get("/").status_code == httpx.codes.SERVICE_UNAVAILABLE
        own_services.ui.start()
        assert client.get("/").is_success
