import assert from "node:assert/strict";
import { test } from "node:test";

import { mountOnline } from "../../../src/ui/static/court/online.js";
import { mountWatch } from "../../../src/ui/static/court/watch.js";
import { LEFT, NOBODY, RIGHT } from "../../../src/ui/static/pong/court.js";
import { Line, ModelServer, seeded, World } from "../netcode/world.js";
import { FakeElement, FakePage, json, NOTHING_HELD, settled } from "./fake-page.js";

const FRAME_MS = 1000 / 60;
const TRIP_MS = 20;
const RUNNING = { state: "running", go_to: "/online/m1" };

/** Ada on the left and Bob on the right, each with their own page, at one server. */
function newMeeting(seed = 5) {
  const world = new World();
  const server = new ModelServer(world, { seed, points: 3 });
  const pages = [];
  const open = (mount, side, urlName) => {
    const page = new FakePage();
    page.answer = () => json(200, RUNNING);
    page.WebSocket = class extends Line {
      constructor(url) {
        super(world, server, side, () => TRIP_MS);
        page.sockets = [...(page.sockets ?? []), url];
      }
    };
    const element = new FakeElement();
    Object.assign(element.dataset, {
      [urlName]: "/api/tournament/matches/m1/play",
      matchUrl: "/matches/m1",
      stateUrl: "/online/m1/state",
      leftName: "Ada",
      rightName: "Bob",
    });
    element.part("resign-dialog").showModal = function showModal() {
      this.open = true;
    };
    element.part("resign-dialog").close = function close() {
      this.open = false;
    };
    const leave = mount(element, page);
    pages.push(page);
    return {
      page,
      element,
      leave,
      data: element.dataset,
      text: (role) => element.part(role).textContent,
    };
  };
  return {
    world,
    server,
    pages,
    player: (side) => open(mountOnline, side, "playUrl"),
    watcher: () => open(mountWatch, NOBODY, "watchUrl"),
  };
}

async function pass({ world, pages }, ms) {
  for (let passed = 0; passed < ms; passed += FRAME_MS) {
    world.pass(FRAME_MS);
    for (const page of pages) page.pass(FRAME_MS);
    await settled();
  }
}

async function bothPlaying(seed) {
  const meeting = newMeeting(seed);
  const ada = meeting.player(LEFT);
  const bob = meeting.player(RIGHT);
  await pass(meeting, 3_300);
  return { meeting, ada, bob };
}

test("the first player waits for the other by name", async () => {
  const meeting = newMeeting();
  const ada = meeting.player(LEFT);
  assert.equal(ada.data.state, "connecting");
  await pass(meeting, 200);
  assert.equal(ada.data.state, "waiting");
  assert.equal(ada.text("phase"), "Waiting for Bob");
  assert.deepEqual(ada.page.sockets, ["wss://court.example/api/tournament/matches/m1/play"]);
});

test("both players see the countdown and play", async () => {
  const meeting = newMeeting();
  const ada = meeting.player(LEFT);
  const bob = meeting.player(RIGHT);
  await pass(meeting, 500);
  for (const { data } of [ada, bob]) assert.equal(data.state, "countdown");
  assert.equal(ada.text("countdown"), "3");
  await pass(meeting, 2_800);
  for (const { data } of [ada, bob]) assert.equal(data.state, "playing");
  assert.equal(ada.text("countdown"), "");
  assert.equal(ada.text("left-rtt"), "40");
  assert.equal(ada.text("delay"), "50 ms");
});

for (const [name, side] of [
  ["left", LEFT],
  ["right", RIGHT],
]) {
  test(`either pair of keys moves the ${name} paddle of the player on the ${name}`, async () => {
    const { meeting, ada, bob } = await bothPlaying();
    const { page } = side === LEFT ? ada : bob;
    for (const code of ["KeyS", "ArrowDown"]) {
      page.dispatch("keydown", { code });
      await pass(meeting, 300);
      page.dispatch("keyup", { code });
      await pass(meeting, 300);
    }
    const pressed = meeting.server.played.filter((keys) => keys[side - 1] === 1).length;
    assert.ok(pressed > 30 && pressed < 42, String(pressed));
    assert.ok(meeting.server.played.every((keys) => keys[2 - side] === 0));
  });
}

test("a tap between two frames is not lost", async () => {
  const { meeting, ada } = await bothPlaying();
  ada.page.dispatch("keydown", { code: "KeyW" });
  ada.page.dispatch("keyup", { code: "KeyW" });
  await pass(meeting, 300);
  assert.equal(meeting.server.played.filter(([left]) => left === -1).length, 1);
});

test("losing the focus releases every key", async () => {
  const { meeting, ada } = await bothPlaying();
  ada.page.dispatch("keydown", { code: "KeyW" });
  await pass(meeting, 100);
  ada.page.dispatch("blur");
  await pass(meeting, 200);
  assert.equal(meeting.server.played.at(-1)[0], 0);
});

test("a finger moves the paddle to its position", async () => {
  const { meeting, ada } = await bothPlaying();
  const pad = ada.element.querySelector("[data-pad]");
  pad.dispatch("pointerdown", { pointerId: 1, button: 0, clientX: 0, clientY: 100 });
  await pass(meeting, 1_000);
  const { leftY } = meeting.server.state;
  assert.ok(Math.abs(leftY - 100 * 256) <= 3 * 7 * 256);
});

test("the end shows the score, round trips and late keys of both players", async () => {
  const { meeting, ada, bob } = await bothPlaying();
  for (let seconds = 0; ada.data.state !== "ended" && seconds < 120; seconds += 1) {
    await pass(meeting, 1_000);
  }
  const { state } = meeting.server;
  const winner = state.winner === LEFT ? ada : bob;
  const loser = state.winner === LEFT ? bob : ada;
  assert.equal(winner.text("headline"), "You win");
  assert.equal(loser.text("headline"), `${state.winner === LEFT ? "Ada" : "Bob"} wins`);
  assert.equal(ada.data.leftScore, String(state.leftScore));
  assert.equal(ada.data.winner, state.winner === LEFT ? "left" : "right");
  assert.equal(ada.text("end-left-rtt"), "40");
  assert.equal(ada.text("end-right-late"), "0");
  assert.equal(ada.page.pendingFrames, 0);
});

test("a lost connection is reported, renews the session and reconnects", async () => {
  const { meeting, ada, bob } = await bothPlaying();
  meeting.server.drop(RIGHT, 1006);
  await pass(meeting, 60);
  assert.equal(ada.data.state, "paused");
  assert.equal(ada.text("phase"), "Bob is away");
  assert.equal(bob.text("phase"), "Connection lost");
  await pass(meeting, 1_000);
  assert.equal(bob.page.requests[0].url, "/online/m1/state");
  assert.equal(bob.data.state, "countdown");
  await pass(meeting, 3_000);
  assert.equal(bob.data.state, "playing");
  assert.equal(ada.data.state, "playing");
});

test("a player who returns after the end is redirected to the match", async () => {
  const { meeting, bob } = await bothPlaying();
  bob.page.answer = () => json(200, { state: "finished", go_to: "/matches/m1" });
  meeting.server.drop(RIGHT, 1006);
  await pass(meeting, 1_000);
  assert.deepEqual(bob.page.location.visited, ["/matches/m1"]);
  assert.equal(bob.page.sockets.length, 1);
});

test("a player who was signed out is told so", async () => {
  const { meeting, bob } = await bothPlaying();
  bob.page.answer = () => json(401, {});
  meeting.server.drop(RIGHT, 1006);
  await pass(meeting, 1_000);
  assert.equal(bob.data.state, "problem");
  assert.equal(bob.data.problem, "signed_out");
  assert.equal(bob.element.part("reload").hidden, false);
});

test("a request without an answer is repeated", async () => {
  const { meeting, bob } = await bothPlaying();
  let asked = 0;
  bob.page.answer = () => {
    asked += 1;
    if (asked === 1) throw new TypeError("no network");
    return json(asked === 2 ? 502 : 200, RUNNING);
  };
  meeting.server.drop(RIGHT, 1006);
  await pass(meeting, 6_000);
  assert.equal(asked, 3);
  assert.equal(bob.data.state, "playing");
});

test("another window takes over, and this window can take the match back", async () => {
  const { meeting, ada } = await bothPlaying();
  const other = meeting.player(LEFT);
  await pass(meeting, 500);
  assert.equal(ada.data.problem, "taken_over");
  assert.equal(ada.text("phase"), "Open in another window");
  assert.equal(ada.element.part("take-back").hidden, false);
  assert.equal(ada.element.part("reload").hidden, true);
  assert.equal(ada.page.pendingFrames, 0);
  ada.element.part("take-back").dispatch("click");
  await pass(meeting, 4_000);
  assert.equal(ada.data.state, "playing");
  assert.equal(other.data.problem, "taken_over");
});

test("resigning asks for confirmation", async () => {
  const { meeting, ada, bob } = await bothPlaying();
  ada.element.part("resign").dispatch("click");
  assert.equal(ada.element.part("resign-dialog").open, true);
  ada.element.part("resign-cancel").dispatch("click");
  await pass(meeting, 200);
  assert.equal(ada.data.state, "playing");
  ada.element.part("resign-confirm").dispatch("click");
  await pass(meeting, 200);
  assert.equal(bob.text("headline"), "You win");
  assert.equal(ada.data.reason, "forfeit");
});

test("a spectator sees the match and has no paddle", async () => {
  const { meeting, ada } = await bothPlaying();
  const eve = meeting.watcher();
  await pass(meeting, 500);
  assert.equal(eve.data.state, "playing");
  eve.page.dispatch("keydown", { code: "KeyW" });
  for (let seconds = 0; eve.data.state !== "ended" && seconds < 120; seconds += 1) {
    await pass(meeting, 1_000);
  }
  assert.deepEqual(
    meeting.server.closed.filter(([side]) => side === NOBODY),
    [[NOBODY, 1000]],
  );
  assert.match(eve.text("headline"), /^(Ada|Bob) wins$/);
  assert.equal(eve.text("headline") === "Ada wins", ada.data.winner === "left");
});

test("leaving releases everything", async () => {
  const { meeting, ada, bob } = await bothPlaying();
  const eve = meeting.watcher();
  await pass(meeting, 200);
  for (const { page, element, leave } of [ada, bob, eve]) {
    leave();
    assert.deepEqual(page.held(element), NOTHING_HELD);
  }
});

test("leaving before the first message releases everything", () => {
  const meeting = newMeeting(seeded(1)(9));
  const { page, element, leave } = meeting.player(LEFT);
  leave();
  assert.deepEqual(page.held(element), NOTHING_HELD);
});
