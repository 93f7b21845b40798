import assert from "node:assert/strict";
import { test } from "node:test";
import { clock, formatMoment, localTime } from "../../../src/ui/static/js/times.js";

const time = (datetime, textContent) => ({
  datetime,
  textContent,
  getAttribute() {
    return this.datetime;
  },
});

/** A window whose observers are notified by the test. */
function createPage() {
  const watching = new Set();
  return {
    watching,
    change: () => watching.forEach((tell) => void tell()),
    MutationObserver: class {
      constructor(tell) {
        this.tell = tell;
      }

      observe() {
        watching.add(this.tell);
      }

      disconnect() {
        watching.delete(this.tell);
      }
    },
  };
}

test("a moment is shown in the reader's own time zone", () => {
  const moment = new Date("2026-11-24T23:05:00Z");
  assert.equal(formatMoment(moment, "Europe/Helsinki"), "25 Nov 2026, 01:05");
  assert.equal(formatMoment(moment, "UTC"), "24 Nov 2026, 23:05");
});

test("a time is rewritten in place", () => {
  const element = time("2026-06-01T12:00:00Z", "as the server said");
  localTime(element, createPage());
  assert.match(element.textContent, /^[12] Jun 2026, \d\d:\d\d$/);
});

test("an invalid moment keeps the server's text", () => {
  for (const broken of [null, "", "soon"]) {
    const element = time(broken, "as the server said");
    localTime(element, createPage());
    assert.equal(element.textContent, "as the server said");
  }
});

test("a time that the server overwrites becomes local again", () => {
  const page = createPage();
  const element = time("2026-06-01T12:00:00Z", "as the server said");
  const stop = localTime(element, page);
  const own = element.textContent;
  element.textContent = "1 Jun 2026, 12:00 UTC";
  page.change();
  assert.equal(element.textContent, own);
  element.datetime = "2026-06-04T12:00:00Z";
  page.change();
  assert.match(element.textContent, /^[45] Jun 2026/);
  stop();
  assert.equal(page.watching.size, 0);
});

test("remaining seconds are formatted like a clock", () => {
  assert.deepEqual([0, 9, 65, 3600].map(clock), ["0:00", "0:09", "1:05", "60:00"]);
});
