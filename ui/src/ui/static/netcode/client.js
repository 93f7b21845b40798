/**
 * A live match over a socket: opened, listened to, opened again. Knows no page: the socket, the time, timers and hands are
 * handed in, so that a test without a browser plays over the same connection as the page.
 */

import { Game, OtherVersion } from "./game.js";
import { decodeFrame, encodeResign, MalformedFrame, Phase } from "./protocol.js";
import { GOOD_AFTER_MS, retryDelay, troubleOf } from "./reconnect.js";

/** Beats come once a second at the least; after four missing ones the way is dead, whatever the socket believes. */
const SILENCE_MS = 4_000;
/** What browsers say of a connection that has ended without a close. */
const NO_CODE = 1006;

/**
 * @typedef {import("./reconnect.js").Trouble | "outdated" | string} Trouble
 *   why it is over without an end; other names come from `before`
 */

/**
 * @param {object} given
 * @param {() => WebSocket} given.open
 * @param {() => number} given.now  in milliseconds, never going back
 * @param {(callback: () => void, delayMs: number) => () => void} given.after  returns cancel
 * @param {(side: number, state: import("../pong/engine.js").State) => -1 | 0 | 1} [given.hand]  the keys that our side wants now
 * @param {() => Promise<Trouble | null>} [given.before]  asked before each further connection: null to go on, or why not; one
 *   that throws counts as a failed connection
 * @param {() => number} [given.random]
 * @param {object} [given.on]
 * @param {(phase: import("./protocol.js").Message) => void} [given.on.phase]
 * @param {(end: import("./protocol.js").Message) => void} [given.on.end]
 * @param {(trouble: Trouble) => void} [given.on.trouble]
 * @param {(isConnected: boolean) => void} [given.on.connected]  lost or there again
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
  /** Rises whenever what was begun before is no longer wanted. */
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
    // A close follows, and says all there is to know.
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
    const trouble = troubleOf(code);
    if (trouble) {
      on.trouble?.(trouble);
      return;
    }
    on.connected?.(false);
    failures = now() - openedAtMs < GOOD_AFTER_MS ? failures + 1 : 0;
    forgetTimers = after(retry, retryDelay(code, failures, random()));
  }

  async function retry() {
    attempt += 1;
    const mine = attempt;
    const trouble = await before().catch(() => FAILED);
    if (mine !== attempt) return;
    if (trouble === null) start();
    else if (trouble !== FAILED) on.trouble?.(trouble);
    else {
      failures += 1;
      forgetTimers = after(retry, retryDelay(NO_CODE, failures, random()));
    }
  }

  function giveUp(trouble) {
    stop();
    on.trouble?.(trouble);
  }

  function watchSilence() {
    forgetTimers = after(() => {
      const silentMs = now() - heardAtMs;
      // While a result is being stored there is nothing to say.
      if (silentMs < SILENCE_MS || game.phase?.phase === Phase.OVER) {
        watchSilence();
        return;
      }
      const dead = socket;
      lose(NO_CODE);
      // The handshake of a close takes its time on a dead way; nobody waits for it.
      dead?.close();
    }, SILENCE_MS / 4);
  }

  return {
    game,

    /** Opens the connection, for the first time or after trouble. */
    start,

    /** Leaves; `start` comes back. */
    stop,

    /** Does not wait any longer: the network may be there again. */
    retryNow() {
      if (socket || game.end || openings === 0) return;
      forgetTimers();
      void retry();
    },

    /**
     * To be called once a frame: plays up to now with what the hand wants.
     * @param {(state: import("../pong/engine.js").State) => void} [each]  called after every tick that is new
     * @returns {number} the way from the last tick but one to the last, 0 to 1
     */
    frame(each) {
      const ms = now();
      sense(ms);
      return game.advance(ms, each);
    },

    /** To be called when the hand has moved between two frames. */
    sense() {
      sense(now());
    },

    /** Gives up, now or as soon as there is a connection again. */
    resign() {
      isResigning = true;
      send(encodeResign());
    },

    /** @returns {number} seconds until the first tick, 0 when there is none to wait for */
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

/** `WebSocket.OPEN`, without asking for the class. */
const OPEN = 1;
const FAILED = Symbol("failed");
