/**
 * Sends finished matches to the server. A match stays in the tab's storage until the server's final answer, so that
 * neither a reload nor a lost connection loses it.
 *
 * @typedef {object} Finished
 * @property {string} matchId
 * @property {string} ticket
 * @property {{ ticks: number, changes: number[][] }} inputs
 * @property {object} ending  contents of the last screen; never sent
 *
 * @typedef {"sending" | "stored" | "refused" | "offline" | "signed_out"} Delivery
 */

const STORAGE_KEY = "court-unsent";
/** Bytes. Browsers let requests outlive their page only up to 64 KiB in total. */
const LONGEST_KEPT_ALIVE = 60_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
/** Longest `Retry-After` that is respected. */
const LONGEST_ASKED_MS = 120_000;

const FINAL = new Set(["stored", "refused"]);
const SIGNED_OUT = 401;
/** Timeout, too early, too many requests: temporary refusals, independent of the match. */
const TRY_AGAIN = new Set([408, 425, 429]);

/**
 * Creates an outbox.
 * @param {any} page  the window
 * @param {import("./lifetime.js").Lifetime} lifetime
 * @param {object} to
 * @param {string} to.url
 * @param {string} to.owner  separates the matches of two players, or two tournaments, in one tab
 * @param {(finished: Finished, delivery: Delivery, detail: string) => void} to.report
 */
export function createOutbox(page, lifetime, { url, owner, report }) {
  /** @type {Map<string, { finished: Finished, attempts: number, cancel: () => void }>} */
  const waiting = new Map();
  const storageKey = `${STORAGE_KEY}:${owner}`;
  lifetime.listen(page, "online", retry);

  function add(finished) {
    waiting.set(finished.matchId, { finished, attempts: 0, cancel: nothing });
    keep();
    void send(finished.matchId);
  }

  /** Sends all waiting matches at once. */
  function retry() {
    for (const [matchId, { cancel }] of waiting) {
      if (cancel === busy) continue;
      cancel();
      void send(matchId);
    }
  }

  async function send(matchId) {
    const entry = waiting.get(matchId);
    entry.cancel = busy;
    entry.attempts += 1;
    report(entry.finished, "sending", "");
    settle(entry, await post(page, url, entry.finished));
  }

  /** Handles the answer. After the page was left, it only updates the storage. */
  function settle(entry, { delivery, detail, retryAfterMs }) {
    entry.cancel = nothing;
    if (delivery === "offline" && !lifetime.isOver) {
      const delayMs = Math.max(retryAfterMs, backoffMs(entry.attempts));
      entry.cancel = lifetime.after(() => void send(entry.finished.matchId), delayMs);
    } else if (FINAL.has(delivery)) {
      waiting.delete(entry.finished.matchId);
      keep();
    }
    if (!lifetime.isOver) report(entry.finished, delivery, detail);
  }

  function keep() {
    write(
      page,
      storageKey,
      [...waiting.values()].map(({ finished }) => finished),
    );
  }

  return {
    add,
    retry,

    /** Sends matches that an earlier visit of this tab left; returns them, the newest last. */
    resume() {
      const left = read(page, storageKey);
      for (const finished of left) add(finished);
      return left;
    },
  };
}

/**
 * Returns the delay before the next attempt.
 * @param {number} attempts  1 after the first failure
 */
export function backoffMs(attempts) {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 1));
}

async function post(page, url, { ticket, inputs }) {
  const body = JSON.stringify({ ticket, inputs });
  try {
    const response = await page.fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body,
      keepalive: body.length < LONGEST_KEPT_ALIVE,
    });
    return await understand(response);
  } catch {
    return { delivery: "offline", detail: "", retryAfterMs: 0 };
  }
}

async function understand(response) {
  const { status } = response;
  if (response.ok) {
    await response.text(); // An unread answer would keep its connection.
    return { delivery: "stored", detail: "" };
  }
  if (status === SIGNED_OUT) return { delivery: "signed_out", detail: "" };
  if (status >= 500 || TRY_AGAIN.has(status)) {
    return { delivery: "offline", detail: "", retryAfterMs: askedMs(response) };
  }
  return { delivery: "refused", detail: await readDetail(response) };
}

function askedMs(response) {
  const seconds = Number(response.headers.get("Retry-After") ?? 0);
  return Number.isFinite(seconds) ? Math.min(seconds * 1_000, LONGEST_ASKED_MS) : 0;
}

/** Returns the detail of problem details; empty for any other answer. */
export async function readDetail(response) {
  try {
    const problem = await response.json();
    return typeof problem.detail === "string" ? problem.detail : "";
  } catch {
    return "";
  }
}

function read(page, storageKey) {
  try {
    const left = JSON.parse(page.sessionStorage.getItem(storageKey) ?? "[]");
    return Array.isArray(left) ? left.filter(isFinished) : [];
  } catch {
    return [];
  }
}

function isFinished(entry) {
  return typeof entry?.matchId === "string" && typeof entry.ticket === "string" && entry.ending;
}

function write(page, storageKey, left) {
  try {
    if (left.length > 0) page.sessionStorage.setItem(storageKey, JSON.stringify(left));
    else page.sessionStorage.removeItem(storageKey);
  } catch {
    // Storage is full or forbidden: the match is still sent from this page, but lost with it.
  }
}

function nothing() {}

/** Value of `cancel` during a request. */
function busy() {}
