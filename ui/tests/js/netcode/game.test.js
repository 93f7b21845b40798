import assert from "node:assert/strict";
import { test } from "node:test";

import { Game, OtherVersion } from "../../../src/ui/static/netcode/game.js";
import {
  decodeFrame,
  decodeFromClient,
  encodeFromServer,
  MalformedFrame,
  Phase,
} from "../../../src/ui/static/netcode/protocol.js";
import { digest, newMatch, step } from "../../../src/ui/static/pong/engine.js";

const WELCOME = { protocol: 1, side: 1, rules: 1, points: 5, seed: 7 };
const PHASE = {
  phase: Phase.PLAYING,
  tick: 0,
  delay: 2,
  leftHere: 1,
  rightHere: 1,
  leftAbsences: 3,
  rightAbsences: 3,
  ms: 0,
};

/** A game whose clock shows 0 at 0 ms. */
function playing({ side = 1 } = {}) {
  const sent = [];
  const game = new Game({ send: (message) => sent.push(decodeFromClient(message)) });
  const say = (name, fields, ms = 0) => {
    for (const message of decodeFrame(encodeFromServer(name, fields))) game.receive(message, ms);
  };
  say("welcome", { ...WELCOME, side });
  say("snapshot", { ...newMatch(7, 5), leftKeys: 0, rightKeys: 0 });
  say("phase", PHASE);
  say("beat", beat({ number: 1, tick: 0, clock: 0 }));
  return { game, sent, say };
}

function beat({ number, tick, clock, keys = () => [0, 0] }) {
  const state = newMatch(7, 5);
  while (state.tick < tick) step(state, ...keys(state.tick));
  const word = digest(state);
  return { number, tick, digest: word, clock: clock * 256, leftRtt: 0, rightRtt: 0 };
}

const ms = (ticks) => (ticks * 1_000) / 60 + 0.001;

test("the game advances with the clock, tick by tick", () => {
  const { game } = playing();
  const seen = [];
  assert.ok(game.advance(ms(3.5), (state) => seen.push(state.tick)) - 0.5 < 0.001);
  assert.deepEqual(seen, [1, 2, 3, 4]);
});

test("a beat is answered at once, even beyond the tick that was played", () => {
  const { sent, say, game } = playing();
  say("beat", beat({ number: 2, tick: 30, clock: 32 }), 0);
  assert.deepEqual(sent.at(-1), {
    name: "echo",
    number: 2,
    tick: 30,
    digest: beat({ number: 2, tick: 30, clock: 32 }).digest,
  });
  assert.equal(game.state.tick, 30);
});

test("changed keys are sent with the tick that is played next", () => {
  const { game, sent } = playing();
  game.advance(ms(10));
  sent.length = 0;
  game.press(1, ms(10.5));
  game.press(1, ms(10.6));
  game.press(0, ms(10.7));
  game.press(0, ms(12));
  game.press(-1, ms(14.2));
  assert.deepEqual(sent, [
    { name: "keys", tick: 11, keys: 1 },
    { name: "keys", tick: 12, keys: 0 },
    { name: "keys", tick: 14, keys: -1 },
  ]);
});

test("no keys are sent before the server starts the match", () => {
  const { game, sent, say } = playing();
  say("phase", { ...PHASE, phase: Phase.AWAY });
  sent.length = 0;
  game.press(1, ms(20));
  say("phase", { ...PHASE, phase: Phase.COUNTDOWN });
  say("beat", beat({ number: 2, tick: 0, clock: 5 }), ms(20));
  sent.length = 0;
  game.press(1, ms(20));
  assert.deepEqual(sent, []);
});

test("the settled match ignores keys that were too late", () => {
  const { game, sent, say } = playing();
  game.advance(ms(10));
  game.press(1, ms(10));
  game.advance(ms(40));
  assert.notEqual(game.state.leftY, newMatch(7, 5).leftY);
  const before = beat({ number: 2, tick: 30, clock: 38 });
  say("beat", before, ms(40));
  assert.equal(sent.at(-1).digest, before.digest);
  say("late", { asked: 11, tick: 35, keys: 1 }, ms(41));
  say(
    "beat",
    beat({ number: 3, tick: 60, clock: 62, keys: (tick) => [tick < 35 ? 0 : 1, 0] }),
    ms(64),
  );
  assert.equal(game.statistics.differences, 0);
  assert.equal(game.statistics.late, 1);
});

test("a correction of more than twelve ticks is a jump, and the clock waits", () => {
  const { game, say } = playing();
  game.advance(ms(40));
  say("keys", { tick: 20, side: 2, keys: 1 }, ms(40));
  assert.equal(game.statistics.jumps, 1);
  assert.equal(game.statistics.depths[20], 1);
  game.advance(ms(44));
  assert.equal(game.state.tick, 41);
  for (let tick = 44; tick < 300; tick += 1) {
    say("beat", beat({ number: tick, tick: Math.min(tick, 400) - 5, clock: tick }), ms(tick));
    game.advance(ms(tick));
  }
  assert.equal(game.state.tick, 300);
});

test("without messages from the server a prediction ends after a second", () => {
  const { game } = playing();
  game.advance(ms(200));
  assert.equal(game.state.tick, 60);
});

test("a pause drops all ticks that are not settled", () => {
  const { game, say } = playing();
  game.advance(ms(20));
  game.press(1, ms(20));
  game.advance(ms(25));
  say("snapshot", { ...newMatch(7, 5), leftKeys: 0, rightKeys: 0 }, ms(26));
  say("phase", { ...PHASE, phase: Phase.AWAY }, ms(26));
  assert.equal(game.state.tick, 0);
  assert.equal(game.isMoving, false);
  assert.equal(game.advance(ms(50)), 1);
  assert.equal(game.state.tick, 0);
});

test("the end shows the stored result, not the prediction", () => {
  const { game, say } = playing();
  game.advance(ms(40));
  const state = newMatch(7, 5);
  while (state.tick < 30) step(state, 0, 0);
  const counts = { leftLate: 0, rightLate: 0, leftRtt: 0, rightRtt: 0, delay: 2 };
  const end = {
    reason: 2,
    winner: 1,
    leftScore: 0,
    rightScore: 0,
    tick: 30,
    digest: digest(state),
  };
  say("end", { ...end, ...counts }, ms(41));
  assert.equal(game.state.tick, 30);
  assert.equal(game.statistics.differences, 0);
  assert.equal(game.isMoving, false);
});

test("a spectator sees only ticks that cannot be rewound", () => {
  const { game } = playing({ side: 0 });
  game.advance(ms(40));
  assert.equal(game.state.tick, 36);
});

test("another protocol and other rules are refused", () => {
  for (const other of [{ protocol: 2 }, { rules: 2 }]) {
    const game = new Game({ send: () => {} });
    assert.throws(() => game.receive({ name: "welcome", ...WELCOME, ...other }, 0), OtherVersion);
  }
});

test("a message before the welcome is malformed", () => {
  const game = new Game({ send: () => {} });
  assert.throws(() => game.receive({ name: "phase", ...PHASE }, 0), MalformedFrame);
});
