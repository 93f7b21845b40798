"""A seeded random generator whose state is one 32-bit number, so that it can be part of a digest.

It is SplitMix at 32 bits: the state advances by the golden ratio (a Weyl sequence), and MurmurHash3's finaliser
scrambles each state into a value. Every seed, 0 included, has the period 2**32.
"""

MASK_32_BITS = 0xFFFFFFFF
GOLDEN_STEP = 0x9E3779B9


def advance_rng(rng: int) -> int:
    """Return the next state."""
    return (rng + GOLDEN_STEP) & MASK_32_BITS


def scramble_rng(rng: int) -> int:
    """Return the 32-bit value of a state; neighbouring states give unrelated values."""
    word = rng
    word ^= word >> 16
    word = (word * 0x85EBCA6B) & MASK_32_BITS
    word ^= word >> 13
    word = (word * 0xC2B2AE35) & MASK_32_BITS
    return word ^ (word >> 16)


def random_below(rng: int, count: int) -> int:
    """Return the value of a state as a whole number from 0 to `count` - 1; `count` is at most 2**20."""
    return scramble_rng(rng) * count >> 32
