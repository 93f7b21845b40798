import assert from "node:assert/strict";
import { test } from "node:test";

import { COUNTDOWN_TICKS, mountPlay } from "../../../src/ui/static/court/play.js";
import { replay } from "../../../src/ui/static/pong/log.js";
import { FakeElement, FakePage, json, NOTHING_HELD, settled } from "./fake-page.js";

const TICKET = { ticket: "signed", match_id: "m1", seed: 7, rules: 1 };
const FRAME_MS = 100;

function mounted({ mode = "ai", page = new FakePage() } = {}) {
  const element = new FakeElement();
  Object.assign(element.dataset, {
    mode,
    ticketsUrl: "/play/tickets",
    matchesUrl: "/play/matches",
    matchUrl: "/matches/",
    owner: "ada",
    playerName: "Ada",
  });
  page.answer = (url) => (url === "/play/tickets" ? json(201, TICKET) : json(200, { id: "m1" }));
  const leave = mountPlay(element, page);
  return { page, element, leave, data: element.dataset };
}

async function start(game) {
  game.element.part("choices").dispatch("submit");
  await settled();
}

async function startPlaying(game) {
  await start(game);
  while (game.data.state === "countdown") game.page.pass(FRAME_MS);
}

/** Lets the match run to its end; the left player does not move. */
function playOut({ page, data }) {
  for (let frame = 0; data.state === "playing" && frame < 5_000; frame += 1) page.pass(FRAME_MS);
}

test("a start requests a ticket and counts down three seconds", async () => {
  const game = mounted();
  await start(game);
  assert.equal(game.data.state, "countdown");
  assert.deepEqual(game.page.requests[0].body, { mode: "ai", level: "easy", points: 3 });
  game.page.pass(FRAME_MS);
  game.page.pass(FRAME_MS);
  assert.equal(game.element.part("countdown").textContent, "3");
  for (let ms = 200; ms < (COUNTDOWN_TICKS / 60) * 1_000; ms += FRAME_MS) {
    assert.equal(game.data.state, "countdown");
    game.page.pass(FRAME_MS);
  }
  game.page.pass(FRAME_MS);
  assert.equal(game.data.state, "playing");
});

test("a match at one keyboard has an opponent's name and no level", async () => {
  const game = mounted({ mode: "local" });
  await start(game);
  const { body } = game.page.requests[0];
  assert.deepEqual(body, { mode: "local", points: 3, opponent_name: "Grace" });
  assert.equal(game.element.part("right-name").textContent, "Grace");
});

test("a finished match is sent as a log that replays to the displayed score", async () => {
  const game = mounted();
  await startPlaying(game);
  game.page.dispatch("keydown", { code: "KeyS" });
  game.page.pass(FRAME_MS);
  game.page.dispatch("keyup", { code: "KeyS" });
  playOut(game);
  await settled();
  assert.equal(game.data.state, "ended");
  assert.equal(game.data.delivery, "stored");
  const { ticket, inputs } = game.page.requests.at(-1).body;
  assert.equal(ticket, "signed");
  assert.equal(inputs.changes.length, 2);
  const outcome = replay("ai", "easy", TICKET.seed, 3, inputs);
  assert.equal(game.data.leftScore, String(outcome.leftScore));
  assert.equal(game.data.rightScore, String(outcome.rightScore));
  assert.equal(game.element.part("match-link").href, "/matches/m1");
});

test("a refused match shows the reason and the ID to quote", async () => {
  const game = mounted();
  await startPlaying(game);
  game.page.answer = () => json(422, { detail: "Nobody has won." });
  playOut(game);
  await settled();
  assert.equal(game.data.delivery, "refused");
  assert.equal(game.element.part("refusal").textContent, "Nobody has won.");
  assert.equal(game.element.part("match-id").textContent, "m1");
});

test("a pause stops the match, focuses the resume button and releases every key", async () => {
  const game = mounted();
  await startPlaying(game);
  game.page.dispatch("keydown", { code: "KeyW" });
  game.page.dispatch("keydown", { code: "Escape" });
  assert.equal(game.data.state, "paused");
  assert.equal(game.page.pendingFrames, 0);
  assert.equal(game.element.part("resume").focused, 1);
  game.element.part("resume").dispatch("click");
  assert.equal(game.data.state, "countdown");
});

test("a key held into a pause is released after it", async () => {
  const game = mounted();
  await startPlaying(game);
  game.page.dispatch("keydown", { code: "KeyW" });
  game.page.pass(FRAME_MS);
  game.page.dispatch("keydown", { code: "Escape" });
  game.page.dispatch("keydown", { code: "Escape" });
  while (game.data.state === "countdown") game.page.pass(FRAME_MS);
  playOut(game);
  await settled();
  const directions = game.page.requests.at(-1).body.inputs.changes.map(([, left]) => left);
  assert.deepEqual(directions, [-1, 0]);
});

test("time during a pause is not played", async () => {
  const game = mounted();
  await startPlaying(game);
  game.page.dispatch("keydown", { code: "Escape" });
  game.page.pass(3_600_000);
  game.page.dispatch("keydown", { code: "Escape" });
  while (game.data.state === "countdown") game.page.pass(FRAME_MS);
  playOut(game);
  await settled();
  const untouched = mounted();
  await startPlaying(untouched);
  playOut(untouched);
  await settled();
  assert.deepEqual(game.page.requests.at(-1).body, untouched.page.requests.at(-1).body);
});

test("a hidden or unfocused page pauses, also during the countdown", async () => {
  const hide = ({ page }) => {
    page.document.hidden = true;
    page.document.dispatch("visibilitychange");
  };
  for (const lookAway of [
    hide,
    ({ page }) => page.dispatch("blur"),
    ({ page }) => page.dispatch("pagehide"),
  ]) {
    for (const reach of [start, startPlaying]) {
      const game = mounted();
      await reach(game);
      lookAway(game);
      assert.equal(game.data.state, "paused");
    }
  }
});

test("a page with outdated rules asks for a reload and starts no match", async () => {
  const game = mounted();
  game.page.answer = () => json(201, { ...TICKET, rules: 99 });
  await start(game);
  assert.equal(game.data.state, "choose");
  assert.equal(game.data.problem, "reload");
});

test("signed out, unreachable and refused starts each have a message", async () => {
  const offline = () => {
    throw new TypeError("offline");
  };
  const cases = [
    [() => json(401, {}), "sign_in", /signed out/],
    [offline, "other", /can’t reach the server/],
    [() => json(400, { detail: "The name is too long." }), "other", /name is too long/],
    [() => new Response("oops", { status: 502 }), "other", /couldn’t start the match/],
  ];
  for (const [answer, problem, sentence] of cases) {
    const game = mounted();
    game.page.answer = answer;
    await start(game);
    assert.equal(game.data.state, "choose");
    assert.equal(game.data.problem, problem);
    assert.match(game.element.part("message").textContent, sentence);
  }
});

test("a second start requests no second ticket", async () => {
  const game = mounted();
  game.element.part("choices").dispatch("submit");
  game.element.part("choices").dispatch("submit");
  await settled();
  assert.equal(game.page.requests.length, 1);
});

test("a reload after an unsent match shows its end and sends it", async () => {
  const game = mounted();
  const { answer } = game.page;
  await startPlaying(game);
  game.page.answer = () => json(503, {});
  playOut(game);
  await settled();
  assert.equal(game.data.delivery, "offline");
  game.leave();

  game.page.answer = answer;
  const next = mounted({ page: game.page });
  assert.equal(next.data.state, "ended");
  assert.equal(next.data.rightScore, game.data.rightScore);
  const { leftScore, rightScore } = game.data;
  assert.deepEqual(next.element.part("court").painted.slice(-2), [leftScore, rightScore]);
  assert.match(
    next.element.part("facts").textContent,
    new RegExp(`^${leftScore} – ${rightScore} in `),
  );
  await settled();
  assert.equal(next.data.delivery, "stored");
});

test("the again button repeats the settings, or asks for a missing name first", async () => {
  const game = mounted({ mode: "local" });
  await startPlaying(game);
  playOut(game);
  await settled();
  game.element.part("choices").valid = false;
  game.element.part("again").dispatch("click");
  assert.equal(game.data.state, "choose");
  game.element.part("choices").valid = true;
  await start(game);
  assert.equal(game.data.state, "countdown");
});

test("the score is announced after every point", async () => {
  const game = mounted();
  await startPlaying(game);
  while (game.data.rightScore === "0" && game.data.leftScore === "0") game.page.pass(FRAME_MS);
  assert.match(game.element.part("announcer").textContent, /^Ada \d, Computer, easy \d$/);
});

test("the sound button shows whether sound is on", () => {
  const game = mounted();
  assert.equal(game.element.part("sound").attributes["aria-pressed"], "true");
  game.element.part("sound").dispatch("click");
  assert.equal(game.element.part("sound").attributes["aria-pressed"], "false");
});

test("fifty visits that end in different states leave nothing behind", async () => {
  const page = new FakePage();
  const elements = [];
  const ways = [
    async () => {},
    start,
    startPlaying,
    async (game) => {
      await startPlaying(game);
      game.page.dispatch("keydown", { code: "Escape" });
    },
    async (game) => {
      await startPlaying(game);
      playOut(game);
      await settled();
    },
  ];
  for (let visit = 0; visit < 50; visit += 1) {
    const game = mounted({ page });
    elements.push(game.element);
    await ways[visit % ways.length](game);
    game.leave();
    assert.deepEqual(page.held(...elements), NOTHING_HELD, `visit ${visit}`);
  }
  assert.equal(page.sessionStorage.size, 0);
});

test("leaving while the ticket is requested starts no match", async () => {
  const game = mounted();
  game.element.part("choices").dispatch("submit");
  game.leave();
  await settled();
  assert.deepEqual(game.page.held(game.element), NOTHING_HELD);
  assert.equal(game.page.requests[0].options.signal.aborted, true);
});
