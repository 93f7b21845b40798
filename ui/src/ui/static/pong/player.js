/**
 * Plays a recorded match, tick by tick, and seeks to any tick.
 *
 * A match can only be simulated forwards, so a seek backwards restarts from a keyframe, a copy of the match taken on
 * the way. Independent of the document; the page draws `player.state`. A forfeited match ends with its log, with NOBODY
 * as winner in the state.
 */

import { chooseKey, copyAi } from "./ai.js";
import { NOBODY, STILL, TICKS_PER_SECOND } from "./court.js";
import { copyMatch, step } from "./engine.js";
import { checkLog, startMatch } from "./log.js";

/** @typedef {import("./engine.js").State} State */
/** @typedef {import("./ai.js").Ai} Ai */
/** @typedef {import("./log.js").InputLog} InputLog */

/**
 * The fields of `GET /api/history/matches/{id}/replay` that the simulation needs.
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

/** Ticks. The simulation of 10 s takes well below 1 ms, and half an hour has 180 copies. */
const KEYFRAME_EVERY = 10 * TICKS_PER_SECOND;

export class ReplayPlayer {
  /** @type {State} */ #state;
  /** @type {Ai | null} */ #ai;
  /** @type {InputLog} */ #log;
  /** The index of the next change in the log. */
  #next = 0;
  #left = STILL;
  #right = STILL;
  /** @type {Keyframe[]} */ #keyframes = [];

  /**
   * Starts at tick 0.
   * @param {Replay} replay
   * @throws {import("./log.js").LogRefused}
   * @throws {import("./engine.js").BadSettings}
   */
  constructor({ mode, level, seed, points, inputs, forfeitedBy = NOBODY }) {
    const { state, ai } = startMatch(mode, level ?? null, seed, points);
    checkLog(inputs, ai !== null, forfeitedBy !== NOBODY);
    this.#state = state;
    this.#ai = ai;
    this.#log = inputs;
    this.#keep();
  }

  /** The current state of the match; it changes in place, so copy what must stay. */
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

  /** The keys held in the last tick, including the computer's. */
  get inputs() {
    return { left: this.#left, right: this.#right };
  }

  /**
   * Plays one tick.
   * @returns {boolean} whether a tick was left
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
   * Seeks to any tick, backwards or forwards, limited by the ends of the match.
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
      this.#right = chooseKey(this.#ai, this.#state);
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
