"""The stand-ins are built once per session, so `reset` must undo everything
that a test has done to them."""

import httpx
from jose.backends.base import Key

from tests.stand_ins.contract import ServiceContract
from tests.stand_ins.services import StandIns

WIRING = (Key, httpx.AsyncBaseTransport, ServiceContract)
"""Attributes that `reset` keeps, apart from the stand-ins that a stand-in uses."""


def test_a_reset_stand_in_equals_a_new_one() -> None:
    stand_ins = StandIns()
    switches = [each.switch for each in (stand_ins.auth, stand_ins.history, stand_ins.tournament)]
    tested = [*vars(stand_ins).values(), *switches]
    wiring = (*WIRING, *map(type, tested))
    states = {
        (stand_in, name): value
        for stand_in in tested
        for name, value in vars(stand_in).items()
        if not isinstance(value, wiring)
    }
    for stand_in, name in states:
        setattr(stand_in, name, "of the test before")
    stand_ins.reset()
    for (stand_in, name), value in states.items():
        assert getattr(stand_in, name) == value, f"{stand_in} keeps its {name}"
