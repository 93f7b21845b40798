import assert from "node:assert/strict";
import { test } from "node:test";

import { createLifetime } from "../../../src/ui/static/court/lifetime.js";
import { backoffMs, createOutbox } from "../../../src/ui/static/court/outbox.js";
import { FakePage, json, settled } from "./fake-page.js";

const MATCH = {
  matchId: "m1",
  ticket: "signed",
  inputs: { ticks: 100, changes: [[3, 1, 0]] },
  ending: { leftScore: 3, rightScore: 1 },
};

function outbox(page = new FakePage(), owner = "ada") {
  const lifetime = createLifetime(page);
  const reports = [];
  const box = createOutbox(page, lifetime, {
    url: "/play/matches",
    owner,
    report: (finished, delivery, detail) => reports.push([finished.matchId, delivery, detail]),
  });
  return { page, lifetime, box, reports };
}

const last = (reports) => reports.at(-1).slice(1);

test("a stored match is sent once and deleted", async () => {
  const { page, box, reports } = outbox();
  page.answer = () => json(200, { id: "m1" });
  box.add(MATCH);
  assert.equal(page.sessionStorage.size, 1);
  await settled();
  assert.deepEqual(reports, [
    ["m1", "sending", ""],
    ["m1", "stored", ""],
  ]);
  assert.deepEqual(
    page.requests.map(({ body }) => body),
    [{ ticket: "signed", inputs: MATCH.inputs }],
  );
  assert.equal(page.sessionStorage.size, 0);
});

test("a refused match shows the reason and is not sent again", async () => {
  const { page, box, reports } = outbox();
  page.answer = () => json(422, { code: "ends_early", detail: "Nobody has won." });
  box.add(MATCH);
  await settled();
  page.dispatch("online");
  page.pass(600_000);
  await settled();
  assert.deepEqual(last(reports), ["refused", "Nobody has won."]);
  assert.equal(page.requests.length, 1);
  assert.equal(page.sessionStorage.size, 0);
});

test("without a network the match is sent again with growing pauses", async () => {
  const { page, box, reports } = outbox();
  page.answer = () => {
    throw new TypeError("offline");
  };
  box.add(MATCH);
  await settled();
  assert.deepEqual(last(reports), ["offline", ""]);
  for (const [attempt, waitMs] of [1_000, 2_000, 4_000].entries()) {
    page.pass(waitMs - 1);
    await settled();
    assert.equal(page.requests.length, attempt + 1);
    page.pass(1);
    await settled();
    assert.equal(page.requests.length, attempt + 2);
  }
  page.answer = () => json(200, {});
  page.pass(8_000);
  await settled();
  assert.deepEqual(last(reports), ["stored", ""]);
});

test("the pause between two attempts has a maximum", () => {
  assert.equal(backoffMs(1), 1_000);
  assert.equal(backoffMs(40), 30_000);
});

test("an unavailable or busy server is tried again after its Retry-After", async () => {
  for (const status of [408, 425, 429, 500, 502, 503]) {
    const { page, box, reports } = outbox();
    page.answer = () => json(status, {}, { "Retry-After": "7" });
    box.add(MATCH);
    await settled();
    assert.deepEqual(last(reports), ["offline", ""], String(status));
    page.pass(6_999);
    await settled();
    assert.equal(page.requests.length, 1);
    page.pass(1);
    await settled();
    assert.equal(page.requests.length, 2);
  }
});

test("coming back online and the button retry at once", async () => {
  const { page, box } = outbox();
  page.answer = () => json(503, {});
  box.add(MATCH);
  await settled();
  page.dispatch("online");
  await settled();
  box.retry();
  await settled();
  assert.equal(page.requests.length, 3);
  assert.equal(page.pendingTimers, 1);
});

test("a retry during a request sends nothing twice", async () => {
  const { page, box } = outbox();
  let answer;
  page.answer = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  box.add(MATCH);
  box.retry();
  page.dispatch("online");
  assert.equal(page.requests.length, 1);
  answer(json(200, {}));
  await settled();
});

test("the next page of the tab sends an unsent match", async () => {
  const first = outbox();
  first.page.answer = () => json(503, {});
  first.box.add(MATCH);
  await settled();
  first.lifetime.end();

  const next = outbox(first.page);
  first.page.answer = () => json(200, {});
  assert.deepEqual(next.box.resume(), [MATCH]);
  await settled();
  assert.deepEqual(last(next.reports), ["stored", ""]);
  assert.equal(first.page.sessionStorage.size, 0);
});

test("another player in the same tab neither sees nor sends the match", async () => {
  const { page, box } = outbox();
  page.answer = () => json(503, {});
  box.add(MATCH);
  await settled();
  const grace = outbox(page, "grace");
  assert.deepEqual(grace.box.resume(), []);
  assert.equal(outbox(page).box.resume().length, 1);
});

test("after a sign-out the match is kept for the player", async () => {
  const { page, box, reports } = outbox();
  page.answer = () => json(401, {});
  box.add(MATCH);
  await settled();
  assert.deepEqual(last(reports), ["signed_out", ""]);
  assert.equal(page.sessionStorage.size, 1);
  assert.equal(page.pendingTimers, 0);
});

test("an answer after leaving clears the storage and is not reported", async () => {
  const { page, box, lifetime, reports } = outbox();
  let answer;
  page.answer = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  box.add(MATCH);
  lifetime.end();
  answer(json(200, {}));
  await settled();
  assert.deepEqual(reports, [["m1", "sending", ""]]);
  assert.equal(page.sessionStorage.size, 0);
});

test("leaving stops the retries and keeps the match", async () => {
  const { page, box, lifetime } = outbox();
  page.answer = () => json(503, {});
  box.add(MATCH);
  await settled();
  lifetime.end();
  page.pass(600_000);
  await settled();
  assert.equal(page.requests.length, 1);
  assert.equal(page.sessionStorage.size, 1);
  assert.equal(page.listenerCount, 0);
});

test("malformed data in the storage is ignored", () => {
  for (const text of ["{", "7", '["x"]', '[{"matchId":1}]', "[null]"]) {
    const { page, box } = outbox();
    page.sessionStorage.setItem("court-unsent:ada", text);
    assert.deepEqual(box.resume(), []);
  }
});

test("a match is sent even if the storage is full", async () => {
  const { page, box, reports } = outbox();
  page.sessionStorage.setItem = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  page.answer = () => json(200, {});
  box.add(MATCH);
  await settled();
  assert.deepEqual(last(reports), ["stored", ""]);
});
