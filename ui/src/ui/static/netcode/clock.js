/**
 * Estimates the server's clock of a match over a connection with delay. Counts in ticks, 60 a second; the caller passes
 * in the time. Independent of the page.
 */

import { TICKS_PER_SECOND } from "../pong/court.js";

const TICKS_A_MS = TICKS_PER_SECOND / 1000;
/** Five seconds of play. Older samples would hide that the delay has become longer. */
const SAMPLES_KEPT = 10;
/** Largest correction of a running clock, as a share of the elapsed time; it is too small to be visible. */
const SLEW = 1 / 20;
/**
 * Ticks. Larger corrections jump: half a second would take 10 s to slew, and after such a gap no picture needs to stay
 * steady.
 */
const LONGEST_SLEW = 30;
/** Ticks. With a longer trip the clock runs later, so that the other side's keys do not arrive even later. */
const LONGEST_TRIP = 6;

export class MatchClock {
  /** @type {number[]} the server's clock minus our time, both in ticks: the highest had the shortest delay */
  #offsets = [];
  /** @type {number[]} round trips that the server has measured, in ms */
  #rtts = [];
  /** @type {number | null} */
  #shown = null;
  #shownMs = 0;
  #slews = false;

  /** Discards all samples, because the clock has restarted or the connection is new. */
  reset() {
    this.#offsets = [];
    this.#rtts = [];
    this.#shown = null;
    this.#slews = false;
  }

  /**
   * Adds a sample.
   * @param {number} ms  now
   * @param {number} ticks  the server's clock when it sent the message
   * @param {number} rtt  our last round trip in ms, 0 while unknown
   */
  hear(ms, ticks, rtt) {
    keep(this.#offsets, ticks - ms * TICKS_A_MS);
    if (rtt > 0) keep(this.#rtts, rtt);
  }

  /** From now on the clock slews without jumps, because the match is visible. */
  steady() {
    this.#slews = true;
  }

  /** Stops the clock for some ticks; it catches up by slewing. */
  wait(ticks) {
    if (this.#shown !== null) this.#shown -= ticks;
  }

  /**
   * Returns the match's time in ticks.
   * @param {number} ms  now, never less than before
   * @returns {number | null} null before the first sample
   */
  now(ms) {
    if (this.#offsets.length === 0) return null;
    const wanted = Math.max(...this.#offsets) + ms * TICKS_A_MS + Math.min(this.trip, LONGEST_TRIP);
    this.#shown = this.#shown === null ? wanted : this.#follow(wanted, ms);
    this.#shownMs = ms;
    return this.#shown;
  }

  /** Delay of one direction, in ticks: half of the shortest round trip. */
  get trip() {
    return this.#rtts.length === 0 ? 0 : (Math.min(...this.#rtts) / 2) * TICKS_A_MS;
  }

  /** Ticks by which this clock deliberately runs behind the server's. */
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
