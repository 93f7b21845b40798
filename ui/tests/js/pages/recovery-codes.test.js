import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { mountCopy } from "../../../src/ui/static/js/copy-button.js";
import { mountPrint } from "../../../src/ui/static/js/recovery-codes.js";

let page;
let button;
let copied;
let timers;

const places = {
  "#codes": { querySelectorAll: () => [{ textContent: " aaaa " }, { textContent: "bbbb" }] },
  "#link": { value: "https://court.example/invitations/i1", querySelectorAll: () => [] },
};

const settle = () => new Promise((resolve) => setTimeout(resolve));

function createButton() {
  return Object.assign(new EventTarget(), {
    hidden: true,
    textContent: "Copy",
    dataset: { copies: "#codes", copied: "Copied" },
  });
}

beforeEach(() => {
  copied = [];
  timers = [];
  button = createButton();
  page = {
    printed: 0,
    print() {
      this.printed += 1;
    },
    navigator: { clipboard: { writeText: async (text) => copied.push(text) } },
    document: { querySelector: (selector) => places[selector] ?? null },
    setTimeout: (callback) => timers.push(callback),
    clearTimeout() {},
  };
});

test("the codes are copied one a line, and the button confirms it for a moment", async () => {
  mountCopy(button, page);
  assert.equal(button.hidden, false);
  button.dispatchEvent(new Event("click"));
  await settle();
  assert.deepEqual(copied, ["aaaa\nbbbb"]);
  assert.equal(button.textContent, "Copied");
  timers[0]();
  assert.equal(button.textContent, "Copy");
});

test("the value of a field is copied unchanged", async () => {
  button.dataset.copies = "#link";
  mountCopy(button, page);
  button.dispatchEvent(new Event("click"));
  await settle();
  assert.deepEqual(copied, ["https://court.example/invitations/i1"]);
});

test("a refused copy is not confirmed", async () => {
  page.navigator.clipboard.writeText = async () => Promise.reject(new Error("no"));
  mountCopy(button, page);
  button.dispatchEvent(new Event("click"));
  await settle();
  assert.equal(button.textContent, "Copy");
});

test("without a clipboard the button stays hidden", () => {
  page.navigator = {};
  mountCopy(button, page);
  assert.equal(button.hidden, true);
});

test("the print button prints", () => {
  mountPrint(button, page);
  button.dispatchEvent(new Event("click"));
  assert.equal(page.printed, 1);
});

test("the buttons do nothing after disconnecting", async () => {
  mountCopy(button, page)();
  mountPrint(button, page)();
  button.dispatchEvent(new Event("click"));
  await settle();
  assert.deepEqual([copied, page.printed], [[], 0]);
});
