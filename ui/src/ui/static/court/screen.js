/**
 * What the play page says and shows around the court. State lives in `data-*` of the one element, so
 * that the style sheet, the tests and a reader of the page see the same thing.
 */

import { clock } from "../js/times.js";
import { LEFT, NOBODY, TICKS_PER_SECOND } from "../pong/court.js";

/** Spoken, because the eye reads them off the panel. */
const SPOKEN_DELIVERY = {
  stored: "The match is verified and stored.",
  refused: "The match was refused.",
  offline: "The match couldn’t be sent yet. It’s saved and will be sent automatically.",
  signed_out: "You’re signed out. Sign in to send the match.",
};

/**
 * @param {any} element
 */
export function createScreen(element) {
  const part = (role) => element.querySelector(`[data-role="${role}"]`);
  const parts = {
    choices: part("choices"),
    stage: part("stage"),
    court: part("court"),
    start: part("start"),
    pause: part("pause"),
    resume: part("resume"),
    again: part("again"),
    change: part("change"),
    resend: part("resend"),
    sound: part("sound"),
  };
  const data = element.dataset;
  const write = (role, text) => {
    const place = part(role);
    if (place.textContent !== text) place.textContent = text;
  };

  return {
    parts,

    /** @param {"choose" | "starting" | "countdown" | "playing" | "paused" | "ended"} state */
    state(state) {
      data.state = state;
      // A match that is being started shows wherever it was started from.
      if (state !== "starting") data.view = state === "choose" ? "choices" : "court";
      parts.start.disabled = state === "starting";
    },

    names(left, right) {
      write("left-name", left);
      write("right-name", right);
    },

    score({ leftScore, rightScore }) {
      data.leftScore = String(leftScore);
      data.rightScore = String(rightScore);
    },

    countdown(count) {
      write("countdown", count > 0 ? String(count) : "");
    },

    announce(sentence) {
      write("announcer", sentence);
    },

    /** @param {"none" | "reload" | "sign_in" | "other"} problem  which way out is offered */
    problem(problem, sentence) {
      data.problem = problem;
      write("message", sentence);
    },

    sound(on) {
      parts.sound.setAttribute("aria-pressed", String(on));
    },

    ending(ending, matchId) {
      data.winner = ["nobody", "left", "right"][ending.winner];
      this.score(ending);
      this.names(ending.leftName, ending.rightName);
      write("headline", headline(ending));
      write("facts", facts(ending));
      part("match-link").href = data.matchUrl + matchId;
      // Whoever asks why a match was refused can say which.
      write("match-id", matchId);
    },

    /** @param {import("./outbox.js").Delivery | "none"} delivery */
    delivery(delivery, detail) {
      data.delivery = delivery;
      write("refusal", detail);
      if (delivery in SPOKEN_DELIVERY) this.announce(`${SPOKEN_DELIVERY[delivery]} ${detail}`);
    },
  };
}

/** @returns {string} what a screen reader hears after a point */
export function spokenScore({ leftScore, rightScore }, leftName, rightName) {
  return `${leftName} ${leftScore}, ${rightName} ${rightScore}`;
}

/** @returns {string} who has won, in a few words */
export function headline({ winner, mode, leftName, rightName }) {
  if (winner === NOBODY) return "Time is up";
  if (mode === "ai") return winner === LEFT ? "You win" : "The computer wins";
  return `${winner === LEFT ? leftName : rightName} wins`;
}

function facts({ leftScore, rightScore, ticks, longestRally }) {
  const seconds = Math.round(ticks / TICKS_PER_SECOND);
  const hits = longestRally === 1 ? "1 hit" : `${longestRally} hits`;
  return `${leftScore} – ${rightScore} in ${clock(seconds)}, longest rally ${hits}`;
}
