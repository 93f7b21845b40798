"""The demo players: names, short biographies, and how well each plays."""

from typing import Final, Literal, NamedTuple

Level = Literal["easy", "normal", "hard"]


class Role(NamedTuple):
    """A demo player; `level` is the computer opponent's level that presses this player's keys."""

    name: str
    bio: str
    level: Level


VISITOR: Final = Role("Demo", "The account that `make demo` prepares for you.", "normal")
CHALLENGER: Final = Role("Ada", "Accepts every challenge. Send me one from the lobby.", "normal")
"""Is a friend of the visitor's, and plays only when challenged."""

ELIMINATION_PLAYERS: Final = (
    Role("Bruno", "Plays the corners.", "hard"),
    Role("Chidi", "Left-handed, patient.", "normal"),
    Role("Dagny", "First to every serve.", "hard"),
    Role("Emeka", "Learning the angles.", "easy"),
    Role("Farah", "Never gives up a rally.", "normal"),
    Role("Goran", "Long rallies, short breaks.", "normal"),
    Role("Hana", "Best of three, every evening.", "hard"),
    Role("Ivo", "New here.", "easy"),
)
"""They play double eliminations, one after the other."""

SWISS_PLAYERS: Final = (
    Role("Jaya", "Captain of the Tuesday group.", "hard"),
    Role("Kofi", "Defence first.", "normal"),
    Role("Leila", "Studies her own replays.", "hard"),
    Role("Mateo", "Fast hands, slow starts.", "normal"),
    Role("Nadia", "Counts bounces.", "normal"),
    Role("Otto", "Here for the Swiss.", "easy"),
    Role("Priya", "Top half or nothing.", "hard"),
    Role("Quentin", "Occasional upsets.", "easy"),
    Role("Rosa", "Spins the paddle.", "normal"),
    Role("Sven", "Ice in the final.", "hard"),
    Role("Tamar", "Plays before breakfast.", "normal"),
    Role("Ugo", "Always one more match.", "easy"),
)
"""They play Swiss tournaments, one after the other."""

LADDER_PLAYERS: Final = (
    Role("Vera", "Ladder climber.", "hard"),
    Role("Wen", "Ladder climber, too.", "normal"),
    Role("Ximena", "Rated matches only.", "normal"),
    Role("Yusuf", "First to seven.", "hard"),
    Role("Zora", "Waits for the mistake.", "normal"),
    Role("Anouk", "Plays to learn.", "easy"),
    Role("Bilal", "Quick serves.", "normal"),
    Role("Celine", "Steady as a metronome.", "hard"),
    Role("Dmitri", "Night shifts.", "easy"),
    Role("Elif", "Watches, then plays.", "normal"),
)
"""They play rated matches from the queue all the time."""

CAST: Final = (VISITOR, CHALLENGER, *ELIMINATION_PLAYERS, *SWISS_PLAYERS, *LADDER_PLAYERS)

_STRENGTH: Final = {"easy": 0, "normal": 1, "hard": 2}
_STRENGTH_ORDER: Final = {role.name: (_STRENGTH[role.level], role.name) for role in CAST}


def is_weaker(name: str, opponent: str) -> bool:
    """Tell which of two demo players gives up in a short match; a stranger to the cast never makes one give up."""
    return opponent in _STRENGTH_ORDER and _STRENGTH_ORDER[name] < _STRENGTH_ORDER[opponent]
