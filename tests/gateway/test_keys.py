"""The keys that the gateway trusts, and when it asks auth for them."""

import threading

import httpx
import pytest

from tests.gateway.nginx import Gateway, Services, running_gateway, wait_for
from tests.gateway.tokens import SigningKey

pytestmark = pytest.mark.image

PROTECTED = "/api/history/matches"
PARALLEL = 8


def status(client: httpx.Client, token: str) -> int:
    return client.get(PROTECTED, headers={"Authorization": f"Bearer {token}"}).status_code


def keys_read(services: Services, gateway: Gateway) -> Gateway:
    wait_for(lambda: services.auth.key_reads, "the gateway to read the keys")
    return gateway


def test_requests_with_known_keys_do_not_ask_auth(own_services: Services, key: SigningKey) -> None:
    with running_gateway(own_services) as gateway, gateway.client() as client:
        keys_read(own_services, gateway)
        before = own_services.auth.key_reads
        for _ in range(20):
            assert status(client, key.token()) == 200
        assert own_services.auth.key_reads == before


def test_a_new_key_works_at_once_and_the_old_one_remains_valid(
    own_services: Services, key: SigningKey
) -> None:
    with running_gateway(own_services) as gateway, gateway.client() as client:
        keys_read(own_services, gateway)
        newer = SigningKey("second")
        own_services.auth.keys = [key, newer]
        assert status(client, newer.token()) == 200
        assert status(client, key.token()) == 200


def test_parallel_first_tokens_of_a_new_key_all_pass(
    own_services: Services, key: SigningKey
) -> None:
    with running_gateway(own_services) as gateway:
        keys_read(own_services, gateway)
        before = own_services.auth.key_reads
        newer = SigningKey("second")
        own_services.auth.keys = [key, newer]
        statuses: list[int] = []

        def ask() -> None:
            with gateway.client() as client:
                statuses.append(status(client, newer.token()))

        threads = [threading.Thread(target=ask) for _ in range(PARALLEL)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert statuses == [200] * PARALLEL
        assert own_services.auth.key_reads == before + 1


def test_unknown_kids_make_one_request_to_auth(own_services: Services, key: SigningKey) -> None:
    with running_gateway(own_services) as gateway, gateway.client() as client:
        keys_read(own_services, gateway)
        before = own_services.auth.key_reads
        for number in range(20):
            assert status(client, SigningKey(f"unknown-{number}").token()) == 401
        assert own_services.auth.key_reads == before + 1
        assert status(client, key.token()) == 200


def test_a_withdrawn_key_and_its_remembered_tokens_are_refused(
    own_services: Services, key: SigningKey
) -> None:
    with running_gateway(own_services) as gateway, gateway.client() as client:
        keys_read(own_services, gateway)
        remembered = key.token()
        assert status(client, remembered) == 200
        newer = SigningKey("second")
        own_services.auth.keys = [newer]
        assert status(client, newer.token()) == 200
        assert status(client, remembered) == 401
        assert status(client, key.token()) == 401


def test_cached_keys_still_work_while_auth_is_down(own_services: Services, key: SigningKey) -> None:
    with running_gateway(own_services) as gateway, gateway.client() as client:
        keys_read(own_services, gateway)
        remembered = key.token()
        assert status(client, remembered) == 200
        own_services.auth.stop()
        assert status(client, remembered) == 200
        assert status(client, key.token({"jti": "never seen"})) == 200
        assert status(client, SigningKey("unknown").token()) == 401
        assert status(client, key.token()) == 200


def test_an_empty_answer_of_auth_keeps_the_known_keys(
    own_services: Services, key: SigningKey
) -> None:
    with running_gateway(own_services) as gateway, gateway.client() as client:
        keys_read(own_services, gateway)
        own_services.auth.keys = []
        assert status(client, SigningKey("unknown").token()) == 401
        assert status(client, key.token()) == 200


def test_a_token_cannot_be_judged_without_any_key(own_services: Services, key: SigningKey) -> None:
    own_services.auth.stop()
    with running_gateway(own_services) as gateway, gateway.client() as client:
        reply = client.get(PROTECTED, headers={"Authorization": f"Bearer {key.token()}"})
        assert reply.status_code == 503
        assert int(reply.headers["Retry-After"]) > 0
        assert reply.json()["code"] == "unavailable"
        # Requests that can be decided without a key are answered.
        assert client.get(PROTECTED).status_code == 401
        assert status(client, "words") == 401
        assert status(client, key.token({"exp": 1})) == 401
        page = client.get("/", headers={"Cookie": f"__Host-access={key.token()}"})
        assert page.status_code == 200
        assert own_services.ui.last.all("authorization") == []

        own_services.auth.start()
        wait_for(lambda: status(client, key.token()) == 200, "the keys to arrive")


def test_a_key_for_another_purpose_is_not_used(own_services: Services, key: SigningKey) -> None:
    odd = SigningKey("odd")
    own_services.auth.keys = [key, odd]
    for change in ({"use": "enc"}, {"crv": "P-384"}, {"alg": "ES384"}, {"x": "AA"}, {"kty": "RSA"}):
        odd.published = change
        with running_gateway(own_services) as gateway, gateway.client() as client:
            assert status(client, odd.token()) == 401, change
            assert status(client, key.token()) == 200


def test_an_invalid_key_does_not_affect_the_others(own_services: Services, key: SigningKey) -> None:
    with running_gateway(own_services) as gateway, gateway.client() as client:
        keys_read(own_services, gateway)
        broken = SigningKey("broken")
        broken.published = {"y": broken.jwk()["x"]}
        own_services.auth.keys = [key, broken]
        assert status(client, broken.token()) == 401
        assert status(client, key.token()) == 200
