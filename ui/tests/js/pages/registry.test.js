import assert from "node:assert/strict";
import { test } from "node:test";
import { createRegistry } from "../../../src/ui/static/js/registry.js";

/** A page of elements that only know their name and whether they are on it. */
function createPage() {
  const elements = [];
  return {
    add(name) {
      const element = { name, isConnected: true };
      elements.push(element);
      return element;
    },
    remove(element) {
      element.isConnected = false;
      elements.splice(elements.indexOf(element), 1);
    },
    querySelectorAll: (selector) => elements.filter(({ name }) => name === selector),
  };
}

test("a behaviour connects to what is there already", () => {
  const page = createPage();
  page.add("court");
  page.add("net");
  const connected = [];
  createRegistry(page).behaviour("court", ({ name }) => {
    connected.push(name);
  });
  assert.deepEqual(connected, ["court"]);
});

test("a behaviour connects to what comes later, once", () => {
  const page = createPage();
  let connections = 0;
  const { behaviour, refresh } = createRegistry(page);
  behaviour("court", () => {
    connections += 1;
  });
  page.add("court");
  refresh();
  refresh();
  assert.equal(connections, 1);
});

test("a behaviour is undone when its element leaves, once", () => {
  const page = createPage();
  let undone = 0;
  const { behaviour, refresh } = createRegistry(page);
  const court = page.add("court");
  behaviour("court", () => () => {
    undone += 1;
  });
  refresh();
  assert.equal(undone, 0);
  page.remove(court);
  refresh();
  refresh();
  assert.equal(undone, 1);
});

test("fifty visits leave nothing connected", () => {
  const page = createPage();
  let open = 0;
  const { behaviour, refresh } = createRegistry(page);
  behaviour("court", () => {
    open += 1;
    return () => {
      open -= 1;
    };
  });
  for (let visit = 0; visit < 50; visit += 1) {
    const court = page.add("court");
    refresh();
    assert.equal(open, 1);
    page.remove(court);
    refresh();
  }
  assert.equal(open, 0);
});

test("an element that leaves and comes back is connected again", () => {
  const page = createPage();
  let connections = 0;
  const { behaviour, refresh } = createRegistry(page);
  behaviour("court", () => {
    connections += 1;
  });
  for (let visit = 0; visit < 2; visit += 1) {
    const court = page.add("court");
    refresh();
    page.remove(court);
    refresh();
  }
  assert.equal(connections, 2);
});

test("a behaviour that changes the page is not connected twice", () => {
  const page = createPage();
  page.add("court");
  let connections = 0;
  const { behaviour, refresh } = createRegistry(page);
  behaviour("court", () => {
    connections += 1;
    refresh();
  });
  assert.equal(connections, 1);
});
