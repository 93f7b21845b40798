import assert from "node:assert/strict";
import { test } from "node:test";
import {
  knowsPasskeys,
  makePasskey,
  passkeyErrorText,
  usePasskey,
} from "../../../src/ui/static/js/passkeys.js";

const bytes = (...values) => Uint8Array.from(values).buffer;
/** These bytes need padding and both characters that differ in base64url. */
const ODD = bytes(0xfb, 0xff, 0xfe, 0x01);
const ODD_TEXT = "-__-AQ";

/** An authenticator that always gives the same answer and records its options. */
function createCredentials(response) {
  const asked = {};
  const credential = {
    id: ODD_TEXT,
    rawId: ODD,
    type: "public-key",
    authenticatorAttachment: null,
    getClientExtensionResults: () => ({}),
    response,
  };
  const answer = (kind) => async (options) => {
    asked[kind] = options.publicKey;
    return credential;
  };
  return { asked, get: answer("get"), create: answer("create") };
}

test("passkeys need both PublicKeyCredential and navigator.credentials", () => {
  const whole = { PublicKeyCredential: class {}, navigator: { credentials: {} } };
  assert.equal(knowsPasskeys(whole), true);
  assert.equal(knowsPasskeys({ ...whole, PublicKeyCredential: undefined }), false);
  assert.equal(knowsPasskeys({ ...whole, navigator: {} }), false);
});

test("the authenticator receives the options as bytes", async () => {
  const credentials = createCredentials({ clientDataJSON: ODD });
  await usePasskey(credentials, {
    challenge: ODD_TEXT,
    rpId: "localhost",
    allowCredentials: [{ id: ODD_TEXT, type: "public-key" }],
  });
  const { challenge, rpId, allowCredentials } = credentials.asked.get;
  assert.deepEqual(challenge, new Uint8Array(ODD));
  assert.equal(rpId, "localhost");
  assert.deepEqual(allowCredentials, [{ id: new Uint8Array(ODD), type: "public-key" }]);
});

test("without a list the options allow any passkey of this site", async () => {
  const credentials = createCredentials({});
  await usePasskey(credentials, { challenge: ODD_TEXT });
  assert.equal(credentials.asked.get.allowCredentials, undefined);
});

test("the answer is JSON as in the standard", async () => {
  const credentials = createCredentials({
    authenticatorData: bytes(1),
    clientDataJSON: bytes(2),
    signature: ODD,
    userHandle: null,
  });
  const answer = JSON.parse(JSON.stringify(await usePasskey(credentials, { challenge: "AQ" })));
  assert.deepEqual(answer, {
    id: ODD_TEXT,
    rawId: ODD_TEXT,
    type: "public-key",
    clientExtensionResults: {},
    response: { authenticatorData: "AQ", clientDataJSON: "Ag", signature: ODD_TEXT },
  });
});

test("a new passkey is created for the user in the server's options", async () => {
  const credentials = createCredentials({
    attestationObject: bytes(3),
    clientDataJSON: bytes(4),
    getTransports: () => ["internal"],
  });
  const answer = await makePasskey(credentials, {
    challenge: "AQ",
    user: { id: ODD_TEXT, name: "Alice", displayName: "Alice" },
    excludeCredentials: [{ id: ODD_TEXT, type: "public-key" }],
  });
  const { user, excludeCredentials } = credentials.asked.create;
  assert.deepEqual(user, { id: new Uint8Array(ODD), name: "Alice", displayName: "Alice" });
  assert.deepEqual(excludeCredentials[0].id, new Uint8Array(ODD));
  assert.deepEqual(answer.response, {
    attestationObject: "Aw",
    clientDataJSON: "BA",
    transports: ["internal"],
  });
});

test("each failure has a message", () => {
  const names = ["NotAllowedError", "AbortError", "InvalidStateError", "SecurityError"];
  const sentences = names.map((name) => passkeyErrorText({ name }));
  assert.equal(new Set(sentences).size, names.length);
  assert.match(passkeyErrorText({ name: "NotAllowedError" }), /cancelled.*none/);
  for (const odd of [{ name: "Whatever" }, {}, undefined]) {
    assert.match(passkeyErrorText(odd), /Try again/);
  }
});
