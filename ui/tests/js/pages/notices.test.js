import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import {
  announceLists,
  requestErrorText,
  showRequestErrors,
} from "../../../src/ui/static/js/notices.js";

let page;

/** The parts of a document that the module uses. */
function createDocument() {
  const page = new EventTarget();
  page.list = null;
  page.createElement = () => ({
    dataset: {},
    remove() {
      this.region.shown = this.region.shown.filter((each) => each !== this);
    },
  });
  page.querySelector = () => page.list;
  return page;
}

function createRegion() {
  return {
    shown: [],
    textContent: "",
    replaceChildren(...children) {
      this.shown = children;
      for (const child of children) child.region = this;
    },
  };
}

function send(name, status) {
  const event = new Event(name);
  event.detail = { ctx: status ? { response: { status } } : {} };
  page.dispatchEvent(event);
}

beforeEach(() => {
  page = createDocument();
  globalThis.document = page;
});

afterEach(() => {
  delete globalThis.document;
});

test("each failure has a message that says what to do", () => {
  assert.match(requestErrorText(undefined), /connection/);
  assert.match(requestErrorText(429), /Wait/);
  assert.match(requestErrorText(500), /reload/);
});

test("a refused request is shown in the live region", () => {
  const region = createRegion();
  showRequestErrors(region);
  send("htmx:response:error", 429);
  assert.equal(region.shown[0].textContent, requestErrorText(429));
});

test("a missing answer is shown, too", () => {
  const region = createRegion();
  showRequestErrors(region);
  send("htmx:error");
  assert.equal(region.shown[0].textContent, requestErrorText(undefined));
});

test("the next success removes the message", () => {
  const region = createRegion();
  showRequestErrors(region);
  send("htmx:response:error", 500);
  send("htmx:after:swap");
  assert.deepEqual(region.shown, []);
});

test("a notice of the page stays when a part of the page is replaced", () => {
  const region = createRegion();
  region.shown = ["Result corrected."];
  showRequestErrors(region);
  send("htmx:after:swap");
  assert.deepEqual(region.shown, ["Result corrected."]);
});

test("a longer list is announced with its length", () => {
  const region = createRegion();
  announceLists(region);
  page.list = { dataset: { counted: "matches shown" }, querySelectorAll: () => ({ length: 40 }) };
  send("htmx:after:swap");
  assert.equal(region.textContent, "40 matches shown");
});

test("no message is shown after disconnecting", () => {
  const region = createRegion();
  for (const connect of [showRequestErrors, announceLists]) connect(region)();
  send("htmx:response:error", 500);
  send("htmx:after:swap");
  assert.deepEqual(region.shown, []);
});
