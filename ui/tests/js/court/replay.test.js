import assert from "node:assert/strict";
import { test } from "node:test";

import { createMatch } from "../../../src/ui/static/court/match.js";
import { mountReplay } from "../../../src/ui/static/court/replay.js";
import { FakeElement, FakePage, json, NOTHING_HELD, settled } from "./fake-page.js";

const SETTINGS = { mode: "ai", level: "normal", seed: 11, points: 3 };
const FRAME_MS = 100;

function recorded() {
  const match = createMatch(SETTINGS);
  while (!match.isOver) match.advance((Math.floor(match.state.tick / 20) % 3) - 1, 0);
  const { mode, ...settings } = SETTINGS;
  return { ...settings, rules: 1, record: { mode }, inputs: match.log(), final: match.state };
}

const RECORDED = recorded();

async function mounted(
  answer = () => json(200, RECORDED),
  page = new FakePage(),
  element = new FakeElement(),
) {
  element.dataset.replayUrl = "/matches/m1/replay";
  page.answer = answer;
  const leave = mountReplay(element, page);
  await settled();
  const click = (role) => element.part(role).dispatch("click");
  const key = (code) => element.dispatch("keydown", { code, target: { tagName: "DIV", type: "" } });
  return { page, element, leave, click, key, data: element.dataset };
}

function recorder(draw) {
  const ink = { actualBoundingBoxLeft: 0, actualBoundingBoxRight: 10 };
  return { fillRect: (...box) => draw(box), fillText() {}, measureText: () => ink };
}

function playOut({ page, data }) {
  for (let frame = 0; data.state === "playing" && frame < 20_000; frame += 1) page.pass(FRAME_MS);
}

test("a replay starts paused, with a mark for each point", async () => {
  const { element, data } = await mounted();
  const { leftScore, rightScore } = RECORDED.final;
  assert.equal(data.state, "paused");
  assert.equal(data.leftScore + data.rightScore, "00");
  assert.equal(element.part("seek").max, String(RECORDED.inputs.ticks));
  assert.equal(element.part("marks").children.length, leftScore + rightScore);
  assert.equal(element.part("points").children.length, leftScore + rightScore);
});

test("a replay ends with the recorded score", async () => {
  const replay = await mounted();
  replay.click("toggle");
  assert.equal(replay.data.state, "playing");
  playOut(replay);
  assert.equal(replay.data.state, "ended");
  assert.equal(replay.data.leftScore, String(RECORDED.final.leftScore));
  assert.equal(replay.data.rightScore, String(RECORDED.final.rightScore));
  assert.equal(replay.page.pendingFrames, 0);
});

test("a forfeited match is replayed up to the forfeit", async () => {
  const ticks = 200;
  const changes = RECORDED.inputs.changes.filter(([tick]) => tick < ticks);
  const online = {
    ...RECORDED,
    level: null,
    record: { mode: "online", forfeited_by: "right" },
    inputs: { ticks, changes },
  };
  const replay = await mounted(() => json(200, online));
  replay.click("toggle");
  playOut(replay);
  assert.equal(replay.data.state, "ended");
  assert.equal(replay.element.part("seek").max, String(ticks));
});

test("a jump to the end and back shows the score at each position", async () => {
  const { element, data } = await mounted();
  const seek = element.part("seek");
  seek.value = seek.max;
  seek.dispatch("input");
  assert.equal(data.rightScore, String(RECORDED.final.rightScore));
  seek.value = "0";
  seek.dispatch("input");
  assert.equal(data.leftScore + data.rightScore, "00");
});

test("a jump draws the same court from either direction", async () => {
  const drawnAfter = async (...ticks) => {
    const element = new FakeElement();
    let drawn = [];
    element.part("court").getContext = () => recorder((box) => drawn.push(box));
    const { element: shown } = await mounted(undefined, undefined, element);
    for (const tick of ticks) {
      drawn = [];
      shown.part("seek").value = String(tick);
      shown.part("seek").dispatch("input");
    }
    return drawn;
  };
  const end = RECORDED.inputs.ticks;
  assert.deepEqual(await drawnAfter(100), await drawnAfter(end, 100));
  assert.notDeepEqual(await drawnAfter(100), await drawnAfter(0));
});

test("at the end the button replays from the start", async () => {
  const replay = await mounted();
  replay.click("toggle");
  playOut(replay);
  assert.equal(replay.element.part("toggle").textContent, "Watch again");
  replay.click("toggle");
  replay.page.pass(FRAME_MS);
  replay.page.pass(FRAME_MS);
  assert.equal(replay.data.leftScore + replay.data.rightScore, "00");
  assert.equal(replay.data.state, "playing");
});

test("keys pause and jump five seconds, within the match", async () => {
  const { element, key, data } = await mounted();
  key("ArrowRight");
  assert.equal(element.part("seek").value, "300");
  key("ArrowLeft");
  key("ArrowLeft");
  assert.equal(element.part("seek").value, "0");
  key("Space");
  assert.equal(data.state, "playing");
  key("KeyK");
  assert.equal(data.state, "paused");
});

test("a point in the list starts the replay shortly before it", async () => {
  const { element, data } = await mounted();
  const [item] = element.part("points").children.slice(-1);
  item.children[0].dispatch("click");
  const total = Number(data.leftScore) + Number(data.rightScore);
  assert.equal(total, RECORDED.final.leftScore + RECORDED.final.rightScore - 1);
});

test("fourfold speed takes a quarter of the time", async () => {
  const frames = async (speed) => {
    const replay = await mounted();
    replay.element.part("speeds").dispatch("change", { target: { value: speed } });
    replay.click("toggle");
    let count = 0;
    for (; replay.data.state === "playing"; count += 1) replay.page.pass(FRAME_MS);
    return count;
  };
  const [once, fourfold] = [await frames("1"), await frames("4")];
  assert.ok(Math.abs(once / 4 - fourfold) <= 2, `${once} and ${fourfold} frames`);
});

test("other rules, an invalid log and a missing match each have a message", async () => {
  const broken = { ...RECORDED, inputs: { ticks: 5, changes: [] } };
  const cases = [
    [() => json(200, { ...RECORDED, rules: 99 }), /older rules/],
    [() => json(404, {}), /couldn’t load the replay/],
    [() => json(200, broken), /couldn’t load the replay/],
  ];
  for (const [answer, sentence] of cases) {
    const { element, data } = await mounted(answer);
    assert.equal(data.state, "failed");
    assert.match(element.part("message").textContent, sentence);
  }
});

test("fifty visits leave nothing behind", async () => {
  const page = new FakePage();
  const elements = [];
  for (let visit = 0; visit < 50; visit += 1) {
    const replay = await mounted(() => json(200, RECORDED), page);
    elements.push(replay.element);
    if (visit % 2) replay.click("toggle");
    replay.leave();
    assert.deepEqual(page.held(...elements), NOTHING_HELD);
  }
});

test("leaving before the match is loaded shows nothing and releases everything", async () => {
  const page = new FakePage();
  const element = new FakeElement();
  page.answer = () => json(200, RECORDED);
  mountReplay(element, page)();
  await settled();
  assert.equal(element.dataset.state, undefined);
  assert.deepEqual(page.held(element), NOTHING_HELD);
});
