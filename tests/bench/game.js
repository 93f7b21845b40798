// Prints ticks per second of the JavaScript twin, as JSON for tests/bench/game.py.
import { chooseKey, newAi } from "../../ui/src/ui/static/pong/ai.js";
import { newMatch, step } from "../../ui/src/ui/static/pong/engine.js";

const POINTS = 21;
const MATCHES = 40;
const REPETITIONS = 5;
const LEFT = 1;
const RIGHT = 2;

function play(withComputer) {
  let ticks = 0;
  for (let seed = 0; seed < MATCHES; seed += 1) {
    const state = newMatch(seed, POINTS);
    const left = newAi("normal", seed + 1, LEFT);
    const right = newAi("normal", seed, RIGHT);
    while (state.winner === 0) {
      if (withComputer) step(state, chooseKey(left, state), chooseKey(right, state));
      else step(state, ((state.tick >> 5) % 3) - 1, ((state.tick >> 6) % 3) - 1);
    }
    ticks += state.tick;
  }
  return ticks;
}

function speed(withComputer) {
  let best = 0;
  for (let i = 0; i < REPETITIONS; i += 1) {
    const started = process.hrtime.bigint();
    const ticks = play(withComputer);
    best = Math.max(best, ticks / (Number(process.hrtime.bigint() - started) / 1e9));
  }
  return best;
}

console.log(
  JSON.stringify({ "steps alone": speed(false), "with the computer on both sides": speed(true) }),
);
