"""The public audit log of organisers' actions."""

from services.tournament.tests.tournaments.organising import Hall


async def test_the_audit_log_is_newest_first_page_by_page(hall: Hall) -> None:
    orla = hall.player("Orla")
    cup = await orla.opened()
    for name in ("One", "Two", "Three"):
        await orla.change(cup, name=name)
    await orla.cancel(cup, "It rains.")
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await hall.anonymous().ask("GET", f"/{cup}/audit", params={"limit": 2, **cursor})
        assert answer.status_code == 200
        page = answer.json()
        seen += [each["action"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == ["cancelled", "changed", "changed", "changed", "opened"]


async def test_the_audit_log_has_no_entries_of_another_tournament(hall: Hall) -> None:
    orla = hall.player("Orla")
    cup, other = await orla.opened(), await orla.opened()
    await orla.cancel(other)
    answer = await orla.ask("GET", f"/{cup}/audit")
    assert [each["action"] for each in answer.json()["items"]] == ["opened"]
