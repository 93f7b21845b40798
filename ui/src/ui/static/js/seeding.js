/** Seeding by drag and drop: does the same as the buttons of a row, over several rows at once. */

/**
 * Connects a table of seeds.
 * @param {any} table  of rows with `data-entry` and `data-seed`; `data-seeding` names the form that moves them
 * @param {any} [page]  the window
 * @returns {() => void} stops listening
 */
export function mountSeeding(table, page = globalThis) {
  const { document } = page;
  let dragged = null;
  let over = null;

  function start(event) {
    dragged = seededRow(event.target);
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.entry);
    dragged.dataset.dragged = "";
  }

  function hover(event) {
    const row = dragged && seededRow(event.target);
    if (!row) return;
    // Allows a drop here.
    event.preventDefault();
    if (over !== row) leave();
    over = row;
    row.dataset.drop = isLowerHalf(event, row) ? "after" : "before";
  }

  function leave() {
    delete over?.dataset.drop;
    over = null;
  }

  function drop(event) {
    const row = dragged && seededRow(event.target);
    if (!row) return;
    event.preventDefault();
    const from = Number(dragged.dataset.seed);
    const to = newSeed(from, Number(row.dataset.seed), isLowerHalf(event, row));
    if (to !== from) send(`${dragged.dataset.entry}:${to}`);
  }

  function end() {
    delete dragged?.dataset.dragged;
    dragged = null;
    leave();
  }

  function send(move) {
    const form = document.querySelector(table.dataset.seeding);
    const button = Object.assign(document.createElement("button"), {
      type: "submit",
      name: "move",
      value: move,
      hidden: true,
    });
    form.append(button);
    form.requestSubmit(button);
    button.remove();
  }

  const handlers = { dragstart: start, dragover: hover, dragleave: leave, drop, dragend: end };
  for (const [name, handle] of Object.entries(handlers)) table.addEventListener(name, handle);
  return () => {
    for (const [name, handle] of Object.entries(handlers)) table.removeEventListener(name, handle);
  };
}

/**
 * Returns the new seed of a dragged player.
 * @param {number} from the player's seed
 * @param {number} at the seed of the row under the pointer
 * @param {boolean} after whether the player is dropped below that row
 * @returns {number} counted without the player's old place
 */
export function newSeed(from, at, after) {
  const place = after ? at + 1 : at;
  return from < place ? place - 1 : place;
}

function seededRow(element) {
  return element.closest?.("[data-seed]") ?? null;
}

function isLowerHalf({ clientY }, row) {
  const { top, height } = row.getBoundingClientRect();
  return clientY > top + height / 2;
}
