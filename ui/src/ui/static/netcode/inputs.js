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

  /** The server has accepted these; our own for the tick that they were asked for, wherever we had put them off to. */
  receive(tick, keys) {
    const others = this.#changes.filter((each) => (each.sure ? each.tick : each.asked) !== tick);
    return this.#replace(sorted([...others, { asked: tick, tick, keys, sure: true }]));
  }

  /** The server has put off what was asked for one tick to another. */
  receiveLate(asked, tick, keys) {
    const answered = this.#changes.filter((change) => change.sure);
    const pending = this.#changes.filter((change) => !change.sure && change.asked > asked);
    const moved = { asked, tick, keys, sure: true };
    return this.#replace([...sorted([...answered, moved]), ...putOff(pending, tick + 1)]);
  }

  /** The same, with what the server has not answered put off to `tick` or later. */
  postponed(tick) {
    const other = new Inputs(this.#held);
    const answered = this.#changes.filter((change) => change.sure);
    const pending = this.#changes.filter((change) => !change.sure);
    const earliest = Math.max(tick, (answered.at(-1)?.tick ?? -1) + 1);
    other.#changes = [...answered, ...putOff(pending, earliest)];
    return other;
  }

  /** The same from `tick` on. */
  from(tick) {
    const other = new Inputs(heldAt(this.#held, this.#changes, tick - 1));
    other.#changes = this.#changes.filter((change) => change.tick >= tick);
    return other;
  }

  /** What the server has not answered, put off to `tick` or later, on top of what a snapshot says is held there. */
  pendingOver(held, tick) {
    const other = new Inputs(held);
    const pending = this.#changes.filter((change) => !change.sure);
    other.#changes = putOff(pending, tick);
    return other;
  }

  /** @returns {number} the first tick at which the two hold different keys, Infinity if none */
  differsFrom(other) {
    return firstDifference(this, this.#changes, other, other.#changes);
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
