/** Says in the page's live region when a part of it could not be fetched. */

const TOO_MANY_REQUESTS = 429;

/**
 * @param {Element} region the live region
 * @returns {() => void} stops listening
 */
export function showRequestErrors(region) {
  const say = (event) => {
    const notice = document.createElement("p");
    notice.className = "notice";
    notice.dataset.tone = "warning";
    notice.textContent = requestErrorText(event.detail?.ctx?.response?.status);
    region.replaceChildren(notice);
  };
  const clear = () => region.replaceChildren();
  document.addEventListener("htmx:response:error", say);
  document.addEventListener("htmx:error", say);
  document.addEventListener("htmx:after:swap", clear);
  return () => {
    document.removeEventListener("htmx:response:error", say);
    document.removeEventListener("htmx:error", say);
    document.removeEventListener("htmx:after:swap", clear);
  };
}

/**
 * @param {number | undefined} status undefined where no answer came
 * @returns {string}
 */
export function requestErrorText(status) {
  if (status === undefined) return "No answer. Check your connection, then try again.";
  if (status === TOO_MANY_REQUESTS) return "That was a lot in a short time. Wait a moment, then try again.";
  return "That did not work. Try again, or reload the page.";
}
