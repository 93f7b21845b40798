/**
 * The match's clock as the server has it, seen through a connection that takes its time. Counts in ticks of 60 a second; the
 * time of day is handed in. Knows no page.
 */

import { TICKS_PER_SECOND } from "../pong/court.js";

const TICKS_A_MS = TICKS_PER_SECOND / 1000;
/** Five seconds of play. Older samples would hide that the way has become longer. */
const SAMPLES_KEPT = 10;
/** A running clock is at most so much faster or slower than time, which nobody sees. */
const SLEW = 1 / 20;
/** Half a second would take ten to slew: somebody who was away so long has no picture to keep steady. */
const LONGEST_SLEW = 30;
/** A trip longer than this makes one's own clock run later instead of the other side's keys come later still. */
const LONGEST_TRIP = 6;

export class MatchClock {
  /** @type {number[]} the server's clock less our time, both in ticks: the highest had the shortest way */
  #offsets = [];
  /** @type {number[]} round trips that the server has measured, in ms */
  #rtts = [];
  /** @type {number | null} */
  #shown = null;
  #shownMs = 0;
  #slews = false;

  /** Forgets everything: the clock has been started anew, or the connection is another. */
  reset() {
    this.#offsets = [];
    this.#rtts = [];
    this.#shown = null;
    this.#slews = false;
  }

  /**
   * @param {number} ms  now
   * @param {number} ticks  what the server's clock showed when the message left
   * @param {number} rtt  our last round trip in ms, 0 while unknown
   */
  hear(ms, ticks, rtt) {
    keep(this.#offsets, ticks - ms * TICKS_A_MS);
    if (rtt > 0) keep(this.#rtts, rtt);
  }

  /** From now on it goes on without jumps, because somebody watches. */
  steady() {
    this.#slews = true;
  }

  /** Lets time pass without going on; it catches up by slewing. */
  wait(ticks) {
    if (this.#shown !== null) this.#shown -= ticks;
  }

  /**
   * @param {number} ms  now, never less than before
   * @returns {number | null} null while nothing has been heard
   */
  now(ms) {
    if (this.#offsets.length === 0) return null;
    const wanted = Math.max(...this.#offsets) + ms * TICKS_A_MS + Math.min(this.trip, LONGEST_TRIP);
    this.#shown = this.#shown === null ? wanted : this.#follow(wanted, ms);
    this.#shownMs = ms;
    return this.#shown;
  }

  /** One way, in ticks: half of the least round trip. */
  get trip() {
    return this.#rtts.length === 0 ? 0 : (Math.min(...this.#rtts) / 2) * TICKS_A_MS;
  }

  /** By how many ticks this clock runs behind the server's on purpose. */
  get lag() {
    return Math.max(0, this.trip - LONGEST_TRIP);
  }

  #follow(wanted, ms) {
    const passed = (ms - this.#shownMs) * TICKS_A_MS;
    const natural = this.#shown + passed;
    const gap = wanted - natural;
    if (!this.#slews || Math.abs(gap) > LONGEST_SLEW) return wanted;
    return natural + Math.max(-passed * SLEW, Math.min(passed * SLEW, gap));
  }
}

function keep(list, value) {
  list.push(value);
  if (list.length > SAMPLES_KEPT) list.shift();
}
