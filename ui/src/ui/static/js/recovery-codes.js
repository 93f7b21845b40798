/** Two ways to put codes away. The buttons stay hidden where there is no script to do it. */

const SAID_MS = 2_000;

/**
 * @param {HTMLButtonElement} button names in `data-copies` the list whose lines it copies
 * @param {any} [page] the window
 * @returns {undefined | (() => void)} stops listening
 */
export function mountCopy(button, page = window) {
  const { clipboard } = page.navigator;
  if (!clipboard) return undefined;
  const label = button.textContent;
  let timer;
  button.hidden = false;

  async function copy() {
    const lines = page.document.querySelectorAll(`${button.dataset.copies} li`);
    try {
      await clipboard.writeText([...lines].map((line) => line.textContent.trim()).join("\n"));
    } catch {
      // Not allowed here; the codes can still be marked and copied by hand.
      return;
    }
    button.textContent = button.dataset.copied;
    page.clearTimeout(timer);
    timer = page.setTimeout(() => {
      button.textContent = label;
    }, SAID_MS);
  }

  button.addEventListener("click", copy);
  return () => {
    page.clearTimeout(timer);
    button.removeEventListener("click", copy);
  };
}

/**
 * @param {HTMLButtonElement} button
 * @param {any} [page] the window
 * @returns {() => void} stops listening
 */
export function mountPrint(button, page = window) {
  const print = () => page.print();
  button.hidden = false;
  button.addEventListener("click", print);
  return () => button.removeEventListener("click", print);
}
