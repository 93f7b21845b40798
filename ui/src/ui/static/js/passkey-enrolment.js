/**
 * The form that adds a passkey: it sends the server's options to the browser, and the new passkey and its name back.
 */

import { knowsPasskeys, makePasskey, passkeyErrorText } from "./passkeys.js";

const CONFIRMATION_REQUIRED = "confirmation_required";
const SENTENCES = {
  passkey_refused: "This passkey was refused. Try again, or use another device.",
  passkey_known: "This passkey is already in your account.",
  too_many_passkeys: "Your account has the maximum number of passkeys. Remove one first.",
  not_signed_in: "You’ve been signed out. Reload the page and sign in.",
  session_over: "You’ve been signed out. Reload the page and sign in.",
  too_many_attempts: "Too many attempts. Wait a moment, then try again.",
};
const UNREACHABLE = "We can’t reach the server. Check your connection, then try again.";
const UNSURE = "That didn’t work. Try again in a moment.";

/**
 * Connects the form, if the browser supports passkeys.
 * @param {HTMLFormElement} form hidden until then
 * @param {any} [page] the window
 * @returns {undefined | (() => void)} stops listening
 */
export function mountPasskeyEnrolment(form, page = window) {
  if (!knowsPasskeys(page)) return undefined;
  const problem = form.querySelector("[data-role=problem]");
  const button = form.querySelector("button");
  form.hidden = false;

  async function submit(event) {
    event.preventDefault();
    button.disabled = true;
    problem.textContent = "";
    try {
      await enrol(form, page);
      page.location.assign(form.dataset.done);
    } catch (error) {
      if (error.code === CONFIRMATION_REQUIRED) page.location.assign(form.dataset.confirm);
      else problem.textContent = sentence(error);
    }
    button.disabled = false;
  }

  form.addEventListener("submit", submit);
  return () => form.removeEventListener("submit", submit);
}

async function enrol(form, page) {
  const { ceremony, public_key } = await (await post(page, form.dataset.options)).json();
  const credential = await makePasskey(page.navigator.credentials, public_key);
  const name = form.elements.namedItem("name").value.trim();
  await post(page, form.action, { ceremony, name, credential });
}

async function post(page, url, body) {
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  const request = { method: "POST", headers, body: body && JSON.stringify(body) };
  const response = await page.fetch(url, request).catch(() => {
    throw new Refusal({ detail: UNREACHABLE });
  });
  if (response.ok) return response;
  throw new Refusal(await response.json().catch(() => ({})));
}

/** A refusal by the server, or no answer. */
class Refusal extends Error {
  constructor({ code = "", detail = "", errors = [] }) {
    super(SENTENCES[code] ?? errors[0]?.message ?? (code ? UNSURE : detail || UNSURE));
    this.code = code;
  }
}

function sentence(error) {
  return error instanceof Refusal ? error.message : passkeyErrorText(error);
}
