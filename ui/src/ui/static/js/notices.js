/** Says what htmx did: an error where everybody sees it, a longer list to those who listen. */

const TOO_MANY_REQUESTS = 429;

/**
 * @param {Element} region the live region for errors
 * @returns {() => void} stops listening
 */
export function showRequestErrors(region) {
  let said = null;
  const say = (event) => {
    said = notice(requestErrorText(statusOf(event)));
    region.replaceChildren(said);
  };
  // Not what the page itself says there: a tournament that goes on would wipe it away before it is read.
  const clear = () => said?.remove();
  return listen({ "htmx:response:error": say, "htmx:error": say, "htmx:after:swap": clear });
}

/**
 * @param {Element} region the live region that only screen readers have
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
 * @param {number | undefined} status undefined where no answer came
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
