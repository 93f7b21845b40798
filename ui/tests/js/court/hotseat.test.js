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

/** The page of a hotseat tournament, where a pairing of it is announced. */
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

/** The right paddle runs away, so that the match ends with a winner. */
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

test("the ticket says who plays where and to how many points; nothing is asked of anybody", async () => {
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

test("each has their own keys", async () => {
  const game = mounted();
  await startPlaying(game);
  game.page.dispatch("keydown", { code: "KeyS" });
  game.page.pass(FRAME_MS);
  await playOut(game);
  const [first, second] = game.page.requests.at(-1).body.inputs.changes;
  assert.deepEqual(first.slice(1), [1, 0]);
  assert.deepEqual(second.slice(1), [1, -1]);
});

test("once the match is in, the way on has the focus and leads to the next one", async () => {
  const game = mounted();
  await startPlaying(game);
  await playOut(game);
  assert.equal(game.data.delivery, "stored");
  assert.ok(game.element.part("again").focused > 0);
  game.element.part("again").dispatch("click");
  assert.deepEqual(game.page.location.visited, ["/tournaments/winter/hotseat"]);
  assert.equal(game.data.state, "ended");
});

test("who leaves in the middle of a match is asked first, and nobody before or after it", async () => {
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

test("a reload in the middle of a match begins it again at nought, under the same ticket", async () => {
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

test("a reload after the end shows it again and sends the match to the same pairing", async () => {
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

test("two tournaments in one tab send nothing for one another, nor do two matches of one", async () => {
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

test("leaving lets go of everything", async () => {
  const game = mounted();
  await startPlaying(game);
  game.leave();
  assert.deepEqual(game.page.held(game.element), NOTHING_HELD);
});
