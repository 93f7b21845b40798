/**
 * A seeded random generator whose whole state is one 32-bit number, so that it can be part of a digest.
 *
 * SplitMix at 32 bits: the state follows a Weyl sequence in steps of the golden ratio, and MurmurHash3's finaliser
 * scrambles each state into a value. Every seed, including 0, has period 2**32.
 */

export const GOLDEN_STEP = 0x9e3779b9;

const WORD_LIMIT = 2 ** 32;

/**
 * Returns the state after this one.
 * @param {number} rng
 * @returns {number}
 */
export function advanceRng(rng) {
  return (rng + GOLDEN_STEP) >>> 0;
}

/**
 * Returns the 32-bit value of a state; neighbouring states give unrelated values.
 * @param {number} rng
 * @returns {number}
 */
export function scrambleRng(rng) {
  let word = rng;
  word ^= word >>> 16;
  word = Math.imul(word, 0x85ebca6b);
  word ^= word >>> 13;
  word = Math.imul(word, 0xc2b2ae35);
  return (word ^ (word >>> 16)) >>> 0;
}

/**
 * Returns the value of a state as a whole number from 0 to `count` - 1; `count` is at most 2**20.
 * @param {number} rng
 * @param {number} count
 * @returns {number}
 */
export function randomBelow(rng, count) {
  return Math.floor((scrambleRng(rng) * count) / WORD_LIMIT);
}
