/**
 * A window without a browser. Tests advance its time and frames, and count what is still in use.
 */

/** An event target that counts its listeners. */
export class FakeTarget {
  listeners = new Map();

  addEventListener(type, handler) {
    const handlers = this.listeners.get(type) ?? new Set();
    this.listeners.set(type, handlers.add(handler));
  }

  removeEventListener(type, handler) {
    this.listeners.get(type)?.delete(handler);
  }

  dispatch(type, event = {}) {
    const heard = { type, target: this, preventDefault() {}, ...event };
    for (const handler of [...(this.listeners.get(type) ?? [])]) handler(heard);
  }

  get listenerCount() {
    return [...this.listeners.values()].reduce((sum, handlers) => sum + handlers.size, 0);
  }
}

/** An element that creates its parts on request and keeps them. */
export class FakeElement extends FakeTarget {
  dataset = {};
  attributes = {};
  style = { setProperty() {} };
  textContent = "";
  children = [];
  width = 800;
  height = 500;
  valid = true;
  focused = 0;
  /** The texts that were written on a canvas. */
  painted = [];
  #parts = new Map();

  querySelector(selector) {
    if (!this.#parts.has(selector)) this.#parts.set(selector, new FakeElement());
    return this.#parts.get(selector);
  }

  querySelectorAll(selector) {
    return [this.querySelector(selector)];
  }

  part(role) {
    return this.querySelector(`[data-role="${role}"]`);
  }

  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  append(...children) {
    this.children.push(...children);
  }

  replaceChildren(...children) {
    this.children = children;
  }

  checkValidity() {
    return this.valid;
  }

  focus() {
    this.focused += 1;
  }

  getBoundingClientRect() {
    return { left: 0, top: 0, width: 800, height: 500 };
  }

  setPointerCapture() {}

  getContext() {
    return fakeContext(this.painted);
  }

  /** This element and every element below it. */
  get family() {
    const below = [...this.#parts.values(), ...this.children];
    return [this, ...below.flatMap((element) => element.family)];
  }
}

export class FakePage extends FakeTarget {
  nowMs = 0;
  document = Object.assign(new FakeTarget(), {
    hidden: false,
    fonts: { load: () => Promise.resolve([]) },
    createElement: () => new FakeElement(),
  });
  crypto = globalThis.crypto;
  performance = { now: () => this.nowMs };
  location = {
    href: "https://court.example/online/m1",
    visited: [],
    assign(url) {
      this.visited.push(url);
    },
  };
  localStorage = new FakeStorage();
  sessionStorage = new FakeStorage();
  observers = new Set();
  media = new Map();
  audio = [];
  requests = [];
  choices = { level: "easy", points: "3", opponent_name: "Grace" };
  answer = () => json(201, {});
  #timers = new Map();
  #frames = new Map();
  #ids = 0;

  constructor() {
    super();
    const page = this;
    class Observer {
      constructor(callback) {
        this.callback = callback;
      }
      observe() {
        page.observers.add(this);
      }
      disconnect() {
        page.observers.delete(this);
      }
    }
    this.ResizeObserver = Observer;
    this.AudioContext = class extends FakeAudio {
      constructor() {
        super();
        page.audio.push(this);
      }
    };
    this.FormData = class {
      get(name) {
        return page.choices[name] ?? null;
      }
    };
  }

  fetch = async (url, options) => {
    this.requests.push({ url, options, body: options.body ? JSON.parse(options.body) : null });
    return this.answer(url, options);
  };

  setTimeout(callback, delayMs) {
    this.#ids += 1;
    this.#timers.set(this.#ids, { callback, atMs: this.nowMs + delayMs });
    return this.#ids;
  }

  clearTimeout(id) {
    this.#timers.delete(id);
  }

  requestAnimationFrame(callback) {
    this.#ids += 1;
    this.#frames.set(this.#ids, callback);
    return this.#ids;
  }

  cancelAnimationFrame(id) {
    this.#frames.delete(id);
  }

  matchMedia(query) {
    if (!this.media.has(query)) {
      this.media.set(query, Object.assign(new FakeTarget(), { matches: false }));
    }
    return this.media.get(query);
  }

  getComputedStyle() {
    return { getPropertyValue: () => "" };
  }

  /** Advances the time: due timers run, then one frame. */
  pass(ms) {
    this.nowMs += ms;
    for (const [id, { callback, atMs }] of [...this.#timers]) {
      if (atMs <= this.nowMs && this.#timers.delete(id)) callback();
    }
    const frames = [...this.#frames.values()];
    this.#frames.clear();
    for (const frame of frames) frame(this.nowMs);
  }

  get pendingTimers() {
    return this.#timers.size;
  }

  get pendingFrames() {
    return this.#frames.size;
  }

  /** Counts the listeners, timers, frames, observers and audio contexts that are still in use. */
  held(...elements) {
    const targets = [this, this.document, ...this.media.values()];
    const all = [...targets, ...elements.flatMap((element) => element.family)];
    return {
      listeners: all.reduce((sum, target) => sum + target.listenerCount, 0),
      timers: this.pendingTimers,
      frames: this.pendingFrames,
      observers: this.observers.size,
      audio: this.audio.filter((context) => context.state !== "closed").length,
    };
  }
}

export const NOTHING_HELD = { listeners: 0, timers: 0, frames: 0, observers: 0, audio: 0 };

/** Waits until all pending promises have resolved. */
export async function settled() {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

export function json(status, body, headers = {}) {
  return new Response(JSON.stringify(body), { status, headers });
}

class FakeStorage {
  #items = new Map();

  getItem(key) {
    return this.#items.get(key) ?? null;
  }

  setItem(key, value) {
    this.#items.set(key, value);
  }

  removeItem(key) {
    this.#items.delete(key);
  }

  get size() {
    return this.#items.size;
  }
}

class FakeAudio {
  state = "running";
  currentTime = 0;
  destination = {};
  played = 0;

  createOscillator() {
    const node = { frequency: {}, connect: (next) => next, start: () => {}, stop: () => {} };
    this.played += 1;
    return node;
  }

  createGain() {
    const gain = { setValueAtTime() {}, linearRampToValueAtTime() {} };
    return { gain, connect: (next) => next };
  }

  async close() {
    this.state = "closed";
  }

  async resume() {
    this.state = "running";
  }
}

function fakeContext(painted) {
  return {
    fillRect() {},
    fillText: (text) => painted.push(String(text)),
    measureText: () => ({ actualBoundingBoxLeft: 0, actualBoundingBoxRight: 10 }),
  };
}
