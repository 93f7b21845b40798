import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { mountPasskeyEnrolment } from "../../../src/ui/static/js/passkey-enrolment.js";

const CREDENTIAL = {
  id: "new",
  rawId: new Uint8Array([1, 2]).buffer,
  type: "public-key",
  getClientExtensionResults: () => ({}),
  response: {
    attestationObject: new Uint8Array([3]).buffer,
    clientDataJSON: new Uint8Array([4]).buffer,
  },
};
const OPTIONS = {
  ceremony: "c-1",
  public_key: { challenge: "AAAA", user: { id: "AQ", name: "alice", displayName: "Alice" } },
};

let page;
let form;
let answers;
let asked;
let made;

function json(status, body) {
  return { ok: status < 400, status, json: async () => body };
}

function createForm() {
  const target = new EventTarget();
  const parts = { "[data-role=problem]": { textContent: "" }, button: { disabled: false } };
  return Object.assign(target, {
    hidden: true,
    action: "/settings/passkeys",
    dataset: { options: "/options", confirm: "/confirm?next=x", done: "/settings/security" },
    querySelector: (selector) => parts[selector],
    elements: { namedItem: () => ({ value: " Laptop " }) },
  });
}

const problem = () => form.querySelector("[data-role=problem]").textContent;

async function submit() {
  const event = new Event("submit", { cancelable: true });
  form.dispatchEvent(event);
  await new Promise((resolve) => setTimeout(resolve));
  return event;
}

beforeEach(() => {
  asked = [];
  made = async () => CREDENTIAL;
  answers = [json(200, OPTIONS), json(204)];
  form = createForm();
  page = {
    PublicKeyCredential() {},
    navigator: { credentials: { create: (options) => made(options) } },
    location: {
      at: "",
      assign(url) {
        this.at = url;
      },
    },
    async fetch(url, request) {
      asked.push({ url, ...request });
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
});

test("without passkeys the form stays hidden", () => {
  delete page.PublicKeyCredential;
  assert.equal(mountPasskeyEnrolment(form, page), undefined);
  assert.equal(form.hidden, true);
});

test("a passkey is created and sent with its name, and the security page is shown", async () => {
  mountPasskeyEnrolment(form, page);
  assert.equal(form.hidden, false);
  const event = await submit();
  assert.equal(event.defaultPrevented, true);
  assert.deepEqual(
    asked.map(({ url, method }) => [method, url]),
    [
      ["POST", "/options"],
      ["POST", "/settings/passkeys"],
    ],
  );
  const sent = JSON.parse(asked[1].body);
  assert.equal(sent.ceremony, "c-1");
  assert.equal(sent.name, "Laptop");
  assert.equal(sent.credential.id, "new");
  assert.equal(page.location.at, "/settings/security");
});

test("an old session has to be confirmed first", async () => {
  answers = [json(403, { code: "confirmation_required" })];
  mountPasskeyEnrolment(form, page);
  await submit();
  assert.equal(page.location.at, "/confirm?next=x");
  assert.equal(problem(), "");
});

test("each refusal has a message, and the form can be sent again", async () => {
  for (const [answer, words] of [
    [json(409, { code: "too_many_passkeys", detail: "no" }), /maximum number of passkeys/],
    [json(400, { code: "invalid", errors: [{ field: "name", message: "Too long." }] }), /Too long/],
    [json(503, { code: "backend_down", detail: "auth is not answering." }), /Try again/],
    [{ ok: false, json: async () => Promise.reject(new Error("html")) }, /Try again/],
    [new TypeError("offline"), /can’t reach the server/],
  ]) {
    form = createForm();
    answers = [json(200, OPTIONS), answer];
    mountPasskeyEnrolment(form, page);
    await submit();
    assert.match(problem(), words);
    assert.equal(form.querySelector("button").disabled, false);
    assert.equal(page.location.at, "");
  }
});

test("a refusal by the browser has a message", async () => {
  made = async () => {
    throw Object.assign(new Error("no"), { name: "InvalidStateError" });
  };
  mountPasskeyEnrolment(form, page);
  await submit();
  assert.match(problem(), /already/);
  assert.equal(asked.length, 1);
});

test("after disconnecting the form is submitted normally", async () => {
  mountPasskeyEnrolment(form, page)();
  const event = await submit();
  assert.equal(event.defaultPrevented, false);
  assert.deepEqual(asked, []);
});
