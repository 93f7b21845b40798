/**
 * Rollback with two copies of a match: a settled one, for which all keys are known, and a predicted one, which
 * continues with the known keys, and then with the last held ones. Late keys are inserted and replayed from the settled
 * copy. Independent of the page.
 */

import { LEFT, RIGHT } from "../pong/court.js";
import { copyMatch, digest, step } from "../pong/engine.js";
import { Inputs } from "./inputs.js";

/** Ticks. A longer rewind is visible as a jump. */
export const LONGEST_REWIND = 12;

const NEVER = Number.POSITIVE_INFINITY;

/** @typedef {import("../pong/engine.js").State} State */

export class Rollback {
  /** @type {State} */ #settled;
  /** @type {State} */ #predicted;
  /** @type {Record<number, Inputs>} */ #inputs = {};
  /** Target tick of the prediction; a match that seems over stays before it. */
  #head;
  /** The first tick to replay. */
  #wrongFrom = NEVER;
  #own;
  /** Number of keys for settled ticks, which the server never sends. */
  strays = 0;

  /**
   * Starts with a state.
   * @param {State} state
   * @param {number} own  our side, or NOBODY for spectators
   */
  constructor(state, own) {
    this.#own = own;
    this.#begin(state, new Inputs(0), new Inputs(0));
  }

  get settled() {
    return this.#settled;
  }

  /** The predicted state; the next `advance` changes it in place. */
  get predicted() {
    return this.#predicted;
  }

  /** The next tick to play. */
  get head() {
    return this.#head;
  }

  /** Our latest keys, and the tick from which they are held. */
  get lastPressed() {
    const { lastKeys, lastTick } = this.#inputs[this.#own];
    return { keys: lastKeys, tick: lastTick };
  }

  /**
   * Restarts from a snapshot; earlier knowledge is discarded.
   * @param {State} state
   * @param {{ left: number, right: number }} held
   * @param {number | null} heardBefore  own keys from this tick on are kept, as they are on their way; null: none
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

  /** Drops all keys that are not settled, because the match stands still and will not play them. */
  dropPending() {
    const [left, right] = [LEFT, RIGHT].map((side) =>
      this.#inputs[side].at(this.#settled.tick - 1),
    );
    this.#begin(this.#settled, new Inputs(left), new Inputs(right));
  }

  /** Adds our own keys. */
  press(tick, keys) {
    this.#mark(this.#inputs[this.#own].press(tick, keys));
  }

  /** Adds keys that the server has accepted. */
  receive(side, tick, keys) {
    if (tick < this.#settled.tick) this.strays += 1;
    else this.#mark(this.#inputs[side].receive(tick, keys));
  }

  /** Moves our own keys to the later tick of the server. */
  receiveLate(asked, tick, keys) {
    if (tick < this.#settled.tick) this.strays += 1;
    else this.#mark(this.#inputs[this.#own].receiveLate(asked, tick, keys));
  }

  /**
   * Plays up to `head`, after replaying wrong ticks.
   * @param {number} head
   */
  advance(head) {
    if (head > this.#head) this.#head = head;
    if (this.#wrongFrom < NEVER) this.#playAgain();
    this.#play(this.#predicted, this.#head);
  }

  /** @returns {number | null} ticks by which the next `advance` has to rewind before the last one, null for none */
  get due() {
    return this.#wrongFrom < this.#head ? this.#head - 1 - this.#wrongFrom : null;
  }

  /**
   * Settles the match up to `tick`, before which the server knows all keys. Own keys that it had not received by then
   * are late, and it will send their tick.
   * @param {number} tick
   * @param {number} heardBefore  the server had received our keys for earlier ticks than this
   * @returns {number} our digest at `tick`
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

  /** Returns the digest that `settle` would return, for spectators. */
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

  /** Plays a state up to `head`, or to the last point, where the engine stops. */
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
