/** Two players and a spectator at the model server. Not a test itself. */

import { createClient } from "../../../src/ui/static/netcode/client.js";
import { COURT_HEIGHT, LEFT, NOBODY, RIGHT, UNIT } from "../../../src/ui/static/pong/court.js";
import { Line, ModelServer, seeded, World } from "./world.js";

export const FRAME_MS = 1000 / 60;

/**
 * @param {object} settings
 * @param {number} settings.seed  of the match and of all random numbers
 * @param {number} [settings.points]
 * @param {number} [settings.tripMs]  one way, the minimum
 * @param {number} [settings.jitterMs]  added at most
 * @param {number} [settings.rightTripMs]
 */
export function newMeeting({ seed, points = 5, tripMs = 30, jitterMs = 20, rightTripMs = tripMs }) {
  const world = new World();
  const server = new ModelServer(world, { seed, points });
  const chance = seeded(seed);
  const trips = { [LEFT]: tripMs, [RIGHT]: rightTripMs, [NOBODY]: tripMs };
  const delay = (side) => () => trips[side] + chance(jitterMs * 10 + 1) / 10;
  const person = (side) => newPerson(world, server, side, delay(side), seeded(seed + side + 1));
  return { world, server, left: person(LEFT), right: person(RIGHT), watcher: person(NOBODY) };
}

/** A player who follows the ball with errors, or a spectator. */
function newPerson(world, server, side, delayMs, chance) {
  const person = {
    settled: [],
    differing: 0,
    troubles: [],
    lines: [],
    end: null,
    wanted: 0,
    rests: 0,
    client: null,
  };
  person.client = createClient({
    open() {
      const line = new Line(world, server, side, delayMs);
      person.lines.push(line);
      return line;
    },
    now: () => world.nowMs,
    after: world.after,
    hand: (own, state) => decide(person, own, state, chance),
    random: () => chance(1000) / 1000,
    on: {
      settled(tick, digest, agrees) {
        person.settled.push([tick, digest]);
        if (!agrees) person.differing += 1;
      },
      end(end) {
        person.end = end;
      },
      problem: (problem) => person.troubles.push(problem),
    },
  });
  return person;
}

function decide(person, side, state, chance) {
  if (person.rests > 0) {
    person.rests -= 1;
    return person.wanted;
  }
  person.rests = 2 + chance(14);
  const y = side === LEFT ? state.leftY : state.rightY;
  const target = chance(5) === 0 ? chance(COURT_HEIGHT) * UNIT : state.ballY;
  person.wanted = Math.abs(target - y) < 20 * UNIT ? 0 : Math.sign(target - y);
  return person.wanted;
}

/** Runs frames of all three clients until the match ends, or up to a number of frames. */
export async function play({ world, left, right, watcher, server }, frames, each = () => {}) {
  for (let frame = 0; frame < frames && !(left.end && right.end); frame += 1) {
    world.pass(FRAME_MS);
    // A reconnecting client awaits a promise.
    await null;
    for (const { client } of [left, right, watcher]) client.frame();
    each(frame, { server });
  }
}
