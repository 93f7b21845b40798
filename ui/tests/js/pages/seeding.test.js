import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { mountSeeding, newSeed } from "../../../src/ui/static/js/seeding.js";

let table;
let page;
let sent;

const HEIGHT = 40;
const upper = { clientY: 10 };
const lower = { clientY: 30 };

/** A row of the table, at the top of the screen. */
function row(entry, seed) {
  const element = {
    dataset: { entry, seed: String(seed) },
    closest: () => element,
    getBoundingClientRect: () => ({ top: 0, height: HEIGHT }),
  };
  return element;
}

const header = { dataset: {}, closest: () => null };

function happen(name, target, at = upper) {
  const dataTransfer = { setData() {} };
  const event = Object.assign(new Event(name, { cancelable: true }), { dataTransfer, ...at });
  Object.defineProperty(event, "target", { value: target });
  table.dispatchEvent(event);
  return event;
}

function drag(from, to, at) {
  happen("dragstart", from);
  const hovered = happen("dragover", to, at);
  happen("drop", to, at);
  happen("dragend", from);
  return hovered.defaultPrevented;
}

beforeEach(() => {
  sent = [];
  table = Object.assign(new EventTarget(), { dataset: { seeding: "#seeding" } });
  const form = {
    children: [],
    append(child) {
      this.children.push(child);
    },
    requestSubmit({ name, value }) {
      sent.push({ name, value });
    },
  };
  page = {
    form,
    document: {
      querySelector: (selector) => (selector === "#seeding" ? form : null),
      createElement: () => ({
        remove() {
          form.children = form.children.filter((child) => child !== this);
        },
      }),
    },
  };
});

test("a row that is dropped above another takes its seed", () => {
  mountSeeding(table, page);
  assert.equal(drag(row("e", 5), row("b", 2), upper), true);
  assert.deepEqual(sent, [{ name: "move", value: "e:2" }]);
  assert.deepEqual(page.form.children, []);
});

test("a row that is dropped below another follows it", () => {
  mountSeeding(table, page);
  drag(row("e", 5), row("b", 2), lower);
  drag(row("a", 1), row("d", 4), lower);
  assert.deepEqual(
    sent.map(({ value }) => value),
    ["e:3", "a:4"],
  );
});

test("a row that keeps its position sends nothing", () => {
  mountSeeding(table, page);
  drag(row("b", 2), row("b", 2), upper);
  drag(row("b", 2), row("a", 1), lower);
  drag(row("b", 2), row("c", 3), upper);
  assert.deepEqual(sent, []);
});

test("a row cannot be dropped on a header", () => {
  mountSeeding(table, page);
  assert.equal(drag(row("b", 2), header), false);
  assert.equal(happen("dragover", row("a", 1)).defaultPrevented, false);
  assert.deepEqual(sent, []);
});

test("the drop position is marked during a drag only", () => {
  mountSeeding(table, page);
  const [dragged, first, second] = [row("c", 3), row("a", 1), row("b", 2)];
  happen("dragstart", dragged);
  happen("dragover", first, upper);
  assert.equal(first.dataset.drop, "before");
  happen("dragover", second, lower);
  assert.equal("drop" in first.dataset, false);
  assert.equal(second.dataset.drop, "after");
  happen("dragend", dragged);
  assert.equal("drop" in second.dataset, false);
  assert.equal("dragged" in dragged.dataset, false);
});

test("a disconnected table ignores drags", () => {
  mountSeeding(table, page)();
  drag(row("e", 5), row("b", 2), upper);
  assert.deepEqual(sent, []);
});

test("a new seed ignores the moved row's old place", () => {
  assert.equal(newSeed(1, 3, false), 2);
  assert.equal(newSeed(1, 3, true), 3);
  assert.equal(newSeed(3, 1, false), 1);
  assert.equal(newSeed(3, 1, true), 2);
});
