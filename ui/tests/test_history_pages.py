"""Match history: filters, "load more", and one match."""

from uuid import uuid4

import httpx
import msgspec
import pytest

from tests.stand_ins.history import StandInHistory

HTML_NAME = "<img src=x onerror=alert(1)>"


@pytest.fixture
def many(history: StandInHistory) -> StandInHistory:
    for number in range(45):
        score = (7, 4) if number % 3 else (2, 7)
        if number % 5:
            history.add_match(score=score)
        else:
            history.add_match(score=score, level=None, opponent="Bob")
    return history


def rows(answer: httpx.Response) -> int:
    return answer.text.count('class="match-row"')


def htmx(target: str, **more: str) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": target, **more}


async def test_a_visitor_is_sent_to_sign_in_and_back(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/matches?mode=ai")
    assert answer.headers["location"] == "/sign-in?next=%2Fmatches%3Fmode%3Dai"


@pytest.mark.usefixtures("many")
async def test_a_page_has_twenty_matches_and_a_link_to_the_next(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/matches")
    assert rows(answer) == 20
    assert 'href="/matches?cursor=20"' in answer.text


@pytest.mark.usefixtures("many")
async def test_the_link_works_without_a_script(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/matches?cursor=40")
    assert rows(answer) == 5
    assert answer.text.startswith("<!DOCTYPE html>")
    assert "Back to the newest" in answer.text
    assert "Load more" not in answer.text


@pytest.mark.usefixtures("many")
async def test_htmx_gets_the_rows_only(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/matches?cursor=20", headers=htmx("li#more-matches"))
    assert rows(answer) == 20
    assert "<html" not in answer.text
    assert "<nav" not in answer.text
    assert 'href="/matches?cursor=40"' in answer.text


@pytest.mark.usefixtures("many")
async def test_htmx_gets_filters_and_list_when_a_filter_changes(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/matches?outcome=lost", headers=htmx("div#match-results"))
    assert "<html" not in answer.text
    assert 'class="filters"' in answer.text
    assert rows(answer) == 15


@pytest.mark.usefixtures("many")
async def test_history_restoration_gets_the_whole_page(alice: httpx.AsyncClient) -> None:
    headers = htmx("div#match-results", **{"HX-History-Restore-Request": "true"})
    answer = await alice.get("/matches", headers=headers)
    assert answer.text.startswith("<!DOCTYPE html>")


async def test_an_unknown_target_gets_the_whole_page(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/matches", headers=htmx("div#main"))
    assert answer.text.startswith("<!DOCTYPE html>")


async def test_caches_do_not_confuse_page_and_part(
    alice: httpx.AsyncClient,
) -> None:
    answer = await alice.get("/matches")
    assert answer.headers["cache-control"] == "no-store"
    assert {"HX-Request", "HX-Target"} <= set(answer.headers["vary"].split(", "))


async def test_filters_combine_and_survive_loading_more(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    for _ in range(30):
        history.add_match()
    history.add_match(score=(1, 7))
    answer = await alice.get("/matches?mode=ai&outcome=won")
    asked = history.switch.asked[-1].url.params
    assert (asked["mode"], asked["outcome"], asked["limit"]) == ("ai", "won", "20")
    assert "/matches?mode=ai&amp;outcome=won&amp;cursor=20" in answer.text


@pytest.mark.usefixtures("many")
async def test_chosen_filters_are_marked(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/matches?mode=local")
    assert answer.text.count('aria-current="true"') == 2
    assert rows(answer) == 9


@pytest.mark.parametrize("query", ["mode=blitz", "outcome=drawn"])
async def test_an_unknown_filter_is_refused(alice: httpx.AsyncClient, query: str) -> None:
    assert (await alice.get(f"/matches?{query}")).status_code == 400


async def test_an_empty_history_points_to_the_lobby(alice: httpx.AsyncClient) -> None:
    assert "Play your first match" in (await alice.get("/matches")).text


async def test_an_empty_filter_points_to_all_matches(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/matches?outcome=won")
    assert "No matches found" in answer.text


async def test_an_unavailable_history_has_an_error_page_with_a_link(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.switch.down = True
    answer = await alice.get("/matches?mode=ai")
    assert answer.status_code == 503
    assert 'href="/matches?mode=ai">Try again' in answer.text
    assert answer.headers["retry-after"] == "5"


@pytest.mark.parametrize(("lost", "status"), [(1, 200), (2, 503)])
async def test_a_read_lost_by_a_dying_replica_is_repeated_once(
    alice: httpx.AsyncClient, history: StandInHistory, lost: int, status: int
) -> None:
    history.switch.loses = lost
    assert (await alice.get("/matches")).status_code == status
    assert history.switch.paths() == ["/api/history/matches"] * 2


async def test_htmx_is_sent_to_sign_in_by_its_own_header(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/matches?cursor=20", headers=htmx("li#more-matches"))
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/sign-in?next=%2Fmatches%3Fcursor%3D20"


async def test_a_match_shows_its_record(alice: httpx.AsyncClient, history: StandInHistory) -> None:
    match = history.add_match(score=(7, 5), level="hard", longest_rally=42)
    answer = await alice.get(f"/matches/{match.id}")
    assert answer.status_code == 200
    assert "Alice 7–5 Computer" in answer.text
    for shown in ("hard level", "42 hits", "1 min 12 s", "24 Nov 2026, 13:52 UTC", "4,312 steps"):
        assert shown in answer.text


async def test_a_hotseat_match_shows_two_aliases_without_accounts(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    match = history.add_match("Ann", opponent="Ben", level=None)
    aliases = {
        side: msgspec.structs.replace(getattr(match, side), kind="guest", player_id=None)
        for side in ("left", "right")
    }
    history.matches[0] = msgspec.structs.replace(match, mode="hotseat", outcome=None, **aliases)
    answer = await alice.get(f"/matches/{match.id}")
    assert answer.status_code == 200
    assert "Ann 7–4 Ben" in answer.text
    assert answer.text.count("· guest") == 2
    assert "/players/" not in answer.text.split("<main", 1)[1]


async def test_a_match_is_shown_to_every_reader_whom_history_allows(
    browser: httpx.AsyncClient, history: StandInHistory
) -> None:
    match = history.add_match()
    answer = await browser.get(f"/matches/{match.id}")
    assert answer.status_code == 200
    assert "Play yourself" in answer.text
    assert "authorization" not in history.switch.asked[-1].headers


@pytest.mark.parametrize("path", ["/matches/{id}", "/matches/{id}/replay"])
async def test_an_unknown_match_is_not_found(alice: httpx.AsyncClient, path: str) -> None:
    answer = await alice.get(path.format(id=uuid4()))
    assert answer.status_code == 404
    assert "Out of court" in answer.text


async def test_an_address_without_a_valid_id_is_not_found(alice: httpx.AsyncClient) -> None:
    assert (await alice.get("/matches/17")).status_code == 404


async def test_names_with_html_are_escaped(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    match = history.add_match(opponent=HTML_NAME, level=None)
    for path in ("/lobby", "/matches", f"/matches/{match.id}"):
        answer = await alice.get(path)
        assert HTML_NAME not in answer.text
        assert "&lt;img src=x onerror=alert(1)&gt;" in answer.text


async def test_a_replay_is_passed_on_from_history(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    match = history.add_match()
    answer = await alice.get(f"/matches/{match.id}/replay", headers={"Accept": "application/json"})
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json()["inputs"]["ticks"] == 4312
    assert answer.headers["cache-control"] == "no-store"


async def test_online_matches_have_their_own_filter(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.add_match()
    history.add_online("Bob", "Alice", outcome="lost")
    answer = await alice.get("/matches?mode=online")
    assert rows(answer) == 1
    assert "<bdi>Bob</bdi>" in answer.text
    assert 'id="mode-online"' in answer.text


async def test_an_online_match_shows_ratings_and_both_connections(
    browser: httpx.AsyncClient, history: StandInHistory
) -> None:
    match = history.add_online("Alice", "Bob")
    answer = await browser.get(f"/matches/{match.id}")
    for shown in ("Won · 1512 (+12)", "Lost · 1488 (\N{MINUS SIGN}12)", "Rated"):
        assert shown in answer.text
    lines = answer.text.split('id="lines-title"')[1].split("</section>")[0]
    for shown in (
        "38 ms",
        "142 ms",
        "<td>0</td>",
        "<td>3</td>",
        "Each step of this match waited 83 ms",
    ):
        assert shown in lines
    assert 'href="/players/Bob"' in answer.text


async def test_a_forfeited_match_names_the_player(
    browser: httpx.AsyncClient, history: StandInHistory
) -> None:
    match = history.add_online("Alice", "Bob", score=(3, 2), forfeited_by="left", rated=False)
    answer = await browser.get(f"/matches/{match.id}")
    assert "Alice resigned or was disconnected for too long." in answer.text
    assert "Gave up" in answer.text
    assert "Match type" in answer.text
    assert "(+" not in answer.text
    assert "data-replay-url" in answer.text


async def test_a_match_against_the_computer_shows_no_connections(
    browser: httpx.AsyncClient, history: StandInHistory
) -> None:
    answer = await browser.get(f"/matches/{history.add_match().id}")
    assert "Connection" not in answer.text
