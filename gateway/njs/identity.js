// Who is asking: turns the Authorization header or the access cookie into a verified subject.

import keys from "keys.js";
import problems from "problems.js";
import token from "token.js";

const ACCESS_COOKIE = "__Host-access";
const BEARER = /^Bearer +([^ ]+)$/i;
const CHALLENGE = 'Bearer realm="transcendence"';
const CHALLENGE_BAD_TOKEN = 'Bearer realm="transcendence", error="invalid_token"';
const UNDECIDED = null;
const MS_PER_SECOND = 1000;
// Where programs come to; as it was asked for, because some are passed on without their first part.
const HEADER_COUNTS = /^\/(api|grafana|kibana|prometheus|alertmanager|runbooks)\//;
// As the dictionary's own timeout: a token that lives longer is verified again.
const MAX_REMEMBERED_MS = 600000;

/** Access handler of the services' addresses. */
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

/** Access handler of ui's addresses: a bad token is ui's to renew, so it only loses its header. */
async function checkPage(r) {
  const credential = credentialOf(r);
  const subject = credential === null ? "" : await subjectOf(r, credential);
  if (subject !== "" && subject !== UNDECIDED) {
    accept(r, credential, subject);
  }
}

/** What the request's token says once it is verified; "" for none or a bad one, null where there is no key to tell. */
async function claimsOf(r) {
  const credential = credentialOf(r);
  const subject = credential === null ? "" : await subjectOf(r, credential);
  return subject === "" || subject === UNDECIDED ? subject : token.parse(credential).claims;
}

/** The same of a token that came another way. */
async function verifiedClaims(r, credential) {
  const subject = await verify(r, credential);
  return subject === "" || subject === UNDECIDED ? subject : token.parse(credential).claims;
}

/** Refuses whoever has shown no token that is good. */
function demand(r) {
  refuse(r, CHALLENGE);
}

/** The subject of a token that was verified lately; costs a look into shared memory. */
function knownUser(r) {
  const credential = credentialOf(r);
  return (credential !== null && ngx.shared.verified_tokens.get(credential)) || "";
}

/** Timer handler. */
async function refreshKeys(session) {
  await keys.refresh(session.variables.jwks_url);
}

/** The token; "" for a header that holds none; null where there is neither header nor cookie. */
function credentialOf(r) {
  const header = r.headersIn.Authorization;
  // Pages know their visitor by the cookie alone: a header would hide it from what is counted by player.
  if (header !== undefined && HEADER_COUNTS.test(r.variables.request_uri)) {
    const match = BEARER.exec(header);
    return match === null ? "" : match[1];
  }
  return cookieOf(r, ACCESS_COOKIE);
}

/** By hand, because nginx's $cookie_ variables ignore case and the __Host- rules of browsers do not. */
function cookieOf(r, name) {
  const prefix = `${name}=`;
  const pair = (r.headersIn.Cookie || "")
    .split(";")
    .map((part) => part.trim())
    .find((part) => part.startsWith(prefix));
  return pair === undefined ? null : pair.slice(prefix.length);
}

// Of the request's own token: it may be remembered.
async function subjectOf(r, credential) {
  return r.variables.known_user || (await verify(r, credential));
}

// The verified subject, "" for a token that is not good, UNDECIDED where there is no key to tell.
async function verify(r, credential) {
  const parsed = token.parse(credential);
  const now = Date.now() / MS_PER_SECOND;
  // The claims first: a forgery with an old date then costs no cryptography.
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
