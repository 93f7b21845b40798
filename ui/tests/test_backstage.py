"""The stand-ins last for the session: what a test has done to one must not be there in the next."""

import httpx
from jose.backends.base import Key

from tests.stand_ins.backstage import Backstage

WIRING = (Key, httpx.AsyncBaseTransport)
"""What a stand-in keeps for the session, beside the other stand-ins that it asks."""


def test_a_stand_in_that_is_reset_is_as_it_was_built() -> None:
    backstage = Backstage()
    switches = [backstage.auth.switch, backstage.history.switch, backstage.tournament.switch]
    stand_ins = [*vars(backstage).values(), *switches]
    wiring = (*WIRING, *map(type, stand_ins))
    states = {
        (stand_in, name): value
        for stand_in in stand_ins
        for name, value in vars(stand_in).items()
        if not isinstance(value, wiring)
    }
    for stand_in, name in states:
        setattr(stand_in, name, "of the test before")
    backstage.reset()
    for (stand_in, name), value in states.items():
        assert getattr(stand_in, name) == value, f"{stand_in} keeps its {name}"
