/**
 * Shows match calls on any page of their player: a match that has started or is due, or a challenge. They expire soon.
 */

import { formatClock } from "./clock-times.js";
import { clock } from "./times.js";

/** Elements of pages that show calls themselves, or must not be interrupted. */
const SHOWN_THERE = '#calls, #queue-place, #invitation-state, #pairing, [data-view="court"]';

/**
 * Shows the calls in an element after each event; the first follows as soon as the page is connected.
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
    place.replaceChildren(...calls.map((call) => notice(document, call)));
  }

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
