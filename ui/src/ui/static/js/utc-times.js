/** A field for a moment: typed in the reader's own time, sent in UTC, which is also what the server fills in. */

/**
 * @param {any} field  around an input of day and time, with a place for the time zone in `data-zone`
 * @param {any} [page]  the window
 * @returns {() => void} stops listening
 */
export function mountUtcTime(field, page = globalThis) {
  const input = field.querySelector("input");
  const { form } = input;
  const { timeZone } = new page.Intl.DateTimeFormat().resolvedOptions();
  input.value = toLocal(input.value);
  field.querySelector("[data-zone]").textContent = `Time zone: ${timeZone.replaceAll("_", " ")}.`;

  // What is sent differs from what stays to be seen: who is refused or comes back finds their own time.
  const send = ({ formData }) => formData.set(input.name, toUtc(input.value));
  form.addEventListener("formdata", send);
  return () => form.removeEventListener("formdata", send);
}

/**
 * @param {string} local such as `2027-03-14T20:30`
 * @returns {string} such as `2027-03-14T18:30`; what is no moment stays, and the server says so
 */
export function toUtc(local) {
  const moment = new Date(local);
  return Number.isNaN(moment.getTime()) ? local : moment.toISOString().slice(0, 16);
}

/**
 * @param {string} utc such as `2027-03-14T18:30`
 * @returns {string} such as `2027-03-14T20:30`
 */
export function toLocal(utc) {
  const moment = new Date(`${utc}Z`);
  if (Number.isNaN(moment.getTime())) return utc;
  const minutes = moment.getTimezoneOffset();
  return new Date(moment.getTime() - minutes * 60_000).toISOString().slice(0, 16);
}
