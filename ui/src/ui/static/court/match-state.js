/** Asks the page's own server about a match whose socket will not open. To ask renews the session, too. */

const SIGNED_OUT = 401;
const OVER = new Set(["finished", "void"]);

/**
 * @param {any} page  the window
 * @param {string} url
 * @param {AbortSignal} signal
 * @returns {Promise<{ trouble: string | null, goTo: string | null }>} what keeps us from coming again, or where to look instead
 * @throws {Error} where nobody could be asked
 */
export async function askForMatch(page, url, signal) {
  // A sign-in page is no answer.
  const response = await page.fetch(url, {
    headers: { Accept: "application/json" },
    redirect: "manual",
    signal,
  });
  if (response.status === SIGNED_OUT || response.type === "opaqueredirect") {
    return { trouble: "signed_out", goTo: null };
  }
  if (!response.ok) throw new Error(`the state of the match was answered with ${response.status}`);
  const match = await response.json();
  return { trouble: null, goTo: OVER.has(match.state) ? match.go_to : null };
}
