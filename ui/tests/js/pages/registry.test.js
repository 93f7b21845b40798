import assert from "node:assert/strict";
import { test } from "node:test";
import { createRegistry } from "../../../src/ui/static/js/registry.js";

/** A page of elements with a name and a connected state. */
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

/** A registry with a behaviour for courts, which counts how often the behaviour was loaded. */
function registryOf(page, connect) {
  const loads = { count: 0 };
  const registry = createRegistry(page, {
    async court() {
      loads.count += 1;
      return connect;
    },
  });
  return { ...registry, loads };
}

test("a behaviour connects to existing elements", async () => {
  const page = createPage();
  page.add("court");
  page.add("net");
  const connected = [];
  const { refresh, loaded } = registryOf(page, ({ name }) => {
    connected.push(name);
  });
  refresh();
  await loaded();
  assert.deepEqual(connected, ["court"]);
});

test("a behaviour is loaded once, and only when an element needs it", async () => {
  const page = createPage();
  const { refresh, loaded, loads } = registryOf(page, () => {});
  refresh();
  await loaded();
  assert.equal(loads.count, 0);
  page.add("court");
  refresh();
  refresh();
  await loaded();
  page.add("court");
  refresh();
  assert.equal(loads.count, 1);
});

test("a behaviour connects to a later element at once and only once", async () => {
  const page = createPage();
  let connections = 0;
  const { refresh, loaded } = registryOf(page, () => {
    connections += 1;
  });
  page.add("court");
  refresh();
  await loaded();
  assert.equal(connections, 1);
  page.add("court");
  refresh();
  refresh();
  assert.equal(connections, 2);
});

test("an element that is removed while its behaviour is loaded is not connected", async () => {
  const page = createPage();
  let connections = 0;
  const { refresh, loaded } = registryOf(page, () => {
    connections += 1;
  });
  const court = page.add("court");
  refresh();
  page.remove(court);
  await loaded();
  assert.equal(connections, 0);
});

test("a behaviour is disconnected once when its element is removed", async () => {
  const page = createPage();
  let undone = 0;
  const { refresh, loaded } = registryOf(page, () => () => {
    undone += 1;
  });
  const court = page.add("court");
  refresh();
  await loaded();
  assert.equal(undone, 0);
  page.remove(court);
  refresh();
  refresh();
  assert.equal(undone, 1);
});

test("fifty visits leave nothing connected", async () => {
  const page = createPage();
  let open = 0;
  const { refresh, loaded } = registryOf(page, () => {
    open += 1;
    return () => {
      open -= 1;
    };
  });
  for (let visit = 0; visit < 50; visit += 1) {
    const court = page.add("court");
    refresh();
    await loaded();
    assert.equal(open, 1);
    page.remove(court);
    refresh();
  }
  assert.equal(open, 0);
});

test("an element that is removed and added again is connected again", async () => {
  const page = createPage();
  let connections = 0;
  const { refresh, loaded } = registryOf(page, () => {
    connections += 1;
  });
  for (let visit = 0; visit < 2; visit += 1) {
    const court = page.add("court");
    refresh();
    await loaded();
    page.remove(court);
    refresh();
  }
  assert.equal(connections, 2);
});

test("a behaviour that changes the page is not connected twice", async () => {
  const page = createPage();
  page.add("court");
  let connections = 0;
  const { refresh, loaded } = registryOf(page, () => {
    connections += 1;
    refresh();
  });
  refresh();
  await loaded();
  assert.equal(connections, 1);
});
