/**
 * Connects page behaviours to elements: those there at load, those that come later, and undoes them when they leave.
 *
 * A behaviour is a selector and a function; that function may return another one, which undoes it.
 */

import { createRegistry } from "./registry.js";

const registry = createRegistry(document);

// Sees what htmx swaps as well as what a script changes, and needs to know the event names of neither.
new MutationObserver(registry.refresh).observe(document, { childList: true, subtree: true });

/**
 * Run `connect` for every element that matches, now and later, and what it returned once the element is gone.
 *
 * @type {(selector: string, connect: import("./registry.js").Connect) => void}
 */
export const behaviour = registry.behaviour;
