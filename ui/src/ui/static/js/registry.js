/** Which behaviours there are and what they are connected to; knows no page but the one it is given. */

/** @typedef {(element: Element) => (undefined | (() => void))} Connect */
/** @typedef {{ querySelectorAll(selector: string): Iterable<Element> }} Page */

/**
 * @param {Page} page
 * @returns {{ behaviour: (selector: string, connect: Connect) => void, refresh: () => void }}
 */
export function createRegistry(page) {
  /** @type {{ selector: string, connect: Connect, connected: Map<Element, undefined | (() => void)> }[]} */
  const behaviours = [];

  function behaviour(selector, connect) {
    behaviours.push({ selector, connect, connected: new Map() });
    refresh();
  }

  function refresh() {
    for (const entry of behaviours) {
      disconnectLeft(entry);
      connectNew(entry, page);
    }
  }

  return { behaviour, refresh };
}

function disconnectLeft({ connected }) {
  for (const [element, disconnect] of connected) {
    if (element.isConnected) continue;
    connected.delete(element);
    disconnect?.();
  }
}

function connectNew({ selector, connect, connected }, page) {
  for (const element of page.querySelectorAll(selector)) {
    if (connected.has(element)) continue;
    // Noted before connecting: a behaviour may change the page and so bring us here again.
    connected.set(element, undefined);
    connected.set(element, connect(element));
  }
}
