"""A seeded generator whose whole state is one 32-bit number, so that it can live in a digest.

SplitMix's shape at 32 bits: the state walks a Weyl sequence in steps of the golden ratio, and
MurmurHash3's finaliser scrambles each place into a value. Every seed, 0 included, has period 2**32.
"""

MASK = 0xFFFFFFFF
GOLDEN_STEP = 0x9E3779B9


def advance(rng: int) -> int:
    """The state after this one."""
    return (rng + GOLDEN_STEP) & MASK


def scramble(rng: int) -> int:
    """The 32-bit value that belongs to a state; neighbouring states give unrelated values."""
    word = rng
    word ^= word >> 16
    word = (word * 0x85EBCA6B) & MASK
    word ^= word >> 13
    word = (word * 0xC2B2AE35) & MASK
    return word ^ (word >> 16)


def pick(rng: int, count: int) -> int:
    """The value of a state as a whole number from 0 to `count` - 1; `count` is at most 2**20."""
    return scramble(rng) * count >> 32
