// auth's public keys, in memory that the workers share: kid -> raw P-256 point in base64.

// An unknown kid is mostly a forgery: it costs auth one request in this time at most.
const REFRESH_INTERVAL_MS = 10000;
// While there is no key at all, nobody can sign in: ask more often.
const FIRST_KEYS_INTERVAL_MS = 1000;
// Others wait for the request under way instead of refusing a token that it may be about to explain.
const REFRESH_WAIT_MS = 2500;
const REFRESH_POLL_MS = 20;

const COORDINATE_BYTES = 32;
const UNCOMPRESSED_POINT = Buffer.from([4]);
const POINT_OFF_THE_CURVE = Buffer.concat([
  UNCOMPRESSED_POINT,
  Buffer.alloc(2 * COORDINATE_BYTES),
]).toString("base64");
const ATTEMPT = "jwks";

/** Whether there is any key to check with. */
function any() {
  return ngx.shared.keys.size() > 0;
}

/** The key called `kid`, after asking auth once if it is unknown; null where there is none. */
async function find(r, kid) {
  if (!ngx.shared.keys.has(kid)) {
    await refreshOnce(r.variables.jwks_url);
  }
  const point = ngx.shared.keys.get(kid);
  return point === undefined ? null : await importPoint(point);
}

/** Takes over what auth publishes now; keeps what there is if auth does not answer. */
async function refresh(url) {
  const published = await fetchKeys(url);
  const kids = Object.keys(published);
  if (kids.length === 0) {
    return;
  }
  kids.forEach((kid) => {
    ngx.shared.keys.set(kid, published[kid]);
  });
  const withdrawn = ngx.shared.keys.keys().filter((kid) => published[kid] === undefined);
  withdrawn.forEach((kid) => {
    ngx.shared.keys.delete(kid);
  });
  if (withdrawn.length > 0) {
    // They may have been signed with it.
    ngx.shared.verified_tokens.clear();
  }
}

async function refreshOnce(url) {
  const attempts = ngx.shared.key_refreshes;
  const interval = any() ? REFRESH_INTERVAL_MS : FIRST_KEYS_INTERVAL_MS;
  if (attempts.add(ATTEMPT, "running", interval)) {
    await refresh(url);
    attempts.set(ATTEMPT, "done", interval);
    return;
  }
  for (
    let waited = 0;
    attempts.get(ATTEMPT) === "running" && waited < REFRESH_WAIT_MS;
    waited += REFRESH_POLL_MS
  ) {
    await new Promise((resolve) => setTimeout(resolve, REFRESH_POLL_MS));
  }
}

async function fetchKeys(url) {
  try {
    const reply = await ngx.fetch(url);
    if (reply.status === 200) {
      const points = pointsOf(JSON.parse(await reply.text()));
      // A point that lies on no curve must fail here and not in every request that names it.
      await Promise.all(Object.keys(points).map((kid) => importPoint(points[kid])));
      return points;
    }
    ngx.log(ngx.WARN, `keys: auth answered ${reply.status}`);
  } catch (error) {
    ngx.log(ngx.WARN, `keys: ${error.message}`);
  }
  return {};
}

/**
 * OpenSSL from 3.5 on remembers each signature that did not verify as an error, which nginx would report as an alert
 * about the TLS connection that comes next. An import that fails takes all such errors along.
 */
async function forgetFailure() {
  try {
    await importPoint(POINT_OFF_THE_CURVE);
  } catch (_error) {
    // Meant to.
  }
}

// Raw, because that imports three times as fast as a JWK.
function importPoint(point) {
  return crypto.subtle.importKey(
    "raw",
    Buffer.from(point, "base64"),
    { name: "ECDSA", namedCurve: "P-256" },
    false,
    ["verify"],
  );
}

function pointsOf(jwks) {
  const points = {};
  jwks.keys.filter(isUsable).forEach((jwk) => {
    const x = Buffer.from(jwk.x, "base64url");
    const y = Buffer.from(jwk.y, "base64url");
    if (x.length === COORDINATE_BYTES && y.length === COORDINATE_BYTES) {
      points[jwk.kid] = Buffer.concat([UNCOMPRESSED_POINT, x, y]).toString("base64");
    }
  });
  return points;
}

function isUsable(jwk) {
  return (
    jwk.kty === "EC" &&
    jwk.crv === "P-256" &&
    (jwk.alg === undefined || jwk.alg === "ES256") &&
    (jwk.use === undefined || jwk.use === "sig") &&
    [jwk.kid, jwk.x, jwk.y].every((part) => typeof part === "string" && part !== "")
  );
}

export default { any, find, forgetFailure, refresh };
