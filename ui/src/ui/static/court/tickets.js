/** Asks for leave to play one match. */

import { readDetail } from "./outbox.js";

const SIGNED_OUT = 401;
const UNREACHABLE = "The server cannot be reached. Check the connection and try again.";
const UNSURE = "The match could not be started. Try again in a moment.";

/**
 * @param {any} page  the window
 * @param {string} url
 * @param {object} wanted  what match it is to be; empty where the address says that
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
    return { problem: "sign_in", sentence: "You have been signed out." };
  }
  return { problem: "other", sentence: (await readDetail(response)) || UNSURE };
}
