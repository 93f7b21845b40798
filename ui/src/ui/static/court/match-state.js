/**
 * Requests the state of a match whose socket does not open, from the page's own server. The request also renews the
 * session.
 */

const SIGNED_OUT = 401;
const OVER = new Set(["finished", "void"]);

/**
 * Requests the state of the match.
 * @param {any} page  the window
 * @param {string} url
 * @param {AbortSignal} signal
 * @returns {Promise<{ problem: string | null, goTo: string | null }>} why not to reconnect, or the page to open
 * @throws {Error} if the server does not answer
 */
export async function askForMatch(page, url, signal) {
  // Without following a redirect to the sign-in page.
  const response = await page.fetch(url, {
    headers: { Accept: "application/json" },
    redirect: "manual",
    signal,
  });
  if (response.status === SIGNED_OUT || response.type === "opaqueredirect") {
    return { problem: "signed_out", goTo: null };
  }
  if (!response.ok) throw new Error(`the state of the match was answered with ${response.status}`);
  const match = await response.json();
  return { problem: null, goTo: OVER.has(match.state) ? match.go_to : null };
}
