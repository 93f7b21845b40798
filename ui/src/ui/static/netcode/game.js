/**
 * One person's view of a live match: what the server's messages do to it, what has to be answered, how far it is to be played.
 * Knows neither socket nor page; the time is handed in.
 */

import { LEFT, NOBODY, RIGHT, RULES_VERSION, TICKS_PER_SECOND } from "../pong/court.js";
import { newMatch } from "../pong/engine.js";
import { MatchClock } from "./clock.js";
import {
  CLOCK_UNIT,
  encodeEcho,
  encodeKeys,
  MalformedFrame,
  Phase,
  PROTOCOL_VERSION,
  stateOf,
} from "./protocol.js";
import { LONGEST_REWIND, Rollback } from "./rollback.js";

/**
 * No prediction goes farther beyond the settled match: a beat's distance, the longest delay, the longest rewind, and a little.
 * A connection that is silent for longer shows a match that stands, not one that is made up.
 */
const FARTHEST_AHEAD = 60;
/** Who watches sees what nothing can rewrite any more, a little later still because messages do not come evenly. */
const WATCHING_LATER = 3;

const STANDING = new Set([Phase.WAITING, Phase.AWAY, Phase.SUSPENDED]);
const MOVING = new Set([Phase.COUNTDOWN, Phase.PLAYING]);

/** The page is older or newer than the server. */
export class OtherVersion extends Error {
  constructor() {
    super("the match is played by other rules than this page knows");
    this.name = "OtherVersion";
  }
}

/**
 * @typedef {object} Statistics
 * @property {number} beats
 * @property {number} differences  beats at which our settled match was another one
 * @property {number} pressed  keys that we sent
 * @property {number} late  of these, told to have come late
 * @property {number} jumps  rewinds beyond twelve ticks
 * @property {number} snapshots  beyond the first of each connection
 * @property {number[]} depths  how many rewinds went so many ticks back
 * @property {number} strays
 */

export class Game {
  #send;
  #clock = new MatchClock();
  /** @type {Rollback | null} */ #match = null;
  /** @type {import("./protocol.js").Message | null} */ #phase = null;
  /** @type {import("./protocol.js").Message | null} */ #end = null;
  #side = NOBODY;
  #lastStamp = -1;
  #isFresh = true;
  #rtt = { left: 0, right: 0 };
  #counts = { beats: 0, differences: 0, pressed: 0, late: 0, jumps: 0, snapshots: 0, strays: 0 };
  #depths = /** @type {number[]} */ ([]);
  /** @type {(tick: number, digest: number, agrees: boolean) => void} */
  #settled;
  /** Beats that somebody who watches has heard of and not seen yet. */
  #ahead = /** @type {import("./protocol.js").Message[]} */ ([]);
  #heard = {
    snapshot: (message) => this.#hearSnapshot(message),
    phase: (message) => this.#hearPhase(message),
    keys: (message) => this.#hearKeys(message),
    late: (message) => this.#hearLate(message),
    beat: (message, ms) => this.#hearBeat(message, ms),
    end: (message) => this.#hearEnd(message),
  };

  /**
   * @param {object} on
   * @param {(message: ArrayBuffer) => void} on.send
   * @param {(tick: number, digest: number, agrees: boolean) => void} [on.settled]
   */
  constructor({ send, settled = () => {} }) {
    this.#send = send;
    this.#settled = settled;
  }

  get side() {
    return this.#side;
  }

  /** The last `PHASE`, null before the first. */
  get phase() {
    return this.#phase;
  }

  /** The `END`, null before it. */
  get end() {
    return this.#end;
  }

  /** The match as it looks now, null before anything is known. */
  get state() {
    return this.#match?.predicted ?? null;
  }

  /** The match where nothing can be rewritten, null before anything is known. */
  get settled() {
    return this.#match?.settled ?? null;
  }

  /** Round trips in ms as the server has measured them, 0 while unknown. */
  get rtt() {
    return this.#rtt;
  }

  get isMoving() {
    return this.#match !== null && this.#end === null && MOVING.has(this.#phase?.phase ?? -1);
  }

  /** @returns {Statistics} */
  get statistics() {
    return { ...this.#counts, depths: Array.from(this.#depths, (count) => count ?? 0) };
  }

  /**
   * @param {import("./protocol.js").Message} message
   * @param {number} ms  now
   * @throws {OtherVersion}
   * @throws {MalformedFrame}
   */
  receive(message, ms) {
    if (message.name === "welcome") this.#welcome(message);
    else if (this.#match === null) throw new MalformedFrame(`${message.name} before a welcome`);
    else this.#heard[message.name](message, ms);
  }

  /**
   * Plays up to now.
   * @param {number} ms
   * @param {(state: import("../pong/engine.js").State) => void} [each]  called after every tick that is new
   * @returns {number} the way from the last tick but one to the last, 0 to 1
   */
  advance(ms, each = () => {}) {
    if (!this.isMoving) return 1;
    const reached = this.#reached(ms);
    if (reached === null || reached < this.#match.settled.tick) return 1;
    const head = Math.min(Math.floor(reached) + 1, this.#farthest);
    while (this.#match.head < head) {
      this.#match.advance(this.#match.head + 1);
      each(this.#match.predicted);
    }
    this.#settleSeen();
    return reached - Math.floor(reached);
  }

  /**
   * Sends the keys if they are others than before. Not before the server has said that it plays: it would not hear them.
   * @param {-1 | 0 | 1} keys
   * @param {number} ms  now
   */
  press(keys, ms) {
    if (this.#side === NOBODY || this.#phase?.phase !== Phase.PLAYING || this.#end) return;
    const reached = this.#reached(ms);
    if (reached === null || reached < this.#match.settled.tick) return;
    const last = this.#match.lastPressed;
    if (keys === last.keys) return;
    const now = Math.min(Math.floor(reached), this.#farthest);
    const tick = Math.max(now, this.#match.head, last.tick + 1, this.#lastStamp + 1);
    this.#lastStamp = tick;
    this.#counts.pressed += 1;
    this.#match.press(tick, keys);
    this.#send(encodeKeys(tick, keys));
  }

  /** @returns {number} seconds until the first tick, 0 when there is none to wait for */
  countdown(ms) {
    if (this.#phase?.phase !== Phase.COUNTDOWN) return 0;
    const reached = this.#clock.now(ms);
    return reached === null
      ? this.#phase.ms / 1000
      : Math.max(0, (this.#match.settled.tick - reached) / TICKS_PER_SECOND);
  }

  get #farthest() {
    return this.#match.settled.tick + FARTHEST_AHEAD;
  }

  #reached(ms) {
    const now = this.#clock.now(ms);
    if (now === null || this.#side !== NOBODY) return now;
    return now - this.#phase.delay - WATCHING_LATER;
  }

  #welcome({ protocol, side, rules, points, seed }) {
    if (protocol !== PROTOCOL_VERSION || rules !== RULES_VERSION) throw new OtherVersion();
    this.#side = side;
    this.#match = new Rollback(newMatch(seed, points), side);
    this.#clock.reset();
    this.#phase = null;
    this.#ahead = [];
    this.#lastStamp = -1;
    this.#isFresh = true;
  }

  /** Keys of ours that were not heard are still on their way, unless the connection is new or the match stands. */
  #hearSnapshot(message) {
    const heardBefore = !this.#isFresh && this.isMoving ? this.#heardBefore(message) : null;
    if (!this.#isFresh) this.#counts.snapshots += 1;
    this.#isFresh = false;
    this.#ahead = [];
    const { leftKeys: left, rightKeys: right } = message;
    this.#match.restart(stateOf(message), { left, right }, heardBefore);
    this.#mend();
  }

  #hearPhase(message) {
    const before = this.#phase?.phase;
    this.#phase = message;
    if (message.phase === before) return;
    if (STANDING.has(message.phase)) {
      this.#match.dropPending();
      this.#lastStamp = -1;
      this.#clock.reset();
    } else if (message.phase === Phase.COUNTDOWN) {
      this.#lastStamp = -1;
      this.#clock.reset();
    } else if (message.phase === Phase.PLAYING) {
      this.#clock.steady();
    }
  }

  #hearKeys({ side, tick, keys }) {
    this.#match.receive(side, tick, keys);
    this.#mend();
  }

  #hearLate({ asked, tick, keys }) {
    this.#counts.late += 1;
    this.#match.receiveLate(asked, tick, keys);
    this.#mend();
  }

  #hearBeat(beat, ms) {
    this.#rtt = { left: beat.leftRtt, right: beat.rightRtt };
    const own = { [LEFT]: beat.leftRtt, [RIGHT]: beat.rightRtt }[this.#side] ?? 0;
    if (this.isMoving) this.#clock.hear(ms, beat.clock / CLOCK_UNIT, own);
    this.#counts.beats += 1;
    const digest = this.#isSeen(beat) ? this.#settle(beat) : this.#foresee(beat);
    this.#send(encodeEcho(beat.number, beat.tick, digest));
  }

  /** Who watches sees the past, and it should not leap forward at every beat. */
  #isSeen({ tick }) {
    const missing = tick - this.#match.head;
    return this.#side !== NOBODY || missing <= 0 || missing > FARTHEST_AHEAD;
  }

  #foresee(beat) {
    this.#ahead.push(beat);
    return this.#match.digestAt(beat.tick);
  }

  #settleSeen() {
    while (this.#ahead.length > 0 && this.#isSeen(this.#ahead[0])) {
      this.#settle(this.#ahead.shift());
    }
  }

  #hearEnd(message) {
    this.#ahead = [];
    this.#settle(message);
    this.#match.dropPending();
    this.#end = message;
    this.#rtt = { left: message.leftRtt, right: message.rightRtt };
  }

  #settle(message) {
    const { tick, digest: wanted } = message;
    const digest = this.#match.settle(tick, this.#heardBefore(message));
    this.#settled(tick, digest, digest === wanted);
    if (digest !== wanted) this.#counts.differences += 1;
    this.#mend();
    return digest;
  }

  #heardBefore({ leftHeardBefore, rightHeardBefore }) {
    return { [LEFT]: leftHeardBefore, [RIGHT]: rightHeardBefore }[this.#side] ?? 0;
  }

  /** Plays again what was wrong; what is wrong for longer than a jump makes the clock wait. */
  #mend() {
    const { due } = this.#match;
    this.#match.advance(this.#match.head);
    this.#counts.strays = this.#match.strays;
    if (due === null) return;
    this.#depths[due] = (this.#depths[due] ?? 0) + 1;
    if (due <= LONGEST_REWIND) return;
    this.#counts.jumps += 1;
    this.#clock.wait(due - LONGEST_REWIND);
  }
}
