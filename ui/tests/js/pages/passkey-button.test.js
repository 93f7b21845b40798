import assert from "node:assert/strict";
import { test } from "node:test";
import { mountPasskeyButton } from "../../../src/ui/static/js/passkey-button.js";

const OPTIONS = "/sign-in/passkey/options";
const ANSWER = "/sign-in/passkey";
const QUESTION = { ceremony: "c1", public_key: { challenge: "AQ" } };

/** The button and the elements around it that the script uses. */
function createButton() {
  const problem = { textContent: "" };
  const section = { hidden: true, querySelector: () => problem };
  const button = new EventTarget();
  return Object.assign(button, {
    hidden: true,
    disabled: false,
    focused: false,
    dataset: { options: OPTIONS, answer: ANSWER, next: "/matches" },
    closest: () => section,
    focus() {
      this.focused = true;
    },
    section,
    problem,
  });
}

/** A window whose server answers by address, with a given authenticator. */
function createPage(answers, get = async () => credential()) {
  const page = {
    went: [],
    asked: [],
    PublicKeyCredential: class {},
    navigator: { credentials: { get } },
    location: { assign: (to) => page.went.push(to) },
    fetch: async (url, { body }) => {
      page.asked.push({ url, body: body && JSON.parse(body) });
      const answer = answers[url];
      if (answer instanceof Error) throw answer;
      const [status, json] = answer;
      return { ok: status < 400, status, json: async () => json };
    },
  };
  return page;
}

function credential() {
  return {
    id: "AQ",
    rawId: new ArrayBuffer(1),
    type: "public-key",
    getClientExtensionResults: () => ({}),
    response: {},
  };
}

/** Waits for every promise of one press. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

async function press(button) {
  button.dispatchEvent(new Event("click"));
  await settled();
}

test("the button is shown only where passkeys work", () => {
  const button = createButton();
  mountPasskeyButton(button, createPage({}));
  assert.equal(button.hidden, false);
  assert.equal(button.section.hidden, false);

  const useless = createButton();
  const old = { ...createPage({}), PublicKeyCredential: undefined };
  assert.equal(mountPasskeyButton(useless, old), undefined);
  assert.equal(useless.hidden, true);
});

test("a press requests options, sends the passkey and follows the server's redirect", async () => {
  const button = createButton();
  const page = createPage({ [OPTIONS]: [200, QUESTION], [ANSWER]: [200, { next: "/matches" }] });
  mountPasskeyButton(button, page);
  await press(button);
  assert.deepEqual(
    page.asked.map(({ url }) => url),
    [OPTIONS, ANSWER],
  );
  const { ceremony, credential, next } = page.asked[1].body;
  assert.deepEqual([ceremony, credential.id, next], ["c1", "AQ", "/matches"]);
  assert.deepEqual(page.went, ["/matches"]);
});

test("a cancelled prompt is reported and can be repeated", async () => {
  const button = createButton();
  const page = createPage({ [OPTIONS]: [200, QUESTION] }, async () => {
    throw Object.assign(new Error("no"), { name: "NotAllowedError" });
  });
  mountPasskeyButton(button, page);
  await press(button);
  assert.match(button.problem.textContent, /cancelled/);
  assert.equal(button.disabled, false);
  assert.equal(button.focused, true);
  assert.deepEqual(page.went, []);
});

for (const [what, answer, sentence] of [
  ["an unknown passkey", [401, { code: "passkey_refused" }], /refused/],
  ["an expired session", [401, { code: "session_over" }], /signed out/],
  ["too many tries", [429, { code: "too_many_attempts" }], /Wait/],
  ["a broken server", [503, { code: "backend_down" }], /Try again/],
  ["no server", new TypeError("offline"), /can’t reach the server/],
]) {
  test(`${what} is reported`, async () => {
    const button = createButton();
    const page = createPage({ [OPTIONS]: [200, QUESTION], [ANSWER]: answer });
    mountPasskeyButton(button, page);
    await press(button);
    assert.match(button.problem.textContent, sentence);
    assert.deepEqual(page.went, []);
  });
}

test("the next press removes the old message", async () => {
  const button = createButton();
  const page = createPage({ [OPTIONS]: new TypeError("offline") });
  mountPasskeyButton(button, page);
  await press(button);
  button.dispatchEvent(new Event("click"));
  assert.equal(button.problem.textContent, "");
  assert.equal(button.disabled, true);
  await settled();
});

test("after disconnecting a press does nothing", async () => {
  const button = createButton();
  const page = createPage({});
  mountPasskeyButton(button, page)();
  await press(button);
  assert.deepEqual(page.asked, []);
});
