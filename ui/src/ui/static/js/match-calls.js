/** Says on any page what calls for its player: a match that has begun or is to begin, a challenge. None waits for long. */

import { formatClock } from "./clock-times.js";
import { clock } from "./times.js";

/** Pages that show it themselves, or where nothing is to come between. */
const SHOWN_THERE = '#calls, #queue-place, #invitation-state, #pairing, [data-view="court"]';
/** Set while something calls, so that the next page says it too without a question from every page. */
const CALLED_KEY = "called";

/**
 * @param {any} place  an element with the address to ask in `data-match-calls`
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
    // Of two answers the later question's counts.
    if (!calls || own !== looks) return;
    remember(page, calls.length > 0);
    place.replaceChildren(...calls.map((call) => notice(document, call)));
  }

  if (remembered(page)) void look();
  document.body.addEventListener("live:games", look);
  return () => document.body.removeEventListener("live:games", look);
}

/** @returns {Promise<{ words: string, label: string, go_to: string }[] | null>} null where nobody could tell */
async function ask(page, url) {
  try {
    const answer = await page.fetch(url, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    // There will be another event; an error here would only be in the way.
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
  // js/countdown.js goes on from there.
  time.dataset.left = String(left);
  time.textContent = clock(left);
  // Of a region that is read out as it changes, the seconds are not.
  time.setAttribute("role", "timer");
  time.setAttribute("aria-live", "off");
  return [`Be ready by ${formatClock(new Date(until))} (`, time, "). "];
}

function remember(page, isCalled) {
  try {
    if (isCalled) page.localStorage.setItem(CALLED_KEY, "yes");
    else page.localStorage.removeItem(CALLED_KEY);
  } catch {
    // Full or forbidden: then only this page says it.
  }
}

function remembered(page) {
  try {
    return page.localStorage.getItem(CALLED_KEY) !== null;
  } catch {
    return false;
  }
}
