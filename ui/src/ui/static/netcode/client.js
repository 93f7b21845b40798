/**
 * Connects a live match to its server by a WebSocket, and reconnects it. Independent of the page: the caller passes in
 * the socket, the time, timers and the player's input, so that a test without a browser uses the same connection as the
 * page.
 */

import { Game, OtherVersion } from "./game.js";
import { decodeFrame, encodeResign, MalformedFrame, Phase } from "./protocol.js";
import { GOOD_AFTER_MS, problemOf, retryDelay } from "./reconnect.js";

/** The server sends at least one beat a second; after four missing ones the connection counts as lost. */
const SILENCE_MS = 4_000;
/** Close code in browsers for a connection that ended without a close frame. */
const NO_CODE = 1006;

/**
 * @typedef {import("./reconnect.js").Problem | "outdated" | string} Problem
 *   reason for no further connection before the end of the match; `before` adds other names
 */

/**
 * Creates a client; `start` connects it.
 * @param {object} given
 * @param {() => WebSocket} given.open
 * @param {() => number} given.now  in milliseconds, monotonic
 * @param {(callback: () => void, delayMs: number) => () => void} given.after  returns cancel
 * @param {(side: number, state: import("../pong/engine.js").State) => -1 | 0 | 1} [given.hand]  the wanted keys
 * @param {() => Promise<Problem | null>} [given.before]  called before each reconnection: null, or the
 *   reason against it; an exception counts as a failed connection
 * @param {() => number} [given.random]
 * @param {object} [given.on]
 * @param {(phase: import("./protocol.js").Message) => void} [given.on.phase]
 * @param {(end: import("./protocol.js").Message) => void} [given.on.end]
 * @param {(problem: Problem) => void} [given.on.problem]
 * @param {(isConnected: boolean) => void} [given.on.connected]  called when the connection is lost or back
 * @param {(tick: number, digest: number, agrees: boolean) => void} [given.on.settled]
 */
export function createClient({
  open,
  now,
  after,
  hand = () => 0,
  before = async () => null,
  random = Math.random,
  on = {},
}) {
  const game = new Game({ send, settled: on.settled });
  /** @type {WebSocket | null} */
  let socket = null;
  let forgetTimers = () => {};
  let failures = 0;
  let openings = 0;
  let openedAtMs = 0;
  let heardAtMs = 0;
  let isResigning = false;
  /** Incremented to make earlier attempts obsolete. */
  let attempt = 0;

  function start() {
    if (socket || game.end) return;
    attempt += 1;
    forgetTimers();
    openings += 1;
    openedAtMs = now();
    heardAtMs = openedAtMs;
    const opened = open();
    socket = opened;
    opened.binaryType = "arraybuffer";
    opened.onmessage = ({ data }) => socket === opened && hear(data);
    opened.onclose = ({ code }) => socket === opened && lose(code);
    // A close event follows, with all information.
    opened.onerror = () => {};
    watchSilence();
  }

  function stop() {
    attempt += 1;
    forgetTimers();
    const open = socket;
    socket = null;
    open?.close();
  }

  function send(message) {
    if (socket?.readyState === OPEN) socket.send(message);
  }

  function hear(data) {
    heardAtMs = now();
    try {
      for (const message of decodeFrame(data)) take(message);
    } catch (error) {
      if (!(error instanceof OtherVersion) && !(error instanceof MalformedFrame)) throw error;
      giveUp(error instanceof OtherVersion ? "outdated" : "malformed");
    }
  }

  function take(message) {
    game.receive(message, heardAtMs);
    if (message.name === "welcome") on.connected?.(true);
    if (message.name === "welcome" && isResigning) send(encodeResign());
    if (message.name === "phase") on.phase?.(message);
    if (message.name === "end") on.end?.(message);
  }

  function lose(code) {
    socket = null;
    attempt += 1;
    forgetTimers();
    if (game.end) return;
    const problem = problemOf(code);
    if (problem) {
      on.problem?.(problem);
      return;
    }
    on.connected?.(false);
    failures = now() - openedAtMs < GOOD_AFTER_MS ? failures + 1 : 0;
    forgetTimers = after(retry, retryDelay(code, failures, random()));
  }

  async function retry() {
    attempt += 1;
    const mine = attempt;
    const problem = await before().catch(() => FAILED);
    if (mine !== attempt) return;
    if (problem === null) start();
    else if (problem !== FAILED) on.problem?.(problem);
    else {
      failures += 1;
      forgetTimers = after(retry, retryDelay(NO_CODE, failures, random()));
    }
  }

  function giveUp(problem) {
    stop();
    on.problem?.(problem);
  }

  function watchSilence() {
    forgetTimers = after(() => {
      const silentMs = now() - heardAtMs;
      // The server sends nothing while it stores a result.
      if (silentMs < SILENCE_MS || game.phase?.phase === Phase.OVER) {
        watchSilence();
        return;
      }
      const dead = socket;
      lose(NO_CODE);
      // Closed after `lose`, because the closing handshake takes long on a dead connection.
      dead?.close();
    }, SILENCE_MS / 4);
  }

  return {
    game,

    /** Opens the connection, for the first time or after a failure. */
    start,

    /** Closes the connection; `start` opens it again. */
    stop,

    /** Reconnects at once, because the network may be back. */
    retryNow() {
      if (socket || game.end || openings === 0) return;
      forgetTimers();
      void retry();
    },

    /**
     * Plays up to now with the wanted keys; call it once per frame.
     * @param {(state: import("../pong/engine.js").State) => void} [each]  called after every new tick
     * @returns {number} the position between the last tick but one and the last, 0 to 1
     */
    frame(each) {
      const ms = now();
      sense(ms);
      return game.advance(ms, each);
    },

    /** Sends changed keys; call it for a change between two frames. */
    sense() {
      sense(now());
    },

    /** Resigns, now or after the next connection. */
    resign() {
      isResigning = true;
      send(encodeResign());
    },

    /** @returns {number} seconds until the first tick, 0 without a countdown */
    get countdown() {
      return game.countdown(now());
    },

    get isConnected() {
      return socket?.readyState === OPEN && game.phase !== null;
    },

    get statistics() {
      return { ...game.statistics, openings };
    },
  };

  function sense(ms) {
    if (socket && game.isMoving) game.press(hand(game.side, game.state), ms);
  }
}

/** The value of `WebSocket.OPEN`, without the class. */
const OPEN = 1;
const FAILED = Symbol("failed");
