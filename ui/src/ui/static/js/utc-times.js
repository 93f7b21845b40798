/** A field for date and time in the reader's time zone, whose value comes from the server and is sent in UTC. */

/**
 * Connects a field.
 * @param {any} field  contains an input of date and time, and an element for the time zone with `data-zone`
 * @param {any} [page]  the window
 * @returns {() => void} stops listening
 */
export function mountUtcTime(field, page = globalThis) {
  const input = field.querySelector("input");
  const { form } = input;
  const { timeZone } = new page.Intl.DateTimeFormat().resolvedOptions();
  input.value = toLocal(input.value);
  field.querySelector("[data-zone]").textContent = `Time zone: ${timeZone.replaceAll("_", " ")}.`;

  // Changes only the sent value: after an error or with the back button the field still has the local time.
  const send = ({ formData }) => formData.set(input.name, toUtc(input.value));
  form.addEventListener("formdata", send);
  return () => form.removeEventListener("formdata", send);
}

/**
 * Converts local time to UTC.
 * @param {string} local such as `2027-03-14T20:30`
 * @returns {string} such as `2027-03-14T18:30`; an invalid value is unchanged, and refused by the server
 */
export function toUtc(local) {
  const moment = new Date(local);
  return Number.isNaN(moment.getTime()) ? local : moment.toISOString().slice(0, 16);
}

/**
 * Converts UTC to local time.
 * @param {string} utc such as `2027-03-14T18:30`
 * @returns {string} such as `2027-03-14T20:30`
 */
export function toLocal(utc) {
  const moment = new Date(`${utc}Z`);
  if (Number.isNaN(moment.getTime())) return utc;
  const minutes = moment.getTimezoneOffset();
  return new Date(moment.getTime() - minutes * 60_000).toISOString().slice(0, 16);
}
