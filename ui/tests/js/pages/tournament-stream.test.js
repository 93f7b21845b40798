import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { LONGEST_RETRY_MS } from "../../../src/ui/static/js/live.js";
import {
  APART_MS,
  BETWEEN_LOOKS_MS,
  followTournament,
} from "../../../src/ui/static/js/tournament-stream.js";

let page;
let heard;
let sources;
let timers;
let time;

class FakeSource extends EventTarget {
  constructor(address) {
    super();
    this.address = address;
    this.closed = false;
    sources.push(this);
  }

  close() {
    this.closed = true;
  }

  send(name) {
    this.dispatchEvent(new Event(name));
  }
}

const last = () => sources.at(-1);
const element = { dataset: { tournamentStream: "/api/tournament/tournaments/1/events" } };

/** Advances the time and runs due timers in order. */
function pass(milliseconds) {
  time += milliseconds;
  for (const [id, { at, callback }] of [...timers].sort(([, a], [, b]) => a.at - b.at)) {
    if (at > time) continue;
    timers.delete(id);
    callback();
  }
}

beforeEach(() => {
  heard = 0;
  sources = [];
  timers = new Map();
  time = 0;
  let ids = 0;
  page = Object.assign(new EventTarget(), {
    document: { body: new EventTarget() },
    EventSource: FakeSource,
    CustomEvent: Event,
    Math: { random: () => 0.5 },
    performance: { now: () => time },
    setTimeout(callback, delayMs) {
      ids += 1;
      timers.set(ids, { at: time + delayMs, callback });
      return ids;
    },
    clearTimeout: (id) => timers.delete(id),
  });
  page.document.body.addEventListener("live:tournament", () => {
    heard += 1;
  });
});

test("a change triggers an event of the page after a short delay", () => {
  followTournament(element, page);
  assert.equal(last().address, "/api/tournament/tournaments/1/events");
  last().send("changed");
  assert.equal(heard, 0);
  pass(APART_MS);
  assert.equal(heard, 1);
});

test("many changes trigger one event", () => {
  followTournament(element, page);
  for (let change = 0; change < 50; change += 1) last().send("changed");
  pass(APART_MS + BETWEEN_LOOKS_MS);
  assert.equal(heard, 1);
});

test("a change shortly after an event triggers a second one later", () => {
  followTournament(element, page);
  last().send("changed");
  pass(APART_MS);
  last().send("changed");
  pass(APART_MS / 2);
  assert.equal(heard, 1);
  pass(BETWEEN_LOOKS_MS + APART_MS);
  assert.equal(heard, 2);
});

test("a broken stream is reopened and triggers an event for missed changes", () => {
  followTournament(element, page);
  last().send("open");
  last().send("error");
  assert.equal(last().closed, true);
  pass(LONGEST_RETRY_MS);
  assert.equal(sources.length, 2);
  last().send("open");
  pass(APART_MS);
  assert.equal(heard, 1);
});

test("a removed element closes its stream and triggers no event", () => {
  const stop = followTournament(element, page);
  last().send("changed");
  stop();
  assert.equal(last().closed, true);
  pass(APART_MS + BETWEEN_LOOKS_MS);
  assert.equal(heard, 0);
});

test("a page restored from the browser's cache reopens its stream", () => {
  followTournament(element, page);
  page.dispatchEvent(new Event("pagehide"));
  assert.equal(last().closed, true);
  page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  assert.equal(sources.length, 2);
});
