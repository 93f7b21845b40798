/** The settings of a match: from the form, or decided elsewhere and sent with the ticket. */

/**
 * @typedef {object} Choices
 * @property {"ai" | "local"} mode
 * @property {string | null} level
 * @property {number} points
 * @property {string} [opponentName]
 * @property {boolean} [isSettled]  the server knows the players and the points
 */

/**
 * Reads the choices of a form.
 * @param {any} page  the window
 * @param {any} form
 * @param {"ai" | "local" | "hotseat"} mode  a hotseat match is a local one without choices
 * @returns {Choices}
 */
export function readChoices(page, form, mode) {
  if (mode === "hotseat") return { mode: "local", level: null, points: 0, isSettled: true };
  const chosen = new page.FormData(form);
  const choices = { mode, level: null, points: Number(chosen.get("points")) };
  if (mode === "ai") return { ...choices, level: String(chosen.get("level")) };
  return { ...choices, opponentName: String(chosen.get("opponent_name") ?? "").trim() };
}

/**
 * Returns the settings for the request of a ticket.
 * @param {Choices} choices
 * @returns {object} empty for a match whose settings the server knows
 */
export function wanted({ mode, level, points, opponentName, isSettled }) {
  if (isSettled) return {};
  return mode === "ai" ? { mode, level, points } : { mode, points, opponent_name: opponentName };
}

/**
 * Returns the settings of a match from the choices and the ticket, which takes precedence.
 * @param {Choices} choices
 * @param {{ seed: number, points?: number, left_name?: string, right_name?: string }} ticket
 * @param {string} player  name of the signed-in player
 */
export function agreed({ mode, level, points, opponentName }, ticket, player) {
  return {
    mode,
    level,
    seed: ticket.seed,
    points: ticket.points ?? points,
    left: ticket.left_name ?? player,
    right: ticket.right_name ?? (mode === "ai" ? `Computer, ${level}` : (opponentName ?? "")),
  };
}
