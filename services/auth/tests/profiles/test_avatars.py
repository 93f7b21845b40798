import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import QueuePool

from auth.profiles import routes
from auth.profiles.picture_maker import PICTURES_WAITING
from auth.profiles.picture_terms import MAX_PICTURE_BYTES, SIZES
from services.auth.tests.people import SignedInPlayer, people, sign_up
from services.auth.tests.picture_files import (
    PAYLOADS,
    chance,
    not_pictures,
    opened,
    png,
    quarters,
    saved,
    too_big,
    with_payload_inside,
)
from services.auth.tests.service_under_test import Auth
from tests.fixtures.clients import refusal

ORPHANS = """
    SELECT count(*) FROM avatars FULL JOIN accounts ON accounts.id = avatars.account_id
    WHERE accounts.avatar IS DISTINCT FROM avatars.hash
"""


async def send(
    person: SignedInPlayer, file: bytes, content_type: str = "application/octet-stream"
) -> httpx.Response:
    return await person.auth.client.put(
        "/api/user/profile/avatar",
        content=file,
        headers={**person.headers, "Content-Type": content_type},
    )


async def shown(
    auth: Auth, content_hash: str, size: int = 64, *, known: str | None = None
) -> httpx.Response:
    headers = {} if known is None else {"If-None-Match": known}
    return await auth.client.get(f"/api/user/avatars/{content_hash}/{size}.webp", headers=headers)


async def in_pieces(file: bytes, read: list[int] | None = None) -> AsyncIterator[bytes]:
    for start in range(0, len(file), 4096):
        piece = file[start : start + 4096]
        if read is not None:
            read.append(len(piece))
        yield piece


async def after_deletion(auth: Auth, file: bytes) -> AsyncIterator[bytes]:
    """Yield a picture whose account is deleted during the upload."""
    yield file[:100]
    await auth.execute("DELETE FROM accounts")
    yield file[100:]


async def held_back(event: asyncio.Event, waiting: asyncio.Semaphore) -> AsyncIterator[bytes]:
    yield png()[:100]
    waiting.release()
    await event.wait()


async def avatar_of(auth: Auth, name: str) -> str | None:
    avatar: str | None = (await auth.get(f"/players/{name}")).json()["avatar"]
    return avatar


@pytest.mark.parametrize("picture_format", ["JPEG", "PNG", "WEBP"])
async def test_a_picture_is_shown_in_all_sizes(auth: Auth, picture_format: str) -> None:
    alice = await sign_up(auth, "Alice")
    answer = await send(alice, saved(quarters(600, 600), picture_format))
    assert answer.status_code == 200
    assert set(answer.json()) == {"avatar"}
    content_hash = answer.json()["avatar"]
    assert await avatar_of(auth, "Alice") == content_hash
    for size in SIZES:
        picture = await shown(auth, content_hash, size)
        assert picture.status_code == 200
        assert picture.headers["content-type"] == "image/webp"
        assert picture.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert opened(picture.content).size == (size, size)


@pytest.mark.parametrize(
    "lie", ["text/html", "image/svg+xml", "application/json", "multipart/form-data"]
)
async def test_the_content_type_is_ignored(auth: Auth, lie: str) -> None:
    alice = await sign_up(auth, "Alice")
    answer = await send(alice, png(), lie)
    assert answer.status_code == 200
    picture = await shown(auth, answer.json()["avatar"])
    assert picture.headers["content-type"] == "image/webp"


async def test_hidden_data_is_not_shown(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    for payload in PAYLOADS:
        file = with_payload_inside("JPEG", payload) + payload
        content_hash = (await send(alice, file)).json()["avatar"]
        for size in SIZES:
            assert payload not in (await shown(auth, content_hash, size)).content
    assert await auth.rows(ORPHANS) == [(0,)]


async def test_an_unchanged_picture_is_not_sent_again(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    content_hash = (await send(alice, png())).json()["avatar"]
    etags = {(await shown(auth, content_hash, size)).headers["etag"] for size in SIZES}
    assert len(etags) == len(SIZES)
    etag = (await shown(auth, content_hash)).headers["etag"]
    for known in (etag, f"W/{etag}", f'"else", {etag}', "*"):
        again = await shown(auth, content_hash, known=known)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
        assert "immutable" in again.headers["cache-control"]
    other = await shown(auth, content_hash, known='"else"')
    assert other.status_code == 200


async def test_an_unknown_picture_is_not_found_and_not_cached(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    content_hash = (await send(alice, png())).json()["avatar"]
    etag = (await shown(auth, content_hash)).headers["etag"]
    for path in (
        f"{'0' * 64}/64.webp",
        f"{content_hash}/65.webp",
        f"{content_hash}/64.png",
        f"{content_hash}/64",
        f"{content_hash.upper()}/64.webp",
        f"{content_hash[:-1]}/64.webp",
        "%00/64.webp",
        "..%2f/64.webp",
        f"{content_hash}/-1.webp",
    ):
        answer = await auth.get(f"/avatars/{path}")
        assert answer.status_code == 404, path
        assert "cache-control" not in answer.headers
    await alice.delete("/profile/avatar")
    for known in (None, etag, "*"):
        answer = await shown(auth, content_hash, known=known)
        assert refusal(answer) == (404, "no_such_avatar")


async def test_a_new_picture_replaces_the_previous_one(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    first, second = [(await send(alice, png(shift=shift))).json()["avatar"] for shift in (0, 50)]
    assert first != second
    assert await avatar_of(auth, "Alice") == second
    assert (await shown(auth, first)).status_code == 404
    assert await auth.rows("SELECT hash FROM avatars") == [(second,)]


async def test_uploading_the_same_picture_changes_nothing(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    hashes = {(await send(alice, png())).json()["avatar"] for _ in range(2)}
    assert len(hashes) == 1
    assert await auth.rows("SELECT count(*) FROM avatars") == [(1,)]


async def test_two_players_may_share_a_picture_and_one_may_remove_it(auth: Auth) -> None:
    alice, bob = await people(auth, "Alice", "Bob")
    hashes = {(await send(person, png())).json()["avatar"] for person in (alice, bob)}
    [content_hash] = hashes
    assert (await alice.delete("/profile/avatar")).status_code == 204
    assert await avatar_of(auth, "Alice") is None
    assert await avatar_of(auth, "Bob") == content_hash
    assert (await shown(auth, content_hash)).status_code == 200
    assert await auth.rows(ORPHANS) == [(0,)]


async def test_a_picture_can_be_removed_twice(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    await send(alice, png())
    for _ in range(2):
        answer = await alice.delete("/profile/avatar")
        assert (answer.status_code, answer.content) == (204, b"")
    assert await auth.rows("SELECT count(*) FROM avatars") == [(0,)]


async def test_a_picture_is_deleted_with_its_account(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    content_hash = (await send(alice, png())).json()["avatar"]
    await auth.execute("DELETE FROM accounts")
    assert await auth.rows("SELECT count(*) FROM avatars") == [(0,)]
    assert (await shown(auth, content_hash)).status_code == 404


async def test_another_site_cannot_change_a_picture(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    for method in ("PUT", "DELETE"):
        answer = await auth.client.request(
            method,
            "/api/user/profile/avatar",
            headers={**alice.headers, "Sec-Fetch-Site": "cross-site"},
        )
        assert answer.status_code == 403


async def test_an_invalid_picture_is_refused_and_the_previous_one_remains(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    before = (await send(alice, png())).json()["avatar"]
    files = not_pictures()
    for what in ("nothing", "a page", "a drawing", "a gif", "half a png"):
        answer = await send(alice, files[what], "image/png")
        assert refusal(answer) == (422, "not_an_image"), what
    answer = await send(alice, too_big()["a png of four billion pixels"])
    assert refusal(answer) == (422, "image_too_big")
    assert await avatar_of(auth, "Alice") == before
    assert await auth.rows(ORPHANS) == [(0,)]


async def test_a_file_may_have_five_megabytes_exactly(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    file = png()
    largest = file + chance(1).randbytes(MAX_PICTURE_BYTES - len(file))
    assert (await send(alice, largest)).status_code == 200
    for body in (largest + b"x", in_pieces(largest + b"x")):
        answer = await auth.client.put(
            "/api/user/profile/avatar", content=body, headers=alice.headers
        )
        assert refusal(answer) == (413, "too_large")


async def test_uploads_of_an_account_have_a_budget(auth: Auth) -> None:
    alice, bob = await people(auth, "Alice", "Bob")
    answers = [await send(alice, b"x") for _ in range(22)]
    assert [answer.status_code for answer in answers] == [422] * 21 + [429]
    assert answers[-1].json()["code"] == "too_many_attempts"
    assert int(answers[-1].headers["retry-after"]) > 0
    assert (await send(bob, png())).status_code == 200
    auth.clock.advance(minutes=1)
    assert (await send(alice, png())).status_code == 200


async def test_a_refused_upload_is_read_to_its_end(auth: Auth) -> None:
    """The gateway would report an error if the connection were closed during the upload."""
    alice = await sign_up(auth, "Alice")
    for _ in range(21):
        await send(alice, b"x")
    read: list[int] = []
    answer = await auth.client.put(
        "/api/user/profile/avatar", content=in_pieces(png(), read), headers=alice.headers
    )
    assert answer.status_code == 429
    assert sum(read) == len(png())


async def test_one_of_fifty_parallel_pictures_is_shown_and_no_other_is_stored(
    parallel_auth: Auth,
) -> None:
    alice = await sign_up(parallel_auth, "Alice")
    answers = await asyncio.gather(
        *(send(alice, png(80, 80, shift=number)) for number in range(50))
    )
    by_status = {
        status: [answer for answer in answers if answer.status_code == status]
        for status in (200, 429, 503)
    }
    assert sum(map(len, by_status.values())) == 50
    assert all(by_status.values())
    for answer in by_status[503]:
        assert answer.json()["code"] == "busy"
        assert answer.headers["retry-after"]
    hashes = {answer.json()["avatar"] for answer in by_status[200]}
    assert len(hashes) == len(by_status[200])
    winner = await avatar_of(parallel_auth, "Alice")
    assert winner in hashes
    assert await parallel_auth.rows("SELECT hash FROM avatars") == [(winner,)]
    for size in SIZES:
        assert (await shown(parallel_auth, str(winner), size)).status_code == 200


async def test_parallel_uploads_and_removals_leave_no_orphans(parallel_auth: Auth) -> None:
    players = await people(parallel_auth, "Alice", "Bob", "Charlie")
    await asyncio.gather(
        *(send(person, png()) for person in players),
        *(person.delete("/profile/avatar") for person in players for _ in range(5)),
        *(send(person, png(shift=50)) for person in players),
        *(person.delete("/profile/avatar") for person in players for _ in range(5)),
    )
    assert await parallel_auth.rows(ORPHANS) == [(0,)]


async def test_a_picture_of_an_account_deleted_meanwhile_is_not_stored(
    parallel_auth: Auth,
) -> None:
    alice = await sign_up(parallel_auth, "Alice")
    answer = await parallel_auth.client.put(
        "/api/user/profile/avatar",
        content=after_deletion(parallel_auth, png()),
        headers=alice.headers,
    )
    assert refusal(answer) == (401, "session_over")
    assert await parallel_auth.rows("SELECT count(*) FROM avatars") == [(0,)]


async def test_waiting_uploads_hold_no_database_connections(parallel_auth: Auth) -> None:
    alice = await sign_up(parallel_auth, "Alice")
    never, waiting = asyncio.Event(), asyncio.Semaphore(0)
    uploads = [
        asyncio.create_task(
            parallel_auth.client.put(
                "/api/user/profile/avatar",
                content=held_back(never, waiting),
                headers=alice.headers,
            )
        )
        for _ in range(1 + PICTURES_WAITING)
    ]
    for _ in uploads:
        await waiting.acquire()
    pool = parallel_auth.db.get_engine().sync_engine.pool
    assert isinstance(pool, QueuePool)
    assert pool.checkedout() == 0
    assert (await send(alice, png())).status_code == 503
    for upload in uploads:
        upload.cancel()
    await asyncio.wait(uploads)
    assert (await send(alice, png())).status_code == 200


async def test_changes_are_logged(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    await send(alice, png())
    await alice.delete("/profile/avatar")
    assert len(auth.log.of("avatar-change")) == len(auth.log.of("avatar-remove")) == 1


async def test_the_database_allows_one_complete_picture_per_account(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    await send(alice, png())
    for change_to in ("hash = 'x'", "webp_64 = NULL", "account_id = gen_random_uuid()"):
        with pytest.raises(IntegrityError):
            await auth.execute(f"UPDATE avatars SET {change_to}")  # noqa: S608 - a constant


async def test_the_document_declares_picture_bodies(auth: Auth) -> None:
    paths = (await auth.client.get("/api/user/schema")).json()["paths"]
    body = paths["/api/user/profile/avatar"]["put"]["requestBody"]
    assert set(body["content"]) == {"image/jpeg", "image/png", "image/webp"}
    picture = paths["/api/user/avatars/{content_hash}/{file}"]["get"]["responses"]
    assert set(picture["200"]["content"]) == {routes.WEBP}
