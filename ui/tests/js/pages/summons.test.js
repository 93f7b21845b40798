import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { showSummons } from "../../../src/ui/static/js/summons.js";

const CHALLENGE = { words: "Bob challenges you.", label: "Answer", go_to: "/lobby" };
const MATCH = { words: "Your match is on.", label: "To the court", go_to: "/online/1" };

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
    dataset: { summons: "/online/calls" },
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

test("nothing is asked before something has happened", () => {
  showSummons(place, page);
  assert.deepEqual(asked, []);
});

test("what calls is said, with the way there", async () => {
  showSummons(place, page);
  happen();
  await answer([MATCH, CHALLENGE]);
  assert.equal(asked[0].url, "/online/calls");
  assert.equal(asked[0].options.headers.Accept, "application/json");
  assert.deepEqual(words(), ["Your match is on. ", "Bob challenges you. "]);
  const [, link] = place.shown[0].children;
  assert.deepEqual([link.name, link.href, link.textContent], ["a", "/online/1", "To the court"]);
});

test("what calls no more is taken away", async () => {
  showSummons(place, page);
  happen();
  await answer([CHALLENGE]);
  happen();
  await answer([]);
  assert.deepEqual(place.shown, []);
});

test("a page that shows it itself asks nobody", () => {
  showSummons(place, page);
  page.document.shown = {};
  happen();
  assert.deepEqual(asked, []);
});

test("where nobody can tell, what is said stays", async () => {
  showSummons(place, page);
  happen();
  await answer([CHALLENGE]);
  happen();
  await answer(null, { ok: false });
  happen();
  answers.at(-1).reject(new TypeError("no network"));
  await settle();
  assert.deepEqual(words(), ["Bob challenges you. "]);
});

test("a late answer to an earlier question does not count", async () => {
  showSummons(place, page);
  happen();
  happen();
  await answer([MATCH], { to: 1 });
  await answer([CHALLENGE], { to: 0 });
  assert.deepEqual(words(), ["Your match is on. "]);
});

test("after disconnecting nothing is asked any more", () => {
  showSummons(place, page)();
  happen();
  assert.deepEqual(asked, []);
});
