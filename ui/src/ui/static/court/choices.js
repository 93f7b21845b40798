/** What a match is played with: what a form says, or what was settled elsewhere and comes with the ticket. */

/**
 * @typedef {object} Choices
 * @property {"ai" | "local"} mode
 * @property {string | null} level
 * @property {number} points
 * @property {string} [opponentName]
 * @property {boolean} [isSettled]  the server knows who plays whom to how many points
 */

/**
 * @param {any} page  the window
 * @param {any} form
 * @param {"ai" | "local" | "hotseat"} mode  a hotseat match is one side by side that nobody chooses anything for
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
 * @param {Choices} choices
 * @returns {object} what is asked of the server with the ticket
 */
export function wanted({ mode, level, points, opponentName, isSettled }) {
  if (isSettled) return {};
  return mode === "ai" ? { mode, level, points } : { mode, points, opponent_name: opponentName };
}

/**
 * @param {Choices} choices
 * @param {{ seed: number, points?: number, left_name?: string, right_name?: string }} ticket
 * @param {string} player  who sits at the keyboard
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
