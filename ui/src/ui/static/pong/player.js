/**
 * Watching a recorded match: one tick at a time, or anywhere at once.
 *
 * A match can only be simulated forwards, so going back means starting again from a keyframe, a
 * copy of the match taken on the way. Knows no document; the page draws `player.state`. A match that
 * was given up ends where its log does, with nobody as winner in the state.
 */

import { copyAi, decide } from "./ai.js";
import { NOBODY, STILL, TICKS_PER_SECOND } from "./court.js";
import { copyMatch, step } from "./engine.js";
import { check, start } from "./log.js";

/** @typedef {import("./engine.js").State} State */
/** @typedef {import("./ai.js").Ai} Ai */
/** @typedef {import("./log.js").InputLog} InputLog */

/**
 * What `GET /api/history/matches/{id}/replay` answers, as far as the simulation needs it.
 * @typedef {object} Replay
 * @property {string} mode
 * @property {string | null} level
 * @property {number} seed
 * @property {number} points
 * @property {InputLog} inputs
 * @property {number} [forfeitedBy]
 */

/**
 * @typedef {object} Keyframe
 * @property {State} state
 * @property {Ai | null} ai
 * @property {number} next
 */

/** Ticks. Ten seconds simulate in well under a millisecond, and half an hour keeps 180 copies. */
const KEYFRAME_EVERY = 10 * TICKS_PER_SECOND;

export class ReplayPlayer {
  /** @type {State} */ #state;
  /** @type {Ai | null} */ #ai;
  /** @type {InputLog} */ #log;
  /** The place in the log of the next change. */
  #next = 0;
  #left = STILL;
  #right = STILL;
  /** @type {Keyframe[]} */ #keyframes = [];

  /**
   * @param {Replay} replay
   * @throws {import("./log.js").LogRefused}
   * @throws {import("./engine.js").BadSettings}
   */
  constructor({ mode, level, seed, points, inputs, forfeitedBy = NOBODY }) {
    const { state, ai } = start(mode, level ?? null, seed, points);
    check(inputs, ai !== null, forfeitedBy !== NOBODY);
    this.#state = state;
    this.#ai = ai;
    this.#log = inputs;
    this.#keep();
  }

  /** The match as it stands; it moves with the player, so copy what must stay. */
  get state() {
    return this.#state;
  }

  get tick() {
    return this.#state.tick;
  }

  get ticks() {
    return this.#log.ticks;
  }

  get done() {
    return this.#state.tick >= this.#log.ticks || this.#state.winner !== 0;
  }

  /** The keys that were held in the last tick, the computer's included. */
  get inputs() {
    return { left: this.#left, right: this.#right };
  }

  /**
   * Plays one tick.
   * @returns {boolean} whether there was one left to play
   */
  advance() {
    if (this.done) {
      return false;
    }
    this.#readInputs();
    step(this.#state, this.#left, this.#right);
    if (this.#state.tick === this.#keyframes.length * KEYFRAME_EVERY) {
      this.#keep();
    }
    return true;
  }

  /**
   * Goes to any tick, backwards or forwards; beyond the ends it stops at the end.
   * @param {number} tick
   */
  seek(tick) {
    const target = Math.max(0, Math.min(this.#log.ticks, Math.trunc(tick)));
    const nearest = Math.min(Math.floor(target / KEYFRAME_EVERY), this.#keyframes.length - 1);
    const isBehind = target < this.#state.tick;
    if (isBehind || this.#keyframes[nearest].state.tick > this.#state.tick) {
      this.#restore(this.#keyframes[nearest]);
    }
    while (this.#state.tick < target && this.advance());
  }

  #readInputs() {
    const change = this.#log.changes[this.#next];
    if (change !== undefined && change[0] === this.#state.tick) {
      [, this.#left, this.#right] = change;
      this.#next += 1;
    }
    if (this.#ai) {
      this.#right = decide(this.#ai, this.#state);
    }
  }

  #keep() {
    this.#keyframes.push({
      state: copyMatch(this.#state),
      ai: this.#ai && copyAi(this.#ai),
      next: this.#next,
    });
  }

  /** @param {Keyframe} keyframe */
  #restore({ state, ai, next }) {
    this.#state = copyMatch(state);
    this.#ai = ai && copyAi(ai);
    this.#next = next;
    const [, left, right] = this.#log.changes[next - 1] ?? [0, STILL, STILL];
    this.#left = left;
    this.#right = right;
  }
}
