/**
 * Shows match calls on any page of their player: a match that has started or is due, or a challenge. They expire soon.
 */

import { formatClock } from "./clock-times.js";
import { clock } from "./times.js";

/** Elements of pages that show calls themselves, or must not be interrupted. */
const SHOWN_THERE = '#calls, #queue-place, #invitation-state, #pairing, [data-view="court"]';
/** Set while there are calls, so that the next page shows them, and pages without calls send no request. */
const CALLED_KEY = "called";

/**
 * Shows the calls in an element, now and after each event.
 * @param {any} place  an element with the address of the calls in `data-match-calls`
 * @param {any} [page]  the window
 * @returns {() => void} stops listening
 */
export function showMatchCalls(place, page = globalThis) {
  const { document } = page;
  let looks = 0;

  async function look() {
    if (document.querySelector(SHOWN_THERE)) return;
    looks += 1;
    const own = looks;
    const calls = await ask(page, place.dataset.matchCalls);
    // Only the answer to the latest request counts.
    if (!calls || own !== looks) return;
    remember(page, calls.length > 0);
    place.replaceChildren(...calls.map((call) => notice(document, call)));
  }

  if (remembered(page)) void look();
  document.body.addEventListener("live:games", look);
  return () => document.body.removeEventListener("live:games", look);
}

/** @returns {Promise<{ words: string, label: string, go_to: string }[] | null>} null if the request failed */
async function ask(page, url) {
  try {
    const answer = await page.fetch(url, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    // The next event repeats the request; an error message here would not help.
    return null;
  }
}

function notice(document, { words, label, go_to: goTo, until, left }) {
  const paragraph = document.createElement("p");
  paragraph.className = "notice";
  const link = document.createElement("a");
  link.href = goTo;
  link.textContent = label;
  paragraph.append(`${words} `, ...(until ? deadline(document, until, left) : []), link);
  return paragraph;
}

function deadline(document, until, left) {
  const time = document.createElement("time");
  time.dateTime = until;
  // js/countdown.js continues the countdown.
  time.dataset.left = String(left);
  time.textContent = clock(left);
  // Screen readers announce changes of the region, but not the seconds.
  time.setAttribute("role", "timer");
  time.setAttribute("aria-live", "off");
  return [`Be ready by ${formatClock(new Date(until))} (`, time, "). "];
}

function remember(page, isCalled) {
  try {
    if (isCalled) page.localStorage.setItem(CALLED_KEY, "yes");
    else page.localStorage.removeItem(CALLED_KEY);
  } catch {
    // Storage is full or forbidden: then only this page shows the calls.
  }
}

function remembered(page) {
  try {
    return page.localStorage.getItem(CALLED_KEY) !== null;
  } catch {
    return false;
  }
}
