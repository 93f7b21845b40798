/** The button that signs in with a passkey: two requests, with the browser's own dialog between them. */

import { knowsPasskeys, passkeyErrorText, usePasskey } from "./passkeys.js";

const SIGNED_OUT = "You’ve been signed out. Reload the page and sign in.";
const SENTENCES = {
  passkey_refused: "This passkey was refused: it may have been removed from the account.",
  not_signed_in: SIGNED_OUT,
  session_over: SIGNED_OUT,
  too_many_attempts: "Too many attempts. Wait a moment, then try again.",
};
const UNREACHABLE = "We can’t reach the server. Check your connection, then try again.";
const UNSURE = "That didn’t work. Try again in a moment.";

/**
 * Connects the button, if the browser supports passkeys.
 * @param {HTMLButtonElement} button hidden until then
 * @param {any} [page] the window
 * @returns {undefined | (() => void)} stops listening
 */
export function mountPasskeyButton(button, page = window) {
  if (!knowsPasskeys(page)) return undefined;
  const section = button.closest("[data-other-ways]");
  const problem = section.querySelector("[data-passkey-problem]");
  button.hidden = false;
  section.hidden = false;

  async function press() {
    button.disabled = true;
    problem.textContent = "";
    try {
      page.location.assign(await pass(button.dataset, page));
    } catch (error) {
      problem.textContent = sentence(error);
    }
    // Also after success, because the browser's back button shows the page in the state in which it was left.
    button.disabled = false;
    button.focus();
  }

  button.addEventListener("click", press);
  return () => button.removeEventListener("click", press);
}

/** @returns {Promise<string>} the address of the next page */
async function pass({ options, answer, next }, page) {
  const { ceremony, public_key } = await post(page, options);
  const credential = await usePasskey(page.navigator.credentials, public_key);
  return (await post(page, answer, { ceremony, credential, next })).next;
}

async function post(page, url, body) {
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  let response;
  try {
    response = await page.fetch(url, {
      method: "POST",
      headers,
      body: body && JSON.stringify(body),
    });
  } catch {
    throw new Said(UNREACHABLE);
  }
  if (response.ok) return response.json();
  throw new Said(SENTENCES[await codeOf(response)] ?? UNSURE);
}

async function codeOf(response) {
  try {
    return (await response.json()).code;
  } catch {
    return "";
  }
}

/** A failure with its own message; the others are failures of the browser's passkeys. */
class Said extends Error {}

function sentence(error) {
  return error instanceof Said ? error.message : passkeyErrorText(error);
}
