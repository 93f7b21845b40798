/**
 * The keys of one side from the settled tick on. A side holds its last known keys until a change is known.
 *
 * Our own keys are uncertain until the server has confirmed them, because they may arrive late. Independent of the
 * page.
 */

/**
 * @typedef {object} Change
 * @property {number} asked  the tick that the client requested
 * @property {number} tick  the tick from which the keys are held
 * @property {number} keys
 * @property {boolean} sure  whether the server has accepted it for that tick
 */

export class Inputs {
  #held;
  /** @type {readonly Change[]} ascending by `tick`; never changed in place, so that two lists can be compared */
  #changes = [];

  /** @param {number} held  before the first change */
  constructor(held) {
    this.#held = held;
  }

  /** Returns the keys held in the step after `tick`. */
  at(tick) {
    return heldAt(this.#held, this.#changes, tick);
  }

  /** The latest keys, whichever tick they start at. */
  get lastKeys() {
    return this.#changes.at(-1)?.keys ?? this.#held;
  }

  /** @returns {number} the tick of the latest change, or -1 */
  get lastTick() {
    return this.#changes.at(-1)?.tick ?? -1;
  }

  /**
   * Adds our own keys, not yet accepted.
   * @returns {number} the first tick with different keys now, Infinity if none; so do the other changing methods
   */
  press(tick, keys) {
    return this.#replace([...this.#changes, { asked: tick, tick, keys, sure: false }]);
  }

  /** Adds keys that the server has accepted. */
  receive(tick, keys) {
    const others = this.#changes.filter((change) => change.tick !== tick);
    return this.#replace(sorted([...others, { asked: tick, tick, keys, sure: true }]));
  }

  /**
   * Moves own keys from the requested tick to the later one of the server, which has accepted all earlier ones by then.
   */
  receiveLate(asked, tick, keys) {
    const pending = this.#notHeard(asked + 1);
    const moved = { asked, tick, keys, sure: true };
    return this.#replace([...sorted([...this.#heard(asked), moved]), ...putOff(pending, tick + 1)]);
  }

  /**
   * Returns a copy in which the keys received by the server are accepted, and all others are moved to `tick` or later.
   */
  postponed(tick, heardBefore) {
    const other = new Inputs(this.#held);
    const heard = this.#heard(heardBefore);
    const earliest = Math.max(tick, (heard.at(-1)?.tick ?? -1) + 1);
    other.#changes = [...heard, ...putOff(this.#notHeard(heardBefore), earliest)];
    return other;
  }

  /** Returns a copy that starts at `tick`. */
  from(tick) {
    const other = new Inputs(heldAt(this.#held, this.#changes, tick - 1));
    other.#changes = this.#changes.filter((change) => change.tick >= tick);
    return other;
  }

  /** Returns the keys that the server has not received, moved to `tick` or later, after the held keys of a snapshot. */
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

/** Moves changes to later ticks like the server: no two changes of a side share a tick, and none is lost. */
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
