/** Puts codes away on paper. The button stays hidden where there is no script to do it. */

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
