// Authentication: gets a verified subject from the Authorization header or the access cookie.

import keys from "keys.js";
import problems from "problems.js";
import token from "token.js";

const ACCESS_COOKIE = "__Host-access";
const BEARER = /^Bearer +([^ ]+)$/i;
const CHALLENGE = 'Bearer realm="transcendence"';
const CHALLENGE_BAD_TOKEN = 'Bearer realm="transcendence", error="invalid_token"';
const UNDECIDED = null;
const MS_PER_SECOND = 1000;
// Addresses used by programs. Matched against the original address, because some are passed on without their prefix.
const HEADER_COUNTS = /^\/(api|grafana|kibana|prometheus|alertmanager|runbooks)\//;
// The same as the dictionary's timeout: a token that is valid for longer is verified again.
const MAX_REMEMBERED_MS = 600000;

/** Access handler of the services' addresses: refuses requests without a valid token, according to the policy. */
async function checkApi(r) {
  if (r.variables.token_policy === "ignored") {
    return;
  }
  const credential = credentialOf(r);
  if (credential === null) {
    if (r.variables.token_policy !== "optional") {
      refuse(r, CHALLENGE);
    }
    return;
  }
  const subject = await subjectOf(r, credential);
  if (subject === UNDECIDED) {
    problems.send(r, 503);
  } else if (subject === "") {
    refuse(r, CHALLENGE_BAD_TOKEN, "The access token is not valid.");
  } else {
    accept(r, credential, subject);
  }
}

/** Access handler of ui's addresses: only removes an invalid token, because ui renews it. */
async function checkPage(r) {
  const credential = credentialOf(r);
  const subject = credential === null ? "" : await subjectOf(r, credential);
  if (subject !== "" && subject !== UNDECIDED) {
    accept(r, credential, subject);
  }
}

/** Returns the verified claims of the request's token; "" without a valid one, null without a key to check it. */
async function claimsOf(r) {
  const credential = credentialOf(r);
  const subject = credential === null ? "" : await subjectOf(r, credential);
  return subject === "" || subject === UNDECIDED ? subject : token.parse(credential).claims;
}

/** Returns the verified claims of a token from another source, like `claimsOf`. */
async function verifiedClaims(r, credential) {
  const subject = await verify(r, credential);
  return subject === "" || subject === UNDECIDED ? subject : token.parse(credential).claims;
}

/** Refuses a request without a valid token. */
function demand(r) {
  refuse(r, CHALLENGE);
}

/** Returns the subject of a recently verified token, or "". Costs one access to shared memory. */
function knownUser(r) {
  const credential = credentialOf(r);
  return (credential !== null && ngx.shared.verified_tokens.get(credential)) || "";
}

/** Timer handler: loads auth's current keys. */
async function refreshKeys(session) {
  await keys.refresh(session.variables.jwks_url);
}

/** Returns the token; "" for a header without one; null without a header and a cookie. */
function credentialOf(r) {
  const header = r.headersIn.Authorization;
  // Pages identify a visitor by the cookie only: a header would hide it from the limits per player.
  if (header !== undefined && HEADER_COUNTS.test(r.variables.request_uri)) {
    const match = BEARER.exec(header);
    return match === null ? "" : match[1];
  }
  return cookieOf(r, ACCESS_COOKIE);
}

/** Returns a cookie or null. nginx's $cookie_ variables would ignore case, unlike browsers' rules for __Host-. */
function cookieOf(r, name) {
  const prefix = `${name}=`;
  const pair = (r.headersIn.Cookie || "")
    .split(";")
    .map((part) => part.trim())
    .find((part) => part.startsWith(prefix));
  return pair === undefined ? null : pair.slice(prefix.length);
}

// Returns the subject of the request's own token, which may be cached.
async function subjectOf(r, credential) {
  return r.variables.known_user || (await verify(r, credential));
}

// Returns the verified subject, "" for an invalid token, UNDECIDED without a key to check it.
async function verify(r, credential) {
  const parsed = token.parse(credential);
  const now = Date.now() / MS_PER_SECOND;
  // The claims first, so that a forged token with an old date costs no cryptography.
  if (
    parsed === null ||
    !token.holds(parsed.claims, now, r.variables.token_issuer, r.variables.token_audience)
  ) {
    return "";
  }
  if (!(await isSigned(r, parsed))) {
    return keys.any() ? "" : UNDECIDED;
  }
  const left = Math.floor((parsed.claims.exp - now) * MS_PER_SECOND);
  if (left > 0) {
    ngx.shared.verified_tokens.set(
      credential,
      parsed.claims.sub,
      Math.min(left, MAX_REMEMBERED_MS),
    );
  }
  return parsed.claims.sub;
}

async function isSigned(r, parsed) {
  const key = await keys.find(r, parsed.kid);
  if (key === null) {
    return false;
  }
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  const verified = await crypto.subtle.verify(algorithm, key, parsed.signature, parsed.signed);
  if (!verified) {
    await keys.forgetFailure();
  }
  return verified;
}

function accept(r, credential, subject) {
  r.variables.user_id = subject;
  r.variables.verified_authorization = `Bearer ${credential}`;
}

function refuse(r, challenge, detail) {
  r.headersOut["WWW-Authenticate"] = challenge;
  problems.send(r, 401, detail);
}

export default {
  checkApi,
  checkPage,
  claimsOf,
  cookieOf,
  demand,
  knownUser,
  refreshKeys,
  verifiedClaims,
};
