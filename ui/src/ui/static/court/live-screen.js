/**
 * Writes the texts and the state of a live match's page, around the court. State is in `data-*` of the one element, as
 * on the play page; parts that a page does not have are skipped.
 */

import { clock } from "../js/times.js";
import { Phase, Reason } from "../netcode/protocol.js";
import { LEFT, NOBODY, RIGHT, TICKS_PER_SECOND } from "../pong/court.js";

const SIDE_NAMES = { [NOBODY]: "nobody", [LEFT]: "left", [RIGHT]: "right" };
const UNKNOWN = "–";

/**
 * Texts for a connection that is not opened again. All other reasons are faults of this page or an old page: both need
 * a reload.
 */
const PROBLEMS = {
  taken_over: [
    "Open in another window",
    "You opened this match in another window or on another device.",
  ],
  outdated: ["The game has been updated", "Reload the page to keep playing."],
  signed_out: ["Signed out", "You’ve been signed out. Reload the page to sign in again."],
};
const FAULT = [
  "The connection was refused",
  "Something went wrong between this page and the server. Reload the page to try again.",
];

/** @typedef {{ left: string, right: string }} Names */

/**
 * Creates the functions that change the page.
 * @param {any} element  `[data-online]` or `[data-watch]`
 */
export function createLiveScreen(element) {
  const part = (role) => element.querySelector(`[data-role="${role}"]`);
  const data = element.dataset;
  const write = (role, text) => {
    const place = part(role);
    if (place && place.textContent !== text) place.textContent = text;
  };
  const offer = (role, isOffered) => {
    const place = part(role);
    if (place) place.hidden = !isOffered;
  };
  offer("take-back", false);
  offer("reload", false);

  return {
    part,
    write,

    /** @param {"connecting" | "waiting" | "countdown" | "playing" | "paused" | "problem" | "ended"} state */
    state(state) {
      data.state = state;
      offer("take-back", state === "problem" && data.problem === "taken_over");
      offer("reload", state === "problem" && data.problem !== "taken_over");
    },

    /** Shows the score. Called every frame, so it writes only changes: each write of an attribute recomputes styles. */
    score({ leftScore, rightScore }) {
      if (data.leftScore !== String(leftScore)) data.leftScore = String(leftScore);
      if (data.rightScore !== String(rightScore)) data.rightScore = String(rightScore);
    },

    countdown(count) {
      write("countdown", count > 0 ? String(count) : "");
    },

    announce(sentence) {
      write("announcer", sentence);
    },

    phase([headline, detail]) {
      write("phase", headline);
      write("phase-detail", detail);
    },

    problem(problem) {
      data.problem = problem;
      this.phase(PROBLEMS[problem] ?? FAULT);
      this.state("problem");
      this.announce((PROBLEMS[problem] ?? FAULT).join(". "));
    },

    /**
     * Shows the quality of the connection.
     * @param {{ left: number, right: number }} rtt  ms, 0 while unknown
     * @param {{ side: number, late: number, delay: number }} own
     */
    connection(rtt, { side, late, delay }) {
      write("left-rtt", known(rtt.left));
      write("right-rtt", known(rtt.right));
      // Late inputs of the other side are shown at the end.
      if (side === LEFT) write("left-late", inLine(late));
      if (side === RIGHT) write("right-late", inLine(late));
      write("delay", delay === 0 ? UNKNOWN : `${Math.round((delay * 1000) / TICKS_PER_SECOND)} ms`);
    },

    sound(on) {
      part("sound")?.setAttribute("aria-pressed", String(on));
    },

    /**
     * Shows the end of the match.
     * @param {import("../netcode/protocol.js").Message} end
     * @param {{ side: number, names: Names, longestRally: number }} known
     */
    ending(end, { side, names, longestRally }) {
      const headline = endHeadline(end, side, names);
      data.winner = SIDE_NAMES[end.winner];
      data.reason =
        { [Reason.POINTS]: "points", [Reason.FORFEIT]: "forfeit" }[end.reason] ?? "void";
      this.score(end);
      write("headline", headline);
      write("facts", endFacts(end, names, longestRally));
      for (const name of ["left", "right"]) {
        write(`end-${name}-rtt`, known(end[`${name}Rtt`]));
        write(`end-${name}-late`, String(end[`${name}Late`]));
        write(`${name}-rtt`, known(end[`${name}Rtt`]));
        write(`${name}-late`, inLine(end[`${name}Late`]));
      }
      this.state("ended");
      this.announce(
        data.reason === "void" ? headline : `${headline}, ${end.leftScore} to ${end.rightScore}`,
      );
    },
  };
}

/**
 * Returns the texts of a phase without play. The headline has no seconds, because screen readers announce it.
 * @param {import("../netcode/protocol.js").Message} phase
 * @param {number} secondsLeft
 * @param {Names} names
 * @returns {[string, string]} headline and detail
 */
export function phaseWords(phase, secondsLeft, names) {
  const missing = [!phase.leftHere && names.left, !phase.rightHere && names.right].filter(Boolean);
  const who = missing.join(" and ");
  if (phase.phase === Phase.WAITING) {
    return [
      who ? `Waiting for ${who}` : "Waiting",
      `${secondsLeft} s until the match is called off`,
    ];
  }
  if (phase.phase === Phase.AWAY) {
    const verb = missing.length > 1 ? "are" : "is";
    const toReturn = `${secondsLeft} s left to reconnect.`;
    return who
      ? [`${who} ${verb} away`, [toReturn, ...absences(phase, names)].join(" ")]
      : ["Resuming", ""];
  }
  if (phase.phase === Phase.SUSPENDED) {
    return ["One moment", "The match is moving to another server and will continue automatically."];
  }
  return phase.phase === Phase.OVER
    ? ["The match is over", "The result is being stored…"]
    : ["", ""];
}

function absences({ leftHere, leftAbsences, rightHere, rightAbsences }, names) {
  const left = leftHere ? [] : [mayLeave(names.left, leftAbsences)];
  const right = rightHere ? [] : [mayLeave(names.right, rightAbsences)];
  return [...left, ...right];
}

function mayLeave(name, times) {
  if (times === 0) return `${name} can’t disconnect again.`;
  return `${name} can disconnect ${["", "once", "twice"][times] ?? `${times} times`} more.`;
}

/** @returns {string} the winner, as a headline */
function endHeadline({ reason, winner }, side, names) {
  if (reason === Reason.VOID || winner === NOBODY) return "No result";
  if (winner === side) return "You win";
  return `${winner === LEFT ? names.left : names.right} wins`;
}

/** @returns {string} score, duration and longest rally, or the reason of the end */
function endFacts({ reason, winner, leftScore, rightScore, tick }, names, longestRally) {
  if (reason === Reason.VOID) {
    return "The players weren’t connected at the same time for long enough. Nothing is recorded.";
  }
  // Non-breaking spaces keep the score on one line.
  const score = `${leftScore}\u00a0–\u00a0${rightScore}`;
  if (reason === Reason.FORFEIT) {
    return `${winner === LEFT ? names.right : names.left} resigned or was disconnected, at ${score}`;
  }
  const hits = longestRally === 1 ? "1 hit" : `${longestRally} hits`;
  return `${score} in ${clock(Math.round(tick / TICKS_PER_SECOND))}, longest rally ${hits}`;
}

function inLine(late) {
  return `, ${late} late`;
}

function known(ms) {
  return ms > 0 ? String(ms) : UNKNOWN;
}
