/**
 * The keys of one side from the settled tick on. A side holds what it held last until something else is known.
 *
 * What we have pressed ourselves is in doubt until the server has spoken: it may have come late. Knows no page.
 */

/**
 * @typedef {object} Change
 * @property {number} asked  the tick that was asked for
 * @property {number} tick  the tick from which the keys are held
 * @property {number} keys
 * @property {boolean} sure  the server has accepted it for that tick
 */

export class Inputs {
  #held;
  /** @type {readonly Change[]} rising in `tick`; never changed in place, so that two lists can be compared */
  #changes = [];

  /** @param {number} held  before the first change */
  constructor(held) {
    this.#held = held;
  }

  /** The keys held in the step that follows `tick`. */
  at(tick) {
    return heldAt(this.#held, this.#changes, tick);
  }

  /** The latest keys, whenever they come to act. */
  get lastKeys() {
    return this.#changes.at(-1)?.keys ?? this.#held;
  }

  /** @returns {number} the tick of the latest change, or -1 */
  get lastTick() {
    return this.#changes.at(-1)?.tick ?? -1;
  }

  /**
   * Our own keys, not yet accepted.
   * @returns {number} the first tick that is different now, Infinity if none; so do the other methods that change something
   */
  press(tick, keys) {
    return this.#replace([...this.#changes, { asked: tick, tick, keys, sure: false }]);
  }

  /** The server has accepted these. */
  receive(tick, keys) {
    const others = this.#changes.filter((change) => change.tick !== tick);
    return this.#replace(sorted([...others, { asked: tick, tick, keys, sure: true }]));
  }

  /** The server has put off what was asked for one tick to another; what was asked for earlier ticks it has accepted by then. */
  receiveLate(asked, tick, keys) {
    const pending = this.#notHeard(asked + 1);
    const moved = { asked, tick, keys, sure: true };
    return this.#replace([...sorted([...this.#heard(asked), moved]), ...putOff(pending, tick + 1)]);
  }

  /** The same, with what the server has heard by now accepted, and what it has not put off to `tick` or later. */
  postponed(tick, heardBefore) {
    const other = new Inputs(this.#held);
    const heard = this.#heard(heardBefore);
    const earliest = Math.max(tick, (heard.at(-1)?.tick ?? -1) + 1);
    other.#changes = [...heard, ...putOff(this.#notHeard(heardBefore), earliest)];
    return other;
  }

  /** The same from `tick` on. */
  from(tick) {
    const other = new Inputs(heldAt(this.#held, this.#changes, tick - 1));
    other.#changes = this.#changes.filter((change) => change.tick >= tick);
    return other;
  }

  /** What the server has not heard, put off to `tick` or later, on top of what a snapshot says is held there. */
  pendingOver(held, tick, heardBefore) {
    const other = new Inputs(held);
    other.#changes = putOff(this.#notHeard(heardBefore), tick);
    return other;
  }

  /** @returns {number} the first tick at which the two hold different keys, Infinity if none */
  differsFrom(other) {
    return firstDifference(this, this.#changes, other, other.#changes);
  }

  #heard(before) {
    return this.#changes
      .filter(({ sure, asked }) => sure || asked < before)
      .map((change) => ({ ...change, sure: true }));
  }

  #notHeard(before) {
    return this.#changes.filter(({ sure, asked }) => !sure && asked >= before);
  }

  #replace(changes) {
    const before = new Inputs(this.#held);
    before.#changes = this.#changes;
    this.#changes = changes;
    return this.differsFrom(before);
  }
}

function heldAt(held, changes, tick) {
  for (let place = changes.length - 1; place >= 0; place -= 1) {
    if (changes[place].tick <= tick) return changes[place].keys;
  }
  return held;
}

/** As the server does it: two changes of a side never share a tick, and none is lost. */
function putOff(changes, earliest) {
  let next = earliest;
  return changes.map((change) => {
    const tick = Math.max(change.tick, next);
    next = tick + 1;
    return { ...change, tick };
  });
}

function sorted(changes) {
  return changes.sort((one, other) => one.tick - other.tick);
}

function firstDifference(one, changes, other, otherChanges) {
  let first = Number.POSITIVE_INFINITY;
  for (const { tick } of [...changes, ...otherChanges]) {
    if (tick < first && one.at(tick) !== other.at(tick)) first = tick;
  }
  return first;
}
