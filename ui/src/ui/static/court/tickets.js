/** Requests the ticket for a match. */

import { readDetail } from "./outbox.js";

const SIGNED_OUT = 401;
const UNREACHABLE = "We can’t reach the server. Check your connection, then try again.";
const UNSURE = "We couldn’t start the match. Try again in a moment.";

/**
 * Requests a ticket.
 * @param {any} page  the window
 * @param {string} url
 * @param {object} wanted  settings of the match; empty if the address determines them
 * @param {AbortSignal} signal
 * @returns {Promise<{ ticket: object, problem?: undefined }
 *   | { problem: "sign_in" | "other", sentence: string }>}
 */
export async function openTicket(page, url, wanted, signal) {
  try {
    const response = await page.fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(wanted),
      signal,
    });
    return response.ok ? { ticket: await response.json() } : await problem(response);
  } catch {
    return { problem: "other", sentence: UNREACHABLE };
  }
}

async function problem(response) {
  if (response.status === SIGNED_OUT) {
    return { problem: "sign_in", sentence: "You’ve been signed out." };
  }
  return { problem: "other", sentence: (await readDetail(response)) || UNSURE };
}
