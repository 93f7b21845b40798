/** Says on any page what calls for its player: a match that has begun, a challenge. Neither waits for long. */

/** Pages that show it themselves, or where nothing is to come between. */
const SHOWN_THERE = '#calls, #queue-place, #invitation-state, [data-view="court"]';

/**
 * @param {any} place  an element with the address to ask in `data-summons`
 * @param {any} [page]  the window
 * @returns {() => void} stops listening
 */
export function showSummons(place, page = globalThis) {
  const { document } = page;
  let looks = 0;

  async function look() {
    if (document.querySelector(SHOWN_THERE)) return;
    looks += 1;
    const own = looks;
    const calls = await ask(page, place.dataset.summons);
    // Of two answers the later question's counts.
    if (calls && own === looks)
      place.replaceChildren(...calls.map((call) => notice(document, call)));
  }

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

function notice(document, { words, label, go_to: goTo }) {
  const paragraph = document.createElement("p");
  paragraph.className = "notice";
  const link = document.createElement("a");
  link.href = goTo;
  link.textContent = label;
  paragraph.append(`${words} `, link);
  return paragraph;
}
