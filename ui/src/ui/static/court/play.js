/**
 * The play page: choices, countdown, play, pause, end. Frames run only while the court moves; one lifetime releases
 * everything when the page is left.
 */

import {
  COURT_HEIGHT,
  LEFT,
  NOBODY,
  PADDLE_SPEED,
  RIGHT,
  RULES_VERSION,
  TICKS_PER_SECOND,
  UNIT,
} from "../pong/court.js";
import { agreed, readChoices, wanted } from "./choices.js";
import { createKeys, listenToKeys } from "./keys.js";
import { createLifetime } from "./lifetime.js";
import { createLoop } from "./loop.js";
import { createMatch } from "./match.js";
import { createMotion, finalPicture } from "./motion.js";
import { createOutbox } from "./outbox.js";
import { createScreen, headline, spokenScore } from "./screen.js";
import { createSound } from "./sound.js";
import { createSurface } from "./surface.js";
import { openTicket } from "./tickets.js";
import { createTouch, listenToDrags, listenToHold } from "./touch.js";

export const COUNTDOWN_TICKS = 3 * TICKS_PER_SECOND;

/**
 * Starts the play page.
 * @param {any} element  `[data-play]`
 * @param {any} [page]  the window
 * @returns {() => void} stops it, with all listeners, timers, frames, observers and requests
 */
export function mountPlay(element, page = globalThis) {
  const lifetime = createLifetime(page);
  const play = new Play(element, page, lifetime);
  play.open();
  return () => lifetime.end();
}

class Play {
  #page;
  #lifetime;
  #data;
  #screen;
  #parts;
  #surface;
  #sound;
  #outbox;
  #touch = createTouch();
  #loop = createLoop({ tick: () => this.#tick(), draw: (between) => this.#draw(between) });

  #state = "choose";
  /** @type {import("./choices.js").Choices} */
  #choices;
  #names = { left: "", right: "" };
  #ticket = null;
  #match = null;
  #motion = null;
  #keys = null;
  #countdown = 0;
  #stopFrames = null;
  /** ID of the match on the last screen, which shows only the delivery of that match. */
  #shownId = "";

  constructor(element, page, lifetime) {
    this.#page = page;
    this.#lifetime = lifetime;
    this.#data = element.dataset;
    this.#screen = createScreen(element);
    this.#parts = this.#screen.parts;
    this.#surface = createSurface(page, lifetime, this.#parts.court);
    this.#sound = createSound(page);
    this.#outbox = createOutbox(page, lifetime, {
      url: this.#data.matchesUrl,
      owner: this.#data.owner,
      report: (finished, delivery, detail) => this.#report(finished, delivery, detail),
    });
    lifetime.own(() => this.#sound.close());
    this.#listen(element);
  }

  /** Shows the choices, or the end of an unsent match of an earlier visit. */
  open() {
    this.#screen.sound(this.#sound.on);
    const last = this.#outbox.resume().at(-1);
    if (last) this.#showEnding(last);
  }

  // Actions of the player.

  async #start() {
    if (this.#state === "starting") return;
    this.#sound.unlock();
    this.#choices = readChoices(this.#page, this.#parts.choices, this.#data.mode);
    this.#enter("starting");
    this.#screen.problem("none", "");
    const { ticketsUrl } = this.#data;
    const { signal } = this.#lifetime;
    const answer = await openTicket(this.#page, ticketsUrl, wanted(this.#choices), signal);
    if (this.#lifetime.isOver) return;
    if (answer.problem) this.#fail(answer.problem, answer.sentence);
    else if (answer.ticket.rules !== RULES_VERSION) this.#fail("reload", OUTDATED);
    else this.#begin(answer.ticket);
  }

  #pause() {
    if (this.#state !== "playing" && this.#state !== "countdown") return false;
    this.#halt();
    this.#enter("paused");
    this.#screen.countdown(0);
    this.#screen.announce("Paused");
    this.#parts.resume.focus();
    return true;
  }

  #resume() {
    if (this.#state !== "paused") return false;
    this.#sound.unlock();
    this.#countIn();
    return true;
  }

  #toggleSound() {
    this.#screen.sound(this.#sound.toggle());
    this.#sound.unlock();
  }

  /** Starts the next match, or the same again. After a reload the form is empty, and may need a name first. */
  #again() {
    const { nextUrl } = this.#data;
    if (nextUrl) this.#page.location.assign(nextUrl);
    else if (this.#parts.choices.checkValidity()) void this.#start();
    else this.#change();
  }

  #change() {
    this.#enter("choose");
    this.#parts.start.focus();
  }

  // The course of the match.

  #begin(ticket) {
    this.#ticket = ticket;
    const settings = agreed(this.#choices, ticket, this.#data.playerName);
    this.#match = createMatch(settings);
    this.#motion = createMotion(this.#match.state);
    this.#keys = createKeys(settings.mode);
    this.#names = { left: settings.left, right: settings.right };
    this.#screen.names(settings.left, settings.right);
    this.#screen.score(this.#match.state);
    this.#countIn();
  }

  #countIn() {
    this.#countdown = COUNTDOWN_TICKS;
    this.#screen.countdown(Math.ceil(this.#countdown / TICKS_PER_SECOND));
    this.#enter("countdown");
    this.#screen.announce("Get ready");
    this.#parts.stage.focus({ preventScroll: true });
    this.#loop.rest();
    this.#stopFrames = this.#lifetime.everyFrame((now) => this.#loop.frame(now));
  }

  #tick() {
    if (this.#state === "countdown") {
      this.#tickCountdown();
      return true;
    }
    const { state } = this.#match;
    this.#match.advance(this.#wanted(LEFT, state.leftY), this.#wanted(RIGHT, state.rightY));
    this.#notice(this.#motion.follow(state));
    return this.#state === "playing";
  }

  #tickCountdown() {
    this.#countdown -= 1;
    this.#screen.countdown(Math.ceil(this.#countdown / TICKS_PER_SECOND));
    if (this.#countdown === 0) this.#enter("playing");
  }

  #wanted(side, paddleY) {
    return this.#touch.direction(side, paddleY, PADDLE_SPEED) ?? this.#keys.direction(side);
  }

  #notice(happening) {
    if (happening) this.#sound.play(happening);
    if (happening === "point" || happening === "win") this.#screen.score(this.#match.state);
    if (happening === "point") this.#announceScore();
    if (this.#match.isOver) this.#end();
  }

  #announceScore() {
    const { left, right } = this.#names;
    this.#screen.announce(spokenScore(this.#match.state, left, right));
  }

  #draw(between) {
    this.#surface.show(this.#motion.picture(this.#state === "countdown" ? 1 : between));
  }

  #end() {
    this.#halt();
    const finished = this.#finished();
    this.#showEnding(finished);
    if (finished.ending.winner !== NOBODY) this.#outbox.add(finished);
  }

  #finished() {
    const { winner, leftScore, rightScore, ticks, longestRally } = summary(this.#match.state);
    const { left: leftName, right: rightName } = this.#names;
    const { mode } = this.#choices;
    return {
      matchId: this.#ticket.match_id,
      ticket: this.#ticket.ticket,
      inputs: this.#match.log(),
      ending: { mode, leftName, rightName, leftScore, rightScore, winner, ticks, longestRally },
    };
  }

  #showEnding({ matchId, ending }) {
    this.#shownId = matchId;
    this.#enter("ended");
    this.#screen.ending(ending, matchId);
    this.#surface.show(finalPicture(ending));
    this.#screen.delivery(ending.winner === NOBODY ? "none" : "sending", "");
    this.#screen.announce(`${headline(ending)}, ${ending.leftScore} to ${ending.rightScore}`);
    this.#parts.again.focus();
  }

  #report({ matchId }, delivery, detail) {
    if (matchId !== this.#shownId) return;
    this.#screen.delivery(delivery, detail);
    // If another match follows, its button was hidden until now.
    if (this.#data.nextUrl && delivery === "stored") this.#parts.again.focus();
  }

  #fail(problem, sentence) {
    this.#enter("choose");
    this.#screen.problem(problem, sentence);
    this.#parts.start.focus();
  }

  /** Stops the court where it is. */
  #halt() {
    this.#stopFrames?.();
    this.#loop.rest();
    this.#keys.releaseAll();
    this.#touch.liftAll();
  }

  #enter(state) {
    this.#state = state;
    this.#screen.state(state);
  }

  // Listeners.

  #listen(element) {
    const on = (target, type, handler) => this.#lifetime.listen(target, type, handler);
    const { choices, pause, resume, again, change, resend, sound } = this.#parts;
    on(choices, "submit", (event) => {
      event.preventDefault();
      void this.#start();
    });
    on(pause, "click", () => this.#pause());
    on(resume, "click", () => this.#resume());
    on(again, "click", () => this.#again());
    if (change) on(change, "click", () => this.#change());
    on(resend, "click", () => this.#outbox.retry());
    on(sound, "click", () => this.#toggleSound());
    this.#listenToAbsence(on);
    this.#listenToHands(element);
  }

  /**
   * Pauses if the page loses the focus or is hidden: it gets no frames then, and the player should not lose the point.
   */
  #listenToAbsence(on) {
    on(this.#page, "blur", () => this.#pause());
    on(this.#page, "pagehide", () => this.#pause());
    on(this.#page.document, "visibilitychange", () => {
      if (this.#page.document.hidden) this.#pause();
    });
    if (this.#data.nextUrl) on(this.#page, "beforeunload", (event) => this.#askToStay(event));
  }

  /** Asks before the page is left during a tournament match, because others wait for it and it would restart. */
  #askToStay(event) {
    if (UNDER_WAY.has(this.#state)) event.preventDefault();
  }

  #listenToHands(element) {
    listenToKeys(this.#lifetime, this.#page, {
      keys: () => (this.#state === "playing" || this.#state === "countdown" ? this.#keys : null),
      pause: () => this.#pause() || this.#resume(),
    });
    const courtY = (down) => Math.max(0, Math.min(1, down)) * COURT_HEIGHT * UNIT;
    const sideAt = (across) => (this.#choices?.mode === "local" && across > 0.5 ? RIGHT : LEFT);
    const touch = this.#touch;
    listenToDrags(this.#lifetime, this.#parts.court, { touch, sideAt, courtY });
    for (const pad of element.querySelectorAll("[data-pad]")) {
      const side = pad.dataset.pad === "right" ? RIGHT : LEFT;
      listenToDrags(this.#lifetime, pad, { touch, sideAt: () => side, courtY });
    }
    for (const button of element.querySelectorAll("[data-way]")) {
      const way = button.dataset.way === "up" ? -1 : 1;
      listenToHold(this.#lifetime, button, { touch, side: LEFT, way });
    }
  }
}

const UNDER_WAY = new Set(["countdown", "playing", "paused"]);
const OUTDATED = "The game has been updated. Reload the page to play.";

function summary({ winner, leftScore, rightScore, tick, longestRally }) {
  return { winner, leftScore, rightScore, ticks: tick, longestRally };
}
