// A player or spectator without a browser, which follows a live match to its end with the page's client and prints a
// report as one line of JSON. The argument is one JSON object, see `Settings`.
//
//   node tests/netcode/player.js '{"url": "wss://…/play", "headers": {"Authorization": "Bearer …"}, "seed": 1}'

import { createClient } from "../../ui/src/ui/static/netcode/client.js";
import { COURT_HEIGHT, LEFT, PADDLE_SPEED, UNIT } from "../../ui/src/ui/static/pong/court.js";
import { advanceRng, randomBelow } from "../../ui/src/ui/static/pong/prng.js";

/**
 * @typedef {object} Settings
 * @property {string} url
 * @property {Record<string, string>} [headers]  a browser could not set any; this WebSocket can
 * @property {number} [seed]  of its random decisions
 * @property {number} [mistakes]  the percentage of decisions with a random target
 * @property {number} [restTicks]  the maximum of ticks between two decisions
 * @property {number} [framesASecond]
 * @property {number} [seconds]  the time limit for the match
 * @property {{ atTick: number, forMs: number }[]} [absences]  disconnects at a tick for a time
 * @property {{ atTick: number, forMs: number }[]} [stalls]  does nothing for a time, like a frozen page
 * @property {number} [resignAtTick]
 */

/** @type {Settings} */
const settings = {
  headers: {},
  seed: 1,
  mistakes: 20,
  restTicks: 16,
  framesASecond: 60,
  seconds: 600,
  absences: [],
  stalls: [],
  resignAtTick: Number.POSITIVE_INFINITY,
  ...JSON.parse(process.argv[2]),
};

const MISTAKE_OF = 100;
const report = {
  side: 0,
  end: null,
  problem: null,
  phases: [],
  confirmed: [],
  differing: [],
  closes: [],
  rtts: [],
};
let rng = settings.seed >>> 0;
let wanted = 0;
let decideAt = 0;
let isAway = false;
const startedMs = performance.now();

const client = createClient({
  open,
  now: () => performance.now(),
  after(callback, delayMs) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  hand: decide,
  on: {
    phase: note,
    end: finish,
    problem(problem) {
      report.problem = problem;
      finish(null);
    },
    settled(tick, digest, agrees) {
      if (report.confirmed.at(-1)?.[0] !== tick) report.confirmed.push([tick, digest]);
      if (!agrees) report.differing.push([tick, digest]);
    },
  },
});

const frames = setInterval(frame, 1000 / settings.framesASecond);
const patience = setTimeout(() => {
  report.problem = "no_end";
  finish(null);
}, settings.seconds * 1000);
client.start();

function open() {
  const socket = new WebSocket(settings.url, { headers: settings.headers });
  let wasOpen = false;
  socket.addEventListener("open", () => {
    wasOpen = true;
  });
  socket.addEventListener("close", ({ code, reason }) =>
    report.closes.push({ code, reason, wasOpen }),
  );
  return socket;
}

function frame() {
  if (isAway) return;
  client.frame();
  const tick = client.game.state?.tick ?? 0;
  if (tick >= settings.resignAtTick) {
    settings.resignAtTick = Number.POSITIVE_INFINITY;
    client.resign();
  }
  if (settings.absences[0]?.atTick <= tick) leave(settings.absences.shift());
  if (settings.stalls[0]?.atTick <= tick) stall(settings.stalls.shift());
}

function leave({ forMs }) {
  isAway = true;
  client.stop();
  setTimeout(() => {
    isAway = false;
    client.start();
  }, forMs);
}

function stall({ forMs }) {
  const untilMs = performance.now() + forMs;
  while (performance.now() < untilMs);
}

/** Follows the ball, and errs. */
function decide(side, state) {
  if (state.tick < decideAt) return wanted;
  decideAt = state.tick + 1 + chance(settings.restTicks);
  const y = side === LEFT ? state.leftY : state.rightY;
  const errs = chance(MISTAKE_OF) < settings.mistakes;
  const target = errs ? chance(COURT_HEIGHT) * UNIT : state.ballY;
  wanted = Math.abs(target - y) <= 2 * PADDLE_SPEED ? 0 : Math.sign(target - y);
  return wanted;
}

function chance(count) {
  rng = advanceRng(rng);
  return randomBelow(rng, count);
}

function note({ phase, tick, delay }) {
  const { left, right } = client.game.rtt;
  report.side = client.game.side;
  report.phases.push({ phase, tick, delay, atMs: Math.round(performance.now() - startedMs) });
  report.rtts.push([left, right]);
}

function finish(end) {
  clearInterval(frames);
  clearTimeout(patience);
  report.end = end;
  report.side = client.game.side;
  client.stop();
  const { statistics } = client;
  const seconds = (performance.now() - startedMs) / 1000;
  // Closing a socket over a dead network would keep the process alive.
  const line = `${JSON.stringify({ ...report, seconds, statistics })}\n`;
  process.stdout.write(line, () => process.exit());
}
