/** Reports the results of htmx: errors visibly, and the length of lists to screen readers. */

const TOO_MANY_REQUESTS = 429;

/**
 * Shows an error for each failed request, until the next successful one.
 * @param {Element} region the live region for errors
 * @returns {() => void} stops listening
 */
export function showRequestErrors(region) {
  let said = null;
  const say = (event) => {
    said = notice(requestErrorText(statusOf(event)));
    region.replaceChildren(said);
  };
  // Removes only this notice, not the page's own: updates of a tournament would remove those before they are read.
  const clear = () => said?.remove();
  return listen({ "htmx:response:error": say, "htmx:error": say, "htmx:after:swap": clear });
}

/**
 * Announces the length of the list after each update.
 * @param {Element} region the live region for screen readers only
 * @returns {() => void} stops listening
 */
export function announceLists(region) {
  const say = () => {
    const list = document.querySelector("[data-counted]");
    region.textContent = list ? countText(list) : "";
  };
  return listen({ "htmx:after:swap": say });
}

/**
 * Returns the message for a failed request.
 * @param {number | undefined} status undefined without an answer
 * @returns {string}
 */
export function requestErrorText(status) {
  if (status === undefined)
    return "We can’t reach the server. Check your connection, then try again.";
  if (status === TOO_MANY_REQUESTS) return "Too many requests. Wait a moment, then try again.";
  return "That didn’t work. Try again, or reload the page.";
}

function countText(list) {
  return `${list.querySelectorAll("[data-outcome], [data-row]").length} ${list.dataset.counted}`;
}

function statusOf(event) {
  return event.detail?.ctx?.response?.status;
}

function notice(text) {
  const paragraph = document.createElement("p");
  paragraph.className = "notice";
  paragraph.dataset.tone = "warning";
  paragraph.textContent = text;
  return paragraph;
}

function listen(handlers) {
  const pairs = Object.entries(handlers);
  for (const [name, handle] of pairs) document.addEventListener(name, handle);
  return () => {
    for (const [name, handle] of pairs) document.removeEventListener(name, handle);
  };
}
