import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { mountUtcTime, toLocal, toUtc } from "../../../src/ui/static/js/utc-times.js";

const { TZ } = process.env;

before(() => {
  process.env.TZ = "Europe/Helsinki";
});

after(() => {
  // An undefined one would be the zone "undefined".
  if (TZ === undefined) delete process.env.TZ;
  else process.env.TZ = TZ;
});

function createField(value) {
  const form = new EventTarget();
  const input = { name: "starts_at", value, form };
  const zone = { textContent: "Time zone: UTC." };
  const field = { querySelector: (selector) => (selector === "input" ? input : zone) };
  return { field, form, input, zone };
}

function sent(form) {
  const formData = new Map([["starts_at", "as the browser has it"]]);
  form.dispatchEvent(Object.assign(new Event("formdata"), { formData }));
  return formData.get("starts_at");
}

test("the server's value is shown in local time, and the zone is named", () => {
  const { field, input, zone } = createField("2027-01-14T18:30");
  mountUtcTime(field);
  assert.equal(input.value, "2027-01-14T20:30");
  assert.equal(zone.textContent, "Time zone: Europe/Helsinki.");
});

test("the form sends UTC and still shows local time", () => {
  const { field, form, input } = createField("");
  mountUtcTime(field);
  input.value = "2027-01-14T20:30";
  assert.equal(sent(form), "2027-01-14T18:30");
  assert.equal(input.value, "2027-01-14T20:30");
});

test("empty and invalid values stay unchanged", () => {
  for (const typed of ["", "soon"]) {
    assert.equal(toUtc(typed), typed);
    assert.equal(toLocal(typed), typed);
  }
});

test("conversions follow summer time, and both directions agree", () => {
  assert.equal(toUtc("2027-07-14T20:30"), "2027-07-14T17:30");
  for (const utc of [
    "2027-01-14T18:30",
    "2027-07-14T18:30",
    "2027-03-28T00:59",
    "2027-12-31T23:59",
  ])
    assert.equal(toUtc(toLocal(utc)), utc);
});

test("a disconnected field leaves the form unchanged", () => {
  const { field, form } = createField("");
  mountUtcTime(field)();
  assert.equal(sent(form), "as the browser has it");
});
