/**
 * Two copies of a match: one where every key is known, one that goes on ahead with what is known and, beyond that, with keys
 * that are held on. What comes to be known later is put in its place and played again from the settled copy. Knows no page.
 */

import { LEFT, RIGHT } from "../pong/court.js";
import { copyMatch, digest, step } from "../pong/engine.js";
import { Inputs } from "./inputs.js";

/** A correction from farther back shows as a jump. */
export const LONGEST_REWIND = 12;

const NEVER = Number.POSITIVE_INFINITY;

/** @typedef {import("../pong/engine.js").State} State */

export class Rollback {
  /** @type {State} */ #settled;
  /** @type {State} */ #predicted;
  /** @type {Record<number, Inputs>} */ #inputs = {};
  /** Where the prediction is asked to be; a match that seems over stands before it. */
  #head;
  /** The first tick that has to be played again. */
  #wrongFrom = NEVER;
  #own;
  /** Keys that came for settled ticks: the server does not send such. */
  strays = 0;

  /**
   * @param {State} state
   * @param {number} own  our side, or nobody's
   */
  constructor(state, own) {
    this.#own = own;
    this.#begin(state, new Inputs(0), new Inputs(0));
  }

  get settled() {
    return this.#settled;
  }

  /** As it looks now; moved in place by the next `advance`. */
  get predicted() {
    return this.#predicted;
  }

  /** The next tick to be played. */
  get head() {
    return this.#head;
  }

  /** What we pressed last, and from which tick on. */
  get lastPressed() {
    const { lastKeys, lastTick } = this.#inputs[this.#own];
    return { keys: lastKeys, tick: lastTick };
  }

  /**
   * A snapshot: nothing that was known before holds.
   * @param {State} state
   * @param {{ left: number, right: number }} held
   * @param {number | null} heardBefore  our own keys from this tick on are kept, because they are on their way; null to keep none
   */
  restart(state, { left, right }, heardBefore) {
    const own = this.#inputs[this.#own];
    const head = this.#head;
    this.#begin(state, new Inputs(left), new Inputs(right));
    if (heardBefore === null) return;
    const held = this.#own === LEFT ? left : right;
    if (own) this.#inputs[this.#own] = own.pendingOver(held, state.tick, heardBefore);
    this.advance(head);
  }

  /** The match stands: what is not settled will not be played. */
  dropPending() {
    const [left, right] = [LEFT, RIGHT].map((side) =>
      this.#inputs[side].at(this.#settled.tick - 1),
    );
    this.#begin(this.#settled, new Inputs(left), new Inputs(right));
  }

  /** Our own keys. */
  press(tick, keys) {
    this.#mark(this.#inputs[this.#own].press(tick, keys));
  }

  /** Keys that the server has accepted. */
  receive(side, tick, keys) {
    if (tick < this.#settled.tick) this.strays += 1;
    else this.#mark(this.#inputs[side].receive(tick, keys));
  }

  /** Our own keys come to act later than we pressed them. */
  receiveLate(asked, tick, keys) {
    if (tick < this.#settled.tick) this.strays += 1;
    else this.#mark(this.#inputs[this.#own].receiveLate(asked, tick, keys));
  }

  /**
   * Plays every tick before `head` that has not been played, after what has to be played again.
   * @param {number} head
   */
  advance(head) {
    if (head > this.#head) this.#head = head;
    if (this.#wrongFrom < NEVER) this.#playAgain();
    this.#play(this.#predicted, this.#head);
  }

  /** @returns {number | null} how many ticks before the last one the next `advance` has to go back, null if not at all */
  get due() {
    return this.#wrongFrom < this.#head ? this.#head - 1 - this.#wrongFrom : null;
  }

  /**
   * Every key before `tick` is known to the server. What it had not heard of ours was not in time for that, and it will say from when
   * it acts.
   * @param {number} tick
   * @param {number} heardBefore  it had heard what we asked for earlier ticks than this
   * @returns {number} our digest there
   */
  settle(tick, heardBefore) {
    const own = this.#inputs[this.#own];
    if (own) {
      const inputs = own.postponed(tick, heardBefore);
      this.#mark(inputs.differsFrom(own));
      this.#inputs[this.#own] = inputs;
    }
    this.#settled = this.#playedTo(tick);
    for (const side of [LEFT, RIGHT]) this.#inputs[side] = this.#inputs[side].from(tick);
    if (this.#head < tick) {
      this.#head = tick;
      this.#wrongFrom = tick;
    }
    return digest(this.#settled);
  }

  /** What `settle` would find there, for somebody without keys of their own. */
  digestAt(tick) {
    return digest(this.#playedTo(tick));
  }

  #playedTo(tick) {
    const state = copyMatch(this.#settled);
    this.#play(state, tick);
    return state;
  }

  #playAgain() {
    this.#predicted = copyMatch(this.#settled);
    this.#wrongFrom = NEVER;
  }

  /** The engine stops at the last point, and so must this. */
  #play(state, head) {
    const { [LEFT]: left, [RIGHT]: right } = this.#inputs;
    while (state.tick < head && state.winner === 0) {
      step(state, left.at(state.tick), right.at(state.tick));
    }
  }

  #mark(tick) {
    if (tick < this.#head && tick < this.#wrongFrom) this.#wrongFrom = tick;
  }

  #begin(state, left, right) {
    this.#settled = copyMatch(state);
    this.#predicted = copyMatch(state);
    this.#inputs = { [LEFT]: left, [RIGHT]: right };
    this.#head = state.tick;
    this.#wrongFrom = NEVER;
  }
}
