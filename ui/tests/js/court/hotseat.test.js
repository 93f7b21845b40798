import assert from "node:assert/strict";
import { test } from "node:test";

import { mountPlay } from "../../../src/ui/static/court/play.js";
import { replay } from "../../../src/ui/static/pong/log.js";
import { FakeElement, FakePage, json, NOTHING_HELD, settled } from "./fake-page.js";

const FRAME_MS = 100;
const TICKET = {
  ticket: "signed",
  match_id: "m1",
  seed: 7,
  rules: 1,
  points: 3,
  left_name: "Ann",
  right_name: "Ben",
};

/** The page of a hotseat tournament that announces a pairing. */
function mounted({ page = new FakePage(), cup = "winter", number = 4 } = {}) {
  const element = new FakeElement();
  const pairing = `/tournaments/${cup}/pairings/${number}`;
  Object.assign(element.dataset, {
    mode: "hotseat",
    ticketsUrl: `${pairing}/ticket`,
    matchesUrl: `${pairing}/match`,
    matchUrl: "/matches/",
    nextUrl: `/tournaments/${cup}/hotseat`,
    owner: `ada ${pairing}`,
    playerName: "Ada",
  });
  page.answer = (url) => (url.endsWith("/ticket") ? json(200, TICKET) : json(200, {}));
  const leave = mountPlay(element, page);
  return { page, element, leave, data: element.dataset, pairing };
}

async function startPlaying(game) {
  game.element.part("choices").dispatch("submit");
  await settled();
  while (game.data.state === "countdown") game.page.pass(FRAME_MS);
}

/** Moves the right paddle away from the ball, so that the match ends with a winner. */
async function playOut({ page, data }) {
  page.dispatch("keydown", { code: "ArrowUp" });
  for (let frame = 0; data.state === "playing" && frame < 20_000; frame += 1) page.pass(FRAME_MS);
  await settled();
}

function leaving({ page }) {
  let asked = false;
  page.dispatch("beforeunload", {
    preventDefault() {
      asked = true;
    },
  });
  return asked;
}

test("names and points come from the ticket, and the page asks for nothing", async () => {
  const game = mounted();
  await startPlaying(game);
  assert.equal(game.page.requests[0].url, "/tournaments/winter/pairings/4/ticket");
  assert.deepEqual(game.page.requests[0].body, {});
  assert.equal(game.element.part("left-name").textContent, "Ann");
  assert.equal(game.element.part("right-name").textContent, "Ben");
  await playOut(game);
  assert.equal(game.data.state, "ended");
  assert.equal(game.element.part("headline").textContent, "Ann wins");
  const { url, body } = game.page.requests.at(-1);
  assert.equal(url, "/tournaments/winter/pairings/4/match");
  assert.equal(body.ticket, "signed");
  const outcome = replay("local", null, TICKET.seed, TICKET.points, body.inputs);
  assert.equal(game.data.leftScore, String(outcome.leftScore));
  assert.equal(outcome.leftScore, TICKET.points);
});

test("each player has their own keys", async () => {
  const game = mounted();
  await startPlaying(game);
  game.page.dispatch("keydown", { code: "KeyS" });
  game.page.pass(FRAME_MS);
  await playOut(game);
  const [first, second] = game.page.requests.at(-1).body.inputs.changes;
  assert.deepEqual(first.slice(1), [1, 0]);
  assert.deepEqual(second.slice(1), [1, -1]);
});

test("after a stored match the focused button leads to the next match", async () => {
  const game = mounted();
  await startPlaying(game);
  await playOut(game);
  assert.equal(game.data.delivery, "stored");
  assert.ok(game.element.part("again").focused > 0);
  game.element.part("again").dispatch("click");
  assert.deepEqual(game.page.location.visited, ["/tournaments/winter/hotseat"]);
  assert.equal(game.data.state, "ended");
});

test("leaving asks for confirmation only during a match", async () => {
  const game = mounted();
  assert.equal(leaving(game), false);
  await startPlaying(game);
  assert.equal(leaving(game), true);
  game.page.dispatch("keydown", { code: "Escape" });
  assert.equal(leaving(game), true);
  game.page.dispatch("keydown", { code: "Escape" });
  while (game.data.state === "countdown") game.page.pass(FRAME_MS);
  await playOut(game);
  assert.equal(leaving(game), false);
});

test("a reload during a match restarts it with the same ticket", async () => {
  const game = mounted();
  await startPlaying(game);
  game.page.dispatch("keydown", { code: "ArrowUp" });
  while (game.data.leftScore !== "1") game.page.pass(FRAME_MS);
  game.leave();
  const next = mounted({ page: game.page });
  assert.equal(next.data.state, undefined);
  await startPlaying(next);
  assert.equal(next.data.leftScore, "0");
  await playOut(next);
  const sent = next.page.requests.filter(({ url }) => url.endsWith("/match"));
  assert.deepEqual(
    sent.map(({ body }) => body.ticket),
    ["signed"],
  );
});

test("a reload after the end shows the end and sends the match to its pairing", async () => {
  const game = mounted();
  const { answer } = game.page;
  await startPlaying(game);
  game.page.answer = () => json(503, {});
  await playOut(game);
  assert.equal(game.data.delivery, "offline");
  game.leave();

  game.page.answer = answer;
  const next = mounted({ page: game.page });
  assert.equal(next.data.state, "ended");
  assert.equal(next.element.part("headline").textContent, "Ann wins");
  await settled();
  assert.equal(next.data.delivery, "stored");
  assert.equal(next.page.requests.at(-1).url, "/tournaments/winter/pairings/4/match");
});

test("an unsent match is sent only by the page of its own pairing", async () => {
  const game = mounted();
  await startPlaying(game);
  game.page.answer = () => json(503, {});
  await playOut(game);
  game.leave();
  for (const other of [{ cup: "summer" }, { number: 5 }]) {
    game.page.requests = [];
    const elsewhere = mounted({ page: game.page, ...other });
    await settled();
    assert.deepEqual(game.page.requests, []);
    elsewhere.leave();
  }
  const back = mounted({ page: game.page });
  await settled();
  assert.equal(back.data.delivery, "stored");
});

test("leaving releases everything", async () => {
  const game = mounted();
  await startPlaying(game);
  game.leave();
  assert.deepEqual(game.page.held(game.element), NOTHING_HELD);
});
