/** Connects behaviours to the elements of a page by selector. */

/** @typedef {(element: Element) => (undefined | (() => void))} Connect  may return a function that undoes it */
/** @typedef {{ querySelectorAll(selector: string): ArrayLike<Element> & Iterable<Element> }} Page */

/**
 * Creates a registry.
 * @param {Page} page
 * @param {Record<string, () => Promise<Connect>>} behaviours  by selector; each is loaded for its first element
 * @returns {{ refresh: () => void, loaded: () => Promise<unknown> }} `refresh` connects new elements and disconnects
 *   removed ones; `loaded` waits for the modules needed so far
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
    // Registered before connecting, because a behaviour may change the page and cause another refresh.
    connected.set(element, undefined);
    connected.set(element, connect(element));
  }
}

async function load(entry, page) {
  entry.connect = await entry.load();
  connectNew(entry, page);
}
