import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { countDown } from "../../../src/ui/static/js/countdown.js";

let page;
let element;

beforeEach(() => {
  page = {
    nowMs: 5_000,
    performance: { now: () => page.nowMs },
    looks: new Map(),
    setInterval(look) {
      page.looks.set(1, look);
      return 1;
    },
    clearInterval: (id) => page.looks.delete(id),
  };
  element = { dataset: { left: "65" }, textContent: "1:05" };
});

function pass(ms) {
  page.nowMs += ms;
  for (const look of page.looks.values()) look();
}

test("the countdown starts at the server's value, whatever the time on this machine", () => {
  countDown(element, page);
  assert.equal(element.textContent, "1:05");
  pass(1_000);
  assert.equal(element.textContent, "1:04");
  pass(55_000);
  assert.equal(element.textContent, "0:09");
});

test("the countdown ends at zero", () => {
  countDown(element, page);
  pass(70_000);
  assert.equal(element.textContent, "0:00");
});

test("a new value restarts the countdown", () => {
  countDown(element, page);
  pass(10_000);
  element.dataset.left = "300";
  pass(0);
  assert.equal(element.textContent, "5:00");
  pass(1_000);
  assert.equal(element.textContent, "4:59");
});

test("a disconnected element has no timer", () => {
  countDown(element, page)();
  assert.equal(page.looks.size, 0);
});
