/** WebAuthn with JSON: the server's options as input, and its expected answer as output. Independent of the page. */

/** @typedef {{ [name: string]: any }} Json */

/**
 * Returns whether the browser supports passkeys.
 * @param {any} page the window
 * @returns {boolean}
 */
export function knowsPasskeys(page) {
  return typeof page.PublicKeyCredential === "function" && Boolean(page.navigator.credentials);
}

/**
 * Uses an existing passkey.
 *
 * @param {CredentialsContainer} credentials
 * @param {Json} publicKey PublicKeyCredentialRequestOptionsJSON
 * @returns {Promise<Json>} AuthenticationResponseJSON
 */
export async function usePasskey(credentials, publicKey) {
  const credential = await credentials.get({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      allowCredentials: publicKey.allowCredentials?.map(withBytes),
    },
  });
  return toJson(credential, ["authenticatorData", "clientDataJSON", "signature", "userHandle"]);
}

/**
 * Creates a new passkey.
 *
 * @param {CredentialsContainer} credentials
 * @param {Json} publicKey PublicKeyCredentialCreationOptionsJSON
 * @returns {Promise<Json>} RegistrationResponseJSON
 */
export async function makePasskey(credentials, publicKey) {
  const credential = await credentials.create({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      user: { ...publicKey.user, id: toBytes(publicKey.user.id) },
      excludeCredentials: publicKey.excludeCredentials?.map(withBytes),
    },
  });
  const json = toJson(credential, ["attestationObject", "clientDataJSON"]);
  json.response.transports = credential.response.getTransports?.() ?? [];
  return json;
}

/**
 * Returns the message for a failed ceremony.
 * @param {{ name?: string }} error the browser's reason
 * @returns {string}
 */
export function passkeyErrorText(error) {
  return SENTENCES[error?.name ?? ""] ?? "We couldn’t use the passkey. Try again.";
}

const SENTENCES = {
  // Browsers do not distinguish these reasons, so that no site learns who has a passkey.
  NotAllowedError:
    "No passkey was used: you cancelled, it took too long, or this device has none. Try again.",
  AbortError: "No passkey was used: you cancelled.",
  InvalidStateError: "This device already has a passkey for this account.",
  NotSupportedError: "This device doesn’t support this kind of passkey. Use another device.",
  ConstraintError:
    "This device can’t confirm that it’s you. Set up its screen lock, or use another device.",
  SecurityError: "Passkeys don’t work at this address. Open the site under its usual address.",
};

/**
 * Encodes binary fields as base64url, and adds the fields of `PublicKeyCredential.toJSON()`, which some browsers lack.
 */
function toJson(credential, fields) {
  const response = {};
  for (const name of fields) {
    const bytes = credential.response[name];
    if (bytes) response[name] = toBase64Url(bytes);
  }
  return {
    id: credential.id,
    rawId: toBase64Url(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

function withBytes(descriptor) {
  return { ...descriptor, id: toBytes(descriptor.id) };
}

function toBytes(base64Url) {
  const text = atob(base64Url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function toBase64Url(buffer) {
  const text = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
