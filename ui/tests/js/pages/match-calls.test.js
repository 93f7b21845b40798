import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { showMatchCalls } from "../../../src/ui/static/js/match-calls.js";

const CHALLENGE = { words: "Bob challenges you.", label: "Answer", go_to: "/lobby" };
const PAIRING = {
  words: "Round 2 of Winter Cup: you play Bob.",
  label: "I’m ready",
  go_to: "/tournaments/1/pairings/4",
  until: "2026-11-29T18:05:00Z",
  left: 243,
};
const MATCH = { words: "Your match has started.", label: "Go to your match", go_to: "/online/1" };

let page;
let place;
let asked;
let answers;

beforeEach(() => {
  asked = [];
  answers = [];
  page = {
    document: {
      body: new EventTarget(),
      shown: null,
      querySelector: () => page.document.shown,
      createElement: (name) => ({
        name,
        children: [],
        dataset: {},
        attributes: {},
        setAttribute(key, value) {
          this.attributes[key] = value;
        },
        append(...children) {
          this.children = children;
        },
      }),
    },
    fetch(url, options) {
      asked.push({ url, options });
      return new Promise((resolve, reject) => answers.push({ resolve, reject }));
    },
  };
  place = {
    dataset: { matchCalls: "/online/calls" },
    shown: [],
    replaceChildren(...children) {
      this.shown = children;
    },
  };
});

const happen = () => page.document.body.dispatchEvent(new Event("live:games"));
const settle = () => new Promise((resolve) => setImmediate(resolve));

async function answer(calls, { ok = true, to = answers.length - 1 } = {}) {
  answers[to].resolve({ ok, json: async () => calls });
  await settle();
}

const words = () => place.shown.map((notice) => notice.children[0]);

test("no request is sent before the first event", () => {
  showMatchCalls(place, page);
  assert.deepEqual(asked, []);
});

test("calls are shown with their links", async () => {
  showMatchCalls(place, page);
  happen();
  await answer([MATCH, CHALLENGE]);
  assert.equal(asked[0].url, "/online/calls");
  assert.equal(asked[0].options.headers.Accept, "application/json");
  assert.deepEqual(words(), ["Your match has started. ", "Bob challenges you. "]);
  const [, link] = place.shown[0].children;
  assert.deepEqual(
    [link.name, link.href, link.textContent],
    ["a", "/online/1", "Go to your match"],
  );
});

test("ended calls are removed", async () => {
  showMatchCalls(place, page);
  happen();
  await answer([CHALLENGE]);
  happen();
  await answer([]);
  assert.deepEqual(place.shown, []);
});

test("a page that shows its own calls sends no request", () => {
  showMatchCalls(place, page);
  page.document.shown = {};
  happen();
  assert.deepEqual(asked, []);
});

test("calls stay when the server does not answer", async () => {
  showMatchCalls(place, page);
  happen();
  await answer([CHALLENGE]);
  happen();
  await answer(null, { ok: false });
  happen();
  answers.at(-1).reject(new TypeError("no network"));
  await settle();
  assert.deepEqual(words(), ["Bob challenges you. "]);
});

test("a late answer to an earlier request is ignored", async () => {
  showMatchCalls(place, page);
  happen();
  happen();
  await answer([MATCH], { to: 1 });
  await answer([CHALLENGE], { to: 0 });
  assert.deepEqual(words(), ["Your match has started. "]);
});

test("no request is sent after disconnecting", () => {
  showMatchCalls(place, page)();
  happen();
  assert.deepEqual(asked, []);
});

test("a deadline is shown in local time and counted down silently", async () => {
  showMatchCalls(place, page);
  happen();
  await answer([PAIRING]);
  const [words, by, time, after, link] = place.shown[0].children;
  assert.equal(words, "Round 2 of Winter Cup: you play Bob. ");
  assert.match(by, /^Be ready by \d\d:05 \($/);
  assert.equal(time.textContent, "4:03");
  assert.equal(time.dataset.left, "243");
  assert.equal(time.attributes["aria-live"], "off");
  assert.equal(after, "). ");
  assert.equal(link.href, "/tournaments/1/pairings/4");
});
