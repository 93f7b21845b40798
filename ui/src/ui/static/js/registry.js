/** Which behaviours there are and what they are connected to; knows no page but the one it is given. */

/** @typedef {(element: Element) => (undefined | (() => void))} Connect  may return what undoes it */
/** @typedef {{ querySelectorAll(selector: string): ArrayLike<Element> & Iterable<Element> }} Page */

/**
 * @param {Page} page
 * @param {Record<string, () => Promise<Connect>>} behaviours  by selector; each is loaded once there is an element for it
 * @returns {{ refresh: () => void, loaded: () => Promise<unknown> }} looks at the page; waits for what was needed so far
 */
export function createRegistry(page, behaviours) {
  const entries = Object.entries(behaviours).map(([selector, load]) => ({
    selector,
    load,
    loading: undefined,
    connect: undefined,
    connected: new Map(),
  }));

  function refresh() {
    for (const entry of entries) {
      disconnectLeft(entry);
      connectNew(entry, page);
    }
  }

  return { refresh, loaded: () => Promise.all(entries.map(({ loading }) => loading)) };
}

function disconnectLeft({ connected }) {
  for (const [element, disconnect] of connected) {
    if (element.isConnected) continue;
    connected.delete(element);
    disconnect?.();
  }
}

function connectNew(entry, page) {
  const { selector, connect, connected } = entry;
  const elements = page.querySelectorAll(selector);
  if (!connect) {
    if (elements.length > 0) entry.loading ??= load(entry, page);
    return;
  }
  for (const element of elements) {
    if (connected.has(element)) continue;
    // Noted before connecting: a behaviour may change the page and so bring us here again.
    connected.set(element, undefined);
    connected.set(element, connect(element));
  }
}

async function load(entry, page) {
  entry.connect = await entry.load();
  connectNew(entry, page);
}
