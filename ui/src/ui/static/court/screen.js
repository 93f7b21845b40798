/**
 * Writes the texts and the state of the play page, around the court. State is in `data-*` of the one element, so that
 * the style sheet, the tests and a reader of the page see the same.
 */

import { clock } from "../js/times.js";
import { LEFT, NOBODY, TICKS_PER_SECOND } from "../pong/court.js";

/** Texts for screen readers; the panel shows the same. */
const SPOKEN_DELIVERY = {
  stored: "The match is verified and stored.",
  refused: "The match was refused.",
  offline: "The match couldn’t be sent yet. It’s saved and will be sent automatically.",
  signed_out: "You’re signed out. Sign in to send the match.",
};

/**
 * Creates the functions that change the page.
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
      // While a match is starting, the view does not change.
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

    /** @param {"none" | "reload" | "sign_in" | "other"} problem  selects the offered action */
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
      // A player who asks about a refused match can name it.
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

/** @returns {string} the text for screen readers after a point */
export function spokenScore({ leftScore, rightScore }, leftName, rightName) {
  return `${leftName} ${leftScore}, ${rightName} ${rightScore}`;
}

/** @returns {string} the winner, as a headline */
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
