/**
 * The court of a live match, which the server runs: connection, picture, phases and the end. `online.js` adds the
 * player's input; `watch.js` adds nothing.
 */

import { createClient } from "../netcode/client.js";
import { Phase, Reason } from "../netcode/protocol.js";
import { LEFT, NOBODY, PADDLE_SPEED, RIGHT } from "../pong/court.js";
import { createLiveScreen, phaseWords } from "./live-screen.js";
import { askForMatch } from "./match-state.js";
import { createMotion } from "./motion.js";
import { spokenScore } from "./screen.js";
import { createSound } from "./sound.js";
import { createSurface } from "./surface.js";

const STATES = {
  [Phase.WAITING]: "waiting",
  [Phase.COUNTDOWN]: "countdown",
  [Phase.PLAYING]: "playing",
  [Phase.AWAY]: "paused",
  [Phase.SUSPENDED]: "paused",
  [Phase.OVER]: "paused",
};

/** Sub-units a tick. A paddle whose keys arrived late slides to its place at this speed at most, instead of jumping. */
const SHOWN_SPEED = 3 * PADDLE_SPEED;

/** Reason for no further connection: the page is being left for the page of the finished match. */
const GONE_ON = "gone_on";

export class LiveCourt {
  #page;
  #lifetime;
  #data;
  #names;
  #surface;
  #sound;
  #motion = null;
  #shown = { left: 0, right: 0 };
  /** The time at which the current wait or absence ends. */
  #untilMs = 0;
  #spokenScore = 0;
  #isConnected = false;
  /** Whether the match has ended, or the connection has failed in a way that only the player can resolve. */
  #isOver = false;
  #stopFrames = () => {};
  screen;
  client;

  /**
   * Prepares the connection to `url`; `open` starts it.
   * @param {any} element
   * @param {any} page  the window
   * @param {import("./lifetime.js").Lifetime} lifetime
   * @param {{ url: string, hand?: (side: number, state: import("../pong/engine.js").State) => -1 | 0 | 1 }} on
   */
  constructor(element, page, lifetime, { url, hand }) {
    this.#page = page;
    this.#lifetime = lifetime;
    this.#data = element.dataset;
    this.#names = { left: this.#data.leftName, right: this.#data.rightName };
    this.screen = createLiveScreen(element);
    this.#surface = createSurface(page, lifetime, this.screen.part("court"));
    this.#sound = createSound(page);
    lifetime.own(() => this.#sound.close());
    this.client = createClient({
      open: () => new page.WebSocket(socketUrl(page, url)),
      now: () => page.performance.now(),
      after: lifetime.after,
      hand,
      before: () => this.#mayComeAgain(),
      on: {
        phase: (phase) => this.#enter(phase),
        end: (end) => this.#end(end),
        problem: (problem) => this.#fail(problem),
        connected: (isConnected) => this.#connect(isConnected),
        settled: () => this.#hearBeat(),
      },
    });
    lifetime.own(() => this.client.stop());
    this.#listen();
  }

  open() {
    this.screen.write("left-name", this.#names.left);
    this.screen.write("right-name", this.#names.right);
    this.screen.sound(this.#sound.on);
    this.screen.state("connecting");
    this.#play();
  }

  /** Takes the connection back from another window. */
  takeBack() {
    this.screen.state("connecting");
    this.screen.phase(["Connecting…", ""]);
    this.#play();
  }

  get isOver() {
    return this.#isOver;
  }

  unlockSound() {
    this.#sound.unlock();
  }

  #play() {
    this.#isOver = false;
    this.client.start();
    this.#stopFrames();
    this.#stopFrames = this.#lifetime.everyFrame(() => this.#frame());
  }

  // The moving court.

  #frame() {
    const { game } = this.client;
    const between = this.client.frame((state) => this.#tick(state));
    if (game.state === null) return;
    this.#motion ??= createMotion(game.state);
    this.#surface.show(this.#motion.picture(game.isMoving ? between : 1));
    this.screen.score(game.state);
    if (this.#isConnected) this.#tell();
  }

  #tick(state) {
    this.#motion ??= createMotion(state);
    const happening = this.#motion.follow(this.#smooth(state));
    if (happening) this.#sound.play(happening);
  }

  /** Smooths the paddles that the server moves; the player's own paddle follows their keys directly. */
  #smooth(state) {
    const { side } = this.client.game;
    const leftY = side === LEFT ? state.leftY : near(this.#shown.left, state.leftY);
    const rightY = side === RIGHT ? state.rightY : near(this.#shown.right, state.rightY);
    this.#shown = { left: leftY, right: rightY };
    return { ...state, leftY, rightY };
  }

  #tell() {
    const { game, countdown } = this.client;
    this.screen.countdown(Math.ceil(countdown));
    if (!game.isMoving && game.end === null) this.screen.phase(this.#words(game.phase));
  }

  #words(phase) {
    const leftMs = Math.max(0, this.#untilMs - this.#page.performance.now());
    return phaseWords(phase, Math.ceil(leftMs / 1000), this.#names);
  }

  // Events of the connection.

  #enter(phase) {
    const { game } = this.client;
    this.#untilMs = this.#page.performance.now() + phase.ms;
    this.#isConnected = true;
    if (!game.isMoving || phase.phase === Phase.COUNTDOWN) this.#settleMotion(game.state);
    this.screen.state(STATES[phase.phase]);
    this.#tellConnection();
    if (phase.phase === Phase.COUNTDOWN) {
      this.screen.announce(getReady(game.side));
      this.screen.part("stage")?.focus({ preventScroll: true });
    } else if (!game.isMoving) {
      const words = this.#words(phase);
      this.screen.phase(words);
      this.screen.announce(words[0]);
    }
  }

  #connect(isConnected) {
    if (isConnected) return;
    this.#isConnected = false;
    this.screen.countdown(0);
    this.screen.state("paused");
    this.screen.phase(["Connection lost", "Reconnecting…"]);
    this.screen.announce("Connection lost, reconnecting");
  }

  #end(end) {
    this.#isOver = true;
    const { game } = this.client;
    this.#stopFrames();
    this.#settleMotion(game.state);
    this.#surface.show(this.#motion.picture(1));
    this.screen.countdown(0);
    const { longestRally } = game.state;
    this.screen.ending(end, { side: game.side, names: this.#names, longestRally });
    // A void match has no page of its own.
    this.screen.part(end.reason === Reason.VOID ? "way-on" : "match-link")?.focus();
  }

  #fail(problem) {
    this.#isOver = true;
    this.#stopFrames();
    this.#isConnected = false;
    this.screen.countdown(0);
    if (problem === GONE_ON) return;
    this.screen.problem(problem);
    this.screen.part(problem === "taken_over" ? "take-back" : "reload")?.focus();
  }

  #hearBeat() {
    this.#tellConnection();
    this.#announceScore();
  }

  #tellConnection() {
    const { game } = this.client;
    const { late } = game.statistics;
    const delay = game.phase?.delay ?? 0;
    this.screen.connection(game.rtt, { side: game.side, late, delay });
  }

  /** Announces a point after the server has confirmed it, because a predicted one can be taken back. */
  #announceScore() {
    const { settled } = this.client.game;
    const points = settled.leftScore + settled.rightScore;
    if (points > this.#spokenScore && settled.winner === NOBODY) {
      this.screen.announce(spokenScore(settled, this.#names.left, this.#names.right));
    }
    this.#spokenScore = points;
  }

  async #mayComeAgain() {
    const { stateUrl } = this.#data;
    if (!stateUrl) return null;
    const { problem, goTo } = await askForMatch(this.#page, stateUrl, this.#lifetime.signal);
    if (goTo === null || this.#lifetime.isOver) return problem;
    this.#page.location.assign(goTo);
    return GONE_ON;
  }

  #settleMotion(state) {
    this.#motion ??= createMotion(state);
    this.#motion.settle(state);
    this.#shown = { left: state.leftY, right: state.rightY };
  }

  #listen() {
    const on = (target, type, handler) => this.#lifetime.listen(target, type, handler);
    on(this.#page, "online", () => this.client.retryNow());
    const sound = this.screen.part("sound");
    if (sound) {
      on(sound, "click", () => {
        this.screen.sound(this.#sound.toggle());
        this.#sound.unlock();
      });
    }
    const takeBack = this.screen.part("take-back");
    if (takeBack) on(takeBack, "click", () => this.takeBack());
  }
}

function getReady(side) {
  if (side === NOBODY) return "The match starts";
  return `Get ready. You play on the ${side === LEFT ? "left" : "right"}.`;
}

function near(shownY, y) {
  return Math.max(shownY - SHOWN_SPEED, Math.min(shownY + SHOWN_SPEED, y));
}

/** Returns the absolute address of a socket, because only the newest browsers accept a path. */
function socketUrl(page, url) {
  const address = new URL(url, page.location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}
