/**
 * The state of a live match for one client: applies the server's messages, sends the answers, and plays up to a time.
 * Independent of socket and page; the caller passes in the time.
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
 * Ticks that a prediction may be ahead of the settled match: the interval of beats, the longest delay, the longest
 * rewind, and a reserve. With a longer silence the match stands still, instead of continuing with guesses.
 */
const FARTHEST_AHEAD = 60;
/**
 * Additional ticks of delay for spectators, because messages arrive irregularly. They see only what can no longer
 * change.
 */
const WATCHING_LATER = 3;

const STANDING = new Set([Phase.WAITING, Phase.AWAY, Phase.SUSPENDED]);
const MOVING = new Set([Phase.COUNTDOWN, Phase.PLAYING]);

/** The page's version of the rules or the protocol differs from the server's. */
export class OtherVersion extends Error {
  constructor() {
    super("the match is played by other rules than this page knows");
    this.name = "OtherVersion";
  }
}

/**
 * @typedef {object} Statistics
 * @property {number} beats
 * @property {number} differences  beats at which our settled match differed
 * @property {number} pressed  keys that we sent
 * @property {number} late  keys among them that arrived late, according to the server
 * @property {number} jumps  rewinds beyond twelve ticks
 * @property {number} snapshots  beyond the first of each connection
 * @property {number[]} depths  number of rewinds by their length in ticks
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
  /** Received beats that a spectator has not seen yet. */
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
   * Creates a match without any messages.
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

  /** The predicted match, null before the first message. */
  get state() {
    return this.#match?.predicted ?? null;
  }

  /** The settled match, which can no longer change, null before the first message. */
  get settled() {
    return this.#match?.settled ?? null;
  }

  /** Round trips in ms, measured by the server, 0 while unknown. */
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
   * Applies a message of the server.
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
   * @param {(state: import("../pong/engine.js").State) => void} [each]  called after every new tick
   * @returns {number} the position between the last tick but one and the last, 0 to 1
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
   * Sends the keys if they have changed, and only while the match is played: before, the server would ignore them.
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

  /** @returns {number} seconds until the first tick, 0 without a countdown */
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

  /**
   * Applies a snapshot. Own keys that the server has not received are still on their way, unless the connection is new
   * or the match stands.
   */
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

  /**
   * Returns whether a beat is not in the future of the picture. Spectators see the past, which should not jump forward
   * at every beat.
   */
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

  /** Replays wrong ticks; the clock waits for those beyond the longest rewind. */
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
