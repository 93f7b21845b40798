/**
 * A model of the live-match server, its network and its time, as short as docs/live-matches.md
 * allows. Tests advance the time. Not a test itself.
 */

import {
  CLOCK_UNIT,
  decodeFromClient,
  encodeFromServer,
  Phase,
} from "../../../src/ui/static/netcode/protocol.js";
import { LEFT, NOBODY, RIGHT } from "../../../src/ui/static/pong/court.js";
import { digest, newMatch, step } from "../../../src/ui/static/pong/engine.js";
import { advanceRng, randomBelow } from "../../../src/ui/static/pong/prng.js";

const TICKS_A_MS = 60 / 1000;
const BEAT_TICKS = 30;
const COUNTDOWN_MS = 3_000;
const COUNTDOWN_BEAT_MS = 100;
const LONGEST_DELAY = 6;

/** Reproducible random numbers. */
export function seeded(seed) {
  let rng = seed >>> 0;
  return (count) => {
    rng = advanceRng(rng);
    return randomBelow(rng, count);
  };
}

/** Simulated time with scheduled events. */
export class World {
  nowMs = 0;
  #events = [];
  #order = 0;

  at(ms, happen) {
    const event = { ms, order: this.#order, happen };
    this.#order += 1;
    this.#events.push(event);
    return () => {
      this.#events = this.#events.filter((other) => other !== event);
    };
  }

  after = (happen, delayMs) => this.at(this.nowMs + delayMs, happen);

  /** Advances the time, event by event. */
  pass(ms) {
    const endMs = this.nowMs + ms;
    for (;;) {
      const next = this.#next(endMs);
      if (!next) break;
      this.nowMs = Math.max(this.nowMs, next.ms);
      next.happen();
    }
    this.nowMs = endMs;
  }

  #next(endMs) {
    let first = null;
    for (const event of this.#events) {
      if (event.ms > endMs) continue;
      if (!first || event.ms < first.ms || (event.ms === first.ms && event.order < first.order)) {
        first = event;
      }
    }
    if (first) this.#events.splice(this.#events.indexOf(first), 1);
    return first;
  }
}

/** One direction of a connection, which keeps the order and loses nothing. */
function way(world, delayMs) {
  let free = 0;
  return (deliver) => {
    free = Math.max(free, world.nowMs + delayMs());
    world.at(free, deliver);
  };
}

/** Replaces a client's WebSocket. */
export class Line {
  readyState = 0;
  onmessage = null;
  onclose = null;
  #up;
  #down;
  #server;

  /**
   * @param {World} world
   * @param {ModelServer} server
   * @param {number} side
   * @param {() => number} delayMs
   */
  constructor(world, server, side, delayMs) {
    this.side = side;
    this.#server = server;
    this.#up = way(world, delayMs);
    this.#down = way(world, delayMs);
    this.#up(() => {
      this.#down(() => {
        if (this.readyState === 0) this.readyState = 1;
      });
      server.accept(this);
    });
  }

  send(message) {
    this.#up(() => this.#server.hear(this, decodeFromClient(message)));
  }

  close() {
    this.readyState = 3;
    this.#up(() => this.#server.leave(this));
  }

  /** Called by the server. */
  deliver(frame) {
    this.#down(() => this.readyState === 1 && this.onmessage?.({ data: frame }));
  }

  /** Called by the server. */
  hangUp(code) {
    this.#down(() => {
      if (this.readyState === 3) return;
      this.readyState = 3;
      this.onclose?.({ code });
    });
  }
}

/** One match. It continues without limits on absences or time. */
export class ModelServer {
  differences = 0;
  /** @type {[number, number][]} each beat's tick and digest */
  confirmed = [];
  late = { [LEFT]: 0, [RIGHT]: 0 };
  closed = [];
  /** The keys of every tick, as they were simulated. */
  played = [];
  #world;
  #state;
  #seed;
  #points;
  #lines = new Set();
  #players = { [LEFT]: newPlayer(), [RIGHT]: newPlayer() };
  #phase = Phase.WAITING;
  #delay = 0;
  #startMs = 0;
  #startTick = 0;
  #nextBeat = 0;
  #number = 0;
  #beats = new Map();

  constructor(world, { seed, points }) {
    this.#world = world;
    this.#seed = seed;
    this.#points = points;
    this.#state = newMatch(seed, points);
  }

  get state() {
    return this.#state;
  }

  get delay() {
    return this.#delay;
  }

  get phase() {
    return this.#phase;
  }

  accept(line) {
    const { side } = line;
    if (side !== NOBODY) {
      for (const other of this.#lines) if (other.side === side) this.#hangUp(other, 4004);
      this.#players[side].here = true;
    }
    this.#lines.add(line);
    const welcome = { protocol: 1, side, rules: 1, points: this.#points, seed: this.#seed };
    this.#tell(line, "welcome", welcome);
    this.#tellPicture(line);
    this.#tellPhase(line);
    const isComplete = this.#players[LEFT].here && this.#players[RIGHT].here;
    if (isComplete && this.#phase !== Phase.PLAYING && this.#phase !== Phase.COUNTDOWN) {
      this.#countDown();
    }
  }

  leave(line) {
    if (!this.#lines.delete(line) || line.side === NOBODY || this.#phase === Phase.OVER) return;
    this.#players[line.side].here = false;
    this.pause(Phase.AWAY);
  }

  hear(line, message) {
    if (!this.#lines.has(line)) return;
    if (message.name === "echo") this.#compare(line, message);
    else if (line.side === NOBODY) this.#hangUp(line, 4000);
    else if (message.name === "keys") this.#press(line, message);
    else this.end(2, LEFT + RIGHT - line.side);
  }

  /** Closes the connections of a side, as a process does when it stops. */
  drop(side, code) {
    for (const line of [...this.#lines]) if (line.side === side) this.#hangUp(line, code);
  }

  /** Sends a snapshot during play, as to a client whose backlog was dropped. */
  sendSnapshot(side) {
    for (const line of this.#lines) if (line.side === side) this.#tellPicture(line);
  }

  pause(phase) {
    this.#phase = phase;
    for (const player of [this.#players[LEFT], this.#players[RIGHT]]) {
      player.waiting = [];
      player.asked = -1;
      player.last = -1;
    }
    for (const line of this.#lines) {
      this.#tellPicture(line);
      this.#tellPhase(line);
    }
    if (phase === Phase.SUSPENDED) this.#countDown();
  }

  end(reason, winner) {
    this.#phase = Phase.OVER;
    const { tick, leftScore, rightScore } = this.#state;
    const score = { leftScore, rightScore, tick, digest: digest(this.#state) };
    const late = { leftLate: this.late[LEFT], rightLate: this.late[RIGHT] };
    const rtt = { leftRtt: this.#players[LEFT].rtt, rightRtt: this.#players[RIGHT].rtt };
    this.confirmed.push([tick, score.digest]);
    for (const line of [...this.#lines]) {
      this.#tell(line, "end", {
        reason,
        winner,
        ...score,
        ...late,
        ...rtt,
        delay: this.#delay,
        ...this.#heard(),
      });
      this.#hangUp(line, 1000);
    }
  }

  #countDown() {
    this.#phase = Phase.COUNTDOWN;
    this.#startMs = this.#world.nowMs + COUNTDOWN_MS;
    this.#startTick = this.#state.tick;
    for (const line of this.#lines) this.#tellPhase(line);
    this.#run();
  }

  #run() {
    if (this.#phase === Phase.COUNTDOWN) this.#countOn();
    else if (this.#phase === Phase.PLAYING) this.#play();
    else return;
    const ms = this.#phase === Phase.COUNTDOWN ? COUNTDOWN_BEAT_MS : 1 / TICKS_A_MS;
    const started = this.#startMs;
    this.#world.after(() => started === this.#startMs && this.#run(), ms);
  }

  #countOn() {
    this.#beat();
    if (this.#world.nowMs < this.#startMs) return;
    const worst = Math.max(this.#players[LEFT].rtt, this.#players[RIGHT].rtt) * TICKS_A_MS;
    this.#delay = Math.min(LONGEST_DELAY, 1 + Math.ceil(worst / 2));
    this.#phase = Phase.PLAYING;
    this.#nextBeat = this.#state.tick + BEAT_TICKS;
    for (const line of this.#lines) this.#tellPhase(line);
  }

  #play() {
    const due = Math.floor(this.#clock()) - this.#delay;
    while (this.#state.tick < due && this.#state.winner === NOBODY) this.#tick();
    if (this.#state.winner !== NOBODY) this.end(1, this.#state.winner);
    else if (this.#state.tick >= this.#nextBeat) {
      this.#nextBeat += BEAT_TICKS;
      this.#beat();
    }
  }

  #tick() {
    const { [LEFT]: left, [RIGHT]: right } = this.#players;
    for (const player of [left, right]) {
      if (player.waiting[0]?.tick === this.#state.tick) player.held = player.waiting.shift().keys;
    }
    this.played.push([left.held, right.held]);
    step(this.#state, left.held, right.held);
  }

  #press(line, { tick: asked, keys }) {
    if (this.#phase !== Phase.PLAYING) return;
    const player = this.#players[line.side];
    if (asked <= player.asked || asked > this.#clock() + 120) {
      this.#hangUp(line, 4003);
      return;
    }
    player.asked = asked;
    const tick = Math.max(asked, this.#state.tick, player.last + 1);
    player.last = tick;
    player.waiting.push({ tick, keys });
    if (asked < this.#state.tick) this.late[line.side] += 1;
    if (tick !== asked) this.#tell(line, "late", { asked, tick, keys });
    for (const other of this.#lines) {
      if (other !== line) this.#tell(other, "keys", { tick, side: line.side, keys });
    }
  }

  #compare(line, { number, digest: theirs }) {
    const beat = this.#beats.get(number);
    if (line.side !== NOBODY) {
      this.#players[line.side].rtt = Math.round(this.#world.nowMs - beat.ms);
    }
    if (theirs === beat.digest) return;
    this.differences += 1;
    this.#tellPicture(line);
  }

  #beat() {
    this.#number += 1;
    const { tick } = this.#state;
    const beat = { tick, digest: digest(this.#state) };
    this.#beats.set(this.#number, { ...beat, ms: this.#world.nowMs });
    if (this.confirmed.at(-1)?.[0] !== tick) this.confirmed.push([tick, beat.digest]);
    const clock = Math.round(this.#clock() * CLOCK_UNIT);
    const rtt = { leftRtt: this.#players[LEFT].rtt, rightRtt: this.#players[RIGHT].rtt };
    for (const line of this.#lines) {
      this.#tell(line, "beat", { number: this.#number, ...beat, clock, ...rtt, ...this.#heard() });
    }
  }

  #clock() {
    return this.#startTick + (this.#world.nowMs - this.#startMs) * TICKS_A_MS;
  }

  #tellPicture(line) {
    const { [LEFT]: left, [RIGHT]: right } = this.#players;
    this.#tell(line, "snapshot", {
      ...this.#state,
      leftKeys: left.held,
      rightKeys: right.held,
      ...this.#heard(),
    });
    for (const side of [LEFT, RIGHT]) {
      for (const { tick, keys } of this.#players[side].waiting) {
        this.#tell(line, "keys", { tick, side, keys });
      }
    }
  }

  #heard() {
    const { [LEFT]: left, [RIGHT]: right } = this.#players;
    return { leftHeardBefore: left.asked + 1, rightHeardBefore: right.asked + 1 };
  }

  #tellPhase(line) {
    const { [LEFT]: left, [RIGHT]: right } = this.#players;
    const untilStart = Math.max(0, Math.round(this.#startMs - this.#world.nowMs));
    this.#tell(line, "phase", {
      phase: this.#phase,
      tick: this.#state.tick,
      delay: this.#delay,
      leftHere: Number(left.here),
      rightHere: Number(right.here),
      leftAbsences: 3,
      rightAbsences: 3,
      ms: this.#phase === Phase.COUNTDOWN ? untilStart : 0,
    });
  }

  #tell(line, name, fields) {
    line.deliver(encodeFromServer(name, fields));
  }

  #hangUp(line, code) {
    this.closed.push([line.side, code]);
    line.hangUp(code);
    if (code === 1000) this.#lines.delete(line);
    else this.leave(line);
  }
}

function newPlayer() {
  return { here: false, held: 0, waiting: [], asked: -1, last: -1, rtt: 0 };
}
