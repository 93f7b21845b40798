/** A button that copies the text next to it. It stays hidden without JavaScript. */

const SAID_MS = 2_000;

/**
 * Connects the button, if the browser allows copying.
 * @param {HTMLButtonElement} button names in `data-copies` a field, or a list whose lines it copies
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
    try {
      await clipboard.writeText(textOf(page.document.querySelector(button.dataset.copies)));
    } catch {
      // The browser forbids it; the text can still be selected and copied by hand.
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

function textOf(place) {
  const lines = [...place.querySelectorAll("li")].map((line) => line.textContent.trim());
  return place.value ?? lines.join("\n");
}
