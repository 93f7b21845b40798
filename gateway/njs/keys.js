// auth's public keys, in the workers' shared memory: kid -> raw P-256 point in base64.

// An unknown kid is usually a forgery, so it causes at most one request to auth in this time.
const REFRESH_INTERVAL_MS = 10000;
// Shorter while there is no key at all, because no player can sign in then.
const FIRST_KEYS_INTERVAL_MS = 1000;
// Other requests wait for a running refresh, which may bring the key of their token.
const REFRESH_WAIT_MS = 2500;
const REFRESH_POLL_MS = 20;

const COORDINATE_BYTES = 32;
const UNCOMPRESSED_POINT = Buffer.from([4]);
const POINT_OFF_THE_CURVE = Buffer.concat([
  UNCOMPRESSED_POINT,
  Buffer.alloc(2 * COORDINATE_BYTES),
]).toString("base64");
const ATTEMPT = "jwks";

/** Returns whether there is any key. */
function any() {
  return ngx.shared.keys.size() > 0;
}

/** Returns the key with this ID, or null. Asks auth once if the key is unknown. */
async function find(r, kid) {
  if (!ngx.shared.keys.has(kid)) {
    await refreshOnce(r.variables.jwks_url);
  }
  const point = ngx.shared.keys.get(kid);
  return point === undefined ? null : await importPoint(point);
}

/** Replaces the keys with those that auth publishes now; keeps the old ones if auth does not answer. */
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
    // Cached tokens may have been signed with a withdrawn key.
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
      // A point that is not on the curve must fail here, and not in every request with its ID.
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
 * Clears OpenSSL's queue of errors with an import that fails. OpenSSL since 3.5 keeps each failed verification as an
 * error, which nginx would report as an alert about the next TLS connection.
 */
async function forgetFailure() {
  try {
    await importPoint(POINT_OFF_THE_CURVE);
  } catch (_error) {
    // The import fails on purpose.
  }
}

// Raw, because the import of a JWK takes three times as long.
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
