/** Runs before the page's own scripts and counts the browser resources that they hold. */
(() => {
  const listeners = new Map();
  const observers = new Map();
  const timers = new Set();
  const frames = new Set();
  const audio = new Set();
  const untracked = { setTimeout: window.setTimeout.bind(window) };

  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const handlersOf = (target, type, options) => {
    const capture = typeof options === "boolean" ? options : Boolean(options?.capture);
    const key = `${capture} ${type}`;
    if (!listeners.has(target)) listeners.set(target, new Map());
    const kinds = listeners.get(target);
    if (!kinds.has(key)) kinds.set(key, new Set());
    return kinds.get(key);
  };
  EventTarget.prototype.addEventListener = function (type, handler, options) {
    handlersOf(this ?? window, type, options).add(handler);
    return addEventListener.call(this, type, handler, options);
  };
  EventTarget.prototype.removeEventListener = function (type, handler, options) {
    handlersOf(this ?? window, type, options).delete(handler);
    return removeEventListener.call(this, type, handler, options);
  };

  const count = (held, start, stop, runsOnce) => {
    const begin = window[start].bind(window);
    const end = window[stop].bind(window);
    window[start] = (callback, ...rest) => {
      const id = begin(
        (...given) => {
          if (runsOnce) held.delete(id);
          callback(...given);
        },
        ...rest,
      );
      held.add(id);
      return id;
    };
    window[stop] = (id) => {
      held.delete(id);
      end(id);
    };
  };
  count(timers, "setTimeout", "clearTimeout", true);
  count(timers, "setInterval", "clearInterval", false);
  count(frames, "requestAnimationFrame", "cancelAnimationFrame", true);

  for (const name of ["MutationObserver", "ResizeObserver", "IntersectionObserver"]) {
    window[name] = class extends window[name] {
      observe(...what) {
        observers.set(this, name);
        super.observe(...what);
      }
      disconnect() {
        observers.delete(this);
        super.disconnect();
      }
    };
  }

  window.AudioContext = class extends window.AudioContext {
    constructor(...how) {
      super(...how);
      audio.add(this);
    }
    close() {
      audio.delete(this);
      return super.close();
    }
  };

  const sockets = new Set();
  window.WebSocket = class extends window.WebSocket {
    constructor(...where) {
      super(...where);
      sockets.add(this);
    }
  };
  const isOpen = ({ readyState }) => readyState <= WebSocket.OPEN;

  window.untracked = untracked;
  window.held = () => ({
    listeners: [...listeners.values()]
      .flatMap((kinds) => [...kinds])
      .flatMap(([key, handlers]) => [...handlers].map(() => key.split(" ")[1]))
      .sort(),
    observers: [...observers.values()].sort(),
    timers: timers.size,
    frames: frames.size,
    audio: audio.size,
    sockets: [...sockets].filter(isOpen).length,
  });
})();
