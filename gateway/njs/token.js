// Parses access tokens and checks their claims, like the services (`transcendence_common.identity`). Independent of
// nginx and of keys.

// Headers are limited to 8 kB; our tokens have about 500 bytes.
const MAX_TOKEN_LENGTH = 4096;
const SIGNATURE_BYTES = 64;
const HALF_HEX_DIGITS = SIGNATURE_BYTES;
const ZERO = "0".repeat(HALF_HEX_DIGITS);
// Order of P-256. Both halves of a signature must be between zero and it. OpenSSL also refuses others, but keeps an
// error that nginx reports as an alert about the TLS connection.
const CURVE_ORDER = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const MAX_SUBJECT_LENGTH = 128;
// Allowed difference between the clocks of two machines.
const LEEWAY_SECONDS = 5;
const BASE64URL = /^[A-Za-z0-9_-]+$/;

/** Returns the parts of a compact ES256 token `{kid, claims, signed, signature}`, or null for anything else. */
function parse(token) {
  const parts = token.length <= MAX_TOKEN_LENGTH ? token.split(".") : [];
  if (parts.length !== 3 || !parts.every((part) => BASE64URL.test(part))) {
    return null;
  }
  const header = parseObject(parts[0]);
  const claims = parseObject(parts[1]);
  const signature = Buffer.from(parts[2], "base64url");
  if (header === null || claims === null || !isSignature(signature)) {
    return null;
  }
  // `crit` names extensions that must be supported; none are.
  if (
    header.alg !== "ES256" ||
    header.crit !== undefined ||
    typeof header.kid !== "string" ||
    header.kid === ""
  ) {
    return null;
  }
  return {
    kid: header.kid,
    claims: claims,
    signed: `${parts[0]}.${parts[1]}`,
    signature: signature,
  };
}

/** Returns whether the claims are valid at `now` (seconds) for the expected issuer and audience. */
function holds(claims, now, issuer, audience) {
  return (
    typeof claims.exp === "number" &&
    claims.exp > now &&
    typeof claims.iat === "number" &&
    claims.iat <= now + LEEWAY_SECONDS &&
    (claims.nbf === undefined || (typeof claims.nbf === "number" && claims.nbf <= now)) &&
    claims.iss === issuer &&
    [].concat(claims.aud).indexOf(audience) !== -1 &&
    typeof claims.sub === "string" &&
    claims.sub !== "" &&
    claims.sub.length <= MAX_SUBJECT_LENGTH
  );
}

function parseObject(part) {
  try {
    const value = JSON.parse(Buffer.from(part, "base64url").toString());
    return typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch (_error) {
    return null;
  }
}

function isSignature(bytes) {
  const hex = bytes.toString("hex");
  return (
    bytes.length === SIGNATURE_BYTES &&
    [hex.slice(0, HALF_HEX_DIGITS), hex.slice(HALF_HEX_DIGITS)].every(
      (half) => half > ZERO && half < CURVE_ORDER,
    )
  );
}

export default { holds, parse };
