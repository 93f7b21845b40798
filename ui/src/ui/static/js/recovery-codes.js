/** A button that prints the recovery codes. It stays hidden without JavaScript. */

/**
 * Connects the button.
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
