/** The player of recorded matches: play, pause, seek, speed. The displayed score is simulated in the browser. */

import { clock } from "../js/times.js";
import { LEFT, NOBODY, RIGHT, RULES_VERSION, TICKS_PER_SECOND } from "../pong/court.js";
import { replay } from "../pong/log.js";
import { ReplayPlayer } from "../pong/player.js";
import { createLifetime } from "./lifetime.js";
import { createLoop } from "./loop.js";
import { createMotion } from "./motion.js";
import { createSurface } from "./surface.js";

const SKIP_TICKS = 5 * TICKS_PER_SECOND;
/** A jump to a point starts this much before it. */
const LEAD_IN_TICKS = 3 * TICKS_PER_SECOND;

const SIDES = { left: LEFT, right: RIGHT };

const OTHER_RULES = "This match was played under older rules, so this version can’t replay it.";
const UNREACHABLE = "We couldn’t load the replay. Reload the page to try again.";

/**
 * Loads a replay and starts its page.
 * @param {any} element  `[data-replay]` with `data-replay-url`
 * @param {any} [page]  the window
 * @returns {() => void} stops it
 */
export function mountReplay(element, page = globalThis) {
  const lifetime = createLifetime(page);
  void open(element, page, lifetime);
  return () => lifetime.end();
}

async function open(element, page, lifetime) {
  const surface = createSurface(page, lifetime, part(element, "court"));
  try {
    const recorded = await load(page, element.dataset.replayUrl, lifetime.signal);
    if (!lifetime.isOver) new Replay(element, page, lifetime, surface, recorded).show();
  } catch (error) {
    if (lifetime.isOver) return;
    element.dataset.state = "failed";
    part(element, "message").textContent =
      error instanceof CannotShow ? error.message : UNREACHABLE;
  }
}

class CannotShow extends Error {}

async function load(page, url, signal) {
  const response = await page.fetch(url, { headers: { Accept: "application/json" }, signal });
  if (!response.ok) throw new CannotShow(UNREACHABLE);
  const recorded = await response.json();
  if (recorded.rules !== RULES_VERSION) throw new CannotShow(OTHER_RULES);
  const { mode, forfeited_by: forfeitedBy } = recorded.record;
  return { ...recorded, mode, forfeitedBy: SIDES[forfeitedBy] ?? NOBODY };
}

class Replay {
  #element;
  #lifetime;
  #surface;
  #player;
  #motion;
  #loop = createLoop({ tick: () => this.#tick(), draw: (between) => this.#draw(between) });
  #stopFrames = null;
  #state = "paused";
  #seekBar;

  constructor(element, page, lifetime, surface, recorded) {
    this.#element = element;
    this.#lifetime = lifetime;
    this.#surface = surface;
    this.#player = new ReplayPlayer(recorded);
    this.#motion = createMotion(this.#player.state);
    this.#seekBar = part(element, "seek");
    this.#seekBar.max = String(this.#player.ticks);
    this.#seekBar.disabled = false;
    this.#listPoints(page.document, timeline(recorded));
    this.#listen();
  }

  show() {
    this.#write("duration", clock(seconds(this.#player.ticks)));
    this.#enter("paused");
    this.#tell();
    this.#draw(1);
  }

  // Actions of the viewer.

  #toggle() {
    if (this.#state === "playing") this.#pause();
    else this.#play();
  }

  #play() {
    if (this.#player.done) this.#seek(0);
    this.#enter("playing");
    this.#loop.rest();
    this.#stopFrames = this.#lifetime.everyFrame((now) => this.#loop.frame(now));
  }

  #pause() {
    this.#stopFrames?.();
    this.#stopFrames = null;
    this.#enter(this.#player.done ? "ended" : "paused");
  }

  #seek(tick) {
    this.#player.seek(tick);
    this.#motion.settle(this.#player.state);
    this.#loop.rest();
    if (this.#state === "ended" && !this.#player.done) this.#enter("paused");
    this.#tell();
    this.#draw(1);
  }

  #press(event) {
    const act = this.#keyAction(event);
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  }

  #keyAction({ code, target }) {
    const { tick } = this.#player;
    // The range input's own step is one tick: precise for a pointer, but too slow for a key.
    if (target.type === "radio") return null;
    if (code === "ArrowLeft") return () => this.#seek(tick - SKIP_TICKS);
    if (code === "ArrowRight") return () => this.#seek(tick + SKIP_TICKS);
    if (code === "KeyK" || (code === "Space" && target.tagName !== "BUTTON")) {
      return () => this.#toggle();
    }
    return null;
  }

  // The moving court.

  #tick() {
    if (this.#player.advance()) this.#motion.follow(this.#player.state);
    if (!this.#player.done) return true;
    this.#pause();
    return false;
  }

  #draw(between) {
    this.#surface.show(this.#motion.picture(between));
    this.#tell();
  }

  #tell() {
    const { tick, state } = this.#player;
    const score = `${state.leftScore} – ${state.rightScore}`;
    this.#element.dataset.leftScore = String(state.leftScore);
    this.#element.dataset.rightScore = String(state.rightScore);
    this.#seekBar.value = String(tick);
    this.#seekBar.setAttribute("aria-valuetext", `${clock(seconds(tick))}, ${score}`);
    this.#write("time", clock(seconds(tick)));
    this.#write("score", score);
  }

  #enter(state) {
    this.#state = state;
    this.#element.dataset.state = state;
    const labels = { playing: "Pause", paused: "Play", ended: "Watch again" };
    this.#write("toggle", labels[state]);
  }

  #write(role, text) {
    const place = part(this.#element, role);
    if (place.textContent !== text) place.textContent = text;
  }

  // Listeners, and elements that are created once.

  #listen() {
    const on = (target, type, handler) => this.#lifetime.listen(target, type, handler);
    const toggle = part(this.#element, "toggle");
    toggle.disabled = false;
    on(toggle, "click", () => this.#toggle());
    on(this.#seekBar, "input", () => this.#seek(Number(this.#seekBar.value)));
    on(part(this.#element, "speeds"), "change", (event) => {
      this.#loop.setSpeed(Number(event.target.value));
    });
    on(this.#element, "keydown", (event) => this.#press(event));
  }

  #listPoints(document, points) {
    const marks = part(this.#element, "marks");
    const list = part(this.#element, "points");
    this.#lifetime.own(() => {
      marks.replaceChildren();
      list.replaceChildren();
    });
    for (const point of points) {
      marks.append(mark(document, point, this.#player.ticks));
      list.append(this.#pointItem(document, point));
    }
  }

  #pointItem(document, point) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.side = sideName(point);
    button.textContent = point.score;
    button.title = `${clock(seconds(point.tick))}, rally of ${point.rally}`;
    button.setAttribute("aria-label", `${point.score} at ${button.title}`);
    this.#lifetime.listen(button, "click", () => this.#seek(point.tick - LEAD_IN_TICKS));
    item.append(button);
    return item;
  }
}

/** @returns {{ tick: number, side: number, rally: number, score: string }[]} */
function timeline({ mode, level, seed, points, inputs, forfeitedBy }) {
  const score = { left: 0, right: 0 };
  const { pointsTimeline } = replay(mode, level ?? null, seed, points, inputs, forfeitedBy);
  return pointsTimeline.map((point) => {
    score[sideName(point)] += 1;
    return { ...point, score: `${score.left} – ${score.right}` };
  });
}

function mark(document, point, ticks) {
  const place = document.createElement("span");
  place.dataset.side = sideName(point);
  place.style.setProperty("--at", String(point.tick / ticks));
  return place;
}

function sideName({ side }) {
  return side === LEFT ? "left" : "right";
}

function seconds(ticks) {
  return Math.floor(ticks / TICKS_PER_SECOND);
}

function part(element, role) {
  return element.querySelector(`[data-role="${role}"]`);
}
