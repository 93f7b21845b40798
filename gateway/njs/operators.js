// Access to operators' addresses: dashboards, metrics, alerts, logs and runbooks, for administrators only.

import identity from "identity.js";
import problems from "problems.js";

const ROLE = "admin";
const NOBODY = "";
const UNDECIDED = null;

const ACCESS_COOKIE = "__Host-access";
const REFRESH_COOKIE = "__Host-refresh";
// Less than the 30 s of ui, so that ui also renews a token that is due here.
const RENEW_BEFORE_SECONDS = 25;
const MS_PER_SECOND = 1000;

// The same rules as in the services, libs/common/src/transcendence_common/cross_site.py.
const SAFE_METHOD = /^(GET|HEAD|OPTIONS|TRACE)$/;
const OWN_SITE = /^(same-origin|none)$/;
const ORIGIN_HOST = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]+)/i;

// A form encodes the address once more, and the result must fit into a header of 8 kB.
const LONGEST_RETURN = 2000;
// In percent-encoding.
const CONTROL_CHARACTER = /%([01].|7F)/;

/** Access handler of the operators' addresses: admits only administrators, and renews their sessions. */
async function check(r) {
  if (!SAFE_METHOD.test(r.method) && isCrossSite(r.headersIn)) {
    problems.send(
      r,
      403,
      "This was sent from another site. Open the page on this site and try again.",
    );
    return;
  }
  let claims = await identity.claimsOf(r);
  if (isDue(claims) && identity.cookieOf(r, REFRESH_COOKIE) && !r.headersIn.Authorization) {
    claims = await renewed(r, claims);
  }
  if (claims === UNDECIDED) {
    refuse(r, 503);
  } else if (claims === NOBODY) {
    askToSignIn(r);
  } else if (!isOperator(claims)) {
    // For the access log.
    r.variables.user_id = claims.sub;
    refuse(r, 403);
  } else {
    r.variables.user_id = claims.sub;
    r.variables.operator_id = claims.sub;
    r.variables.operator_name = fitsHeader(claims.name) ? claims.name : "";
  }
}

// Checked here, because Prometheus and Alertmanager do not check the origin of a form.
function isCrossSite(headers) {
  const site = headers["Sec-Fetch-Site"];
  if (site !== undefined) {
    return !OWN_SITE.test(site);
  }
  const origin = headers.Origin;
  if (origin === undefined) {
    return false;
  }
  const host = ORIGIN_HOST.exec(origin);
  return host === null || host[1] !== headers.Host;
}

function isDue(claims) {
  return (
    claims !== UNDECIDED &&
    (claims === NOBODY || claims.exp - Date.now() / MS_PER_SECOND < RENEW_BEFORE_SECONDS)
  );
}

// Returns the claims of a new token, which the browser gets with the answer; `claims` if ui is unavailable but they are
// still valid.
async function renewed(r, claims) {
  const cookies = await cookiesOfUi(r);
  const access = cookies.find((cookie) => cookie.startsWith(`${ACCESS_COOKIE}=`));
  if (access === undefined) {
    return claims === NOBODY ? UNDECIDED : claims;
  }
  r.headersOut["Set-Cookie"] = cookies;
  const next = access
    .slice(ACCESS_COOKIE.length + 1)
    .split(";")[0]
    .replace(/"/g, "");
  if (next === "") {
    return NOBODY;
  }
  // If ui accepts a token that the gateway refuses, a redirect to the sign-in page would loop: ui would redirect back.
  return (await identity.verifiedClaims(r, next)) || UNDECIDED;
}

async function cookiesOfUi(r) {
  const variables = r.variables;
  const headers = {
    Cookie: r.headersIn.Cookie,
    "User-Agent": r.headersIn["User-Agent"] || "",
    "X-Forwarded-For": variables.remote_addr,
    "X-Real-IP": variables.remote_addr,
    "X-Request-ID": variables.request_id,
  };
  try {
    const reply = await ngx.fetch(variables.session_url, { headers: headers });
    if (reply.status === 204) {
      return reply.headers.getAll("Set-Cookie");
    }
    ngx.log(ngx.WARN, `operators: ui answered ${reply.status}`);
  } catch (error) {
    ngx.log(ngx.WARN, `operators: ${error.message}`);
  }
  return [];
}

function isOperator(claims) {
  return Array.isArray(claims.roles) && claims.roles.indexOf(ROLE) !== -1 && fitsHeader(claims.sub);
}

function fitsHeader(value) {
  return typeof value === "string" && !CONTROL_CHARACTER.test(encodeURIComponent(value));
}

function askToSignIn(r) {
  if (!r.variables.asked_by_person) {
    identity.demand(r);
    return;
  }
  const target = r.variables.request_uri;
  const whole = encodeURIComponent(target);
  const back = whole.length <= LONGEST_RETURN ? whole : encodeURIComponent(target.split("?")[0]);
  r.return(303, `/sign-in?next=${back}`);
}

function refuse(r, status) {
  if (r.variables.asked_by_person) {
    r.internalRedirect(`/_gateway/refused/${status}`);
  } else {
    problems.send(r, status);
  }
}

export default { check };
