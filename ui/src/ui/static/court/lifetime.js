/**
 * The lifetime of a mounted part of the page: it releases all listeners, timers and other resources at the end.
 *
 * @typedef {object} Lifetime
 * @property {(target: EventTarget, type: string, handler: (event: any) => void, options?: object)
 *   => void} listen
 * @property {(callback: () => void, delayMs: number) => () => void} after  runs once; returns cancel
 * @property {(callback: (now: number) => void) => () => void} everyFrame  returns stop
 * @property {(release: () => void) => void} own  called once when the lifetime ends
 * @property {boolean} isOver
 * @property {AbortSignal} signal  aborted at the end, for requests whose answer is no longer needed
 * @property {() => void} end
 */

/**
 * Starts a lifetime.
 * @param {any} page  the window, or a test's replacement
 * @returns {Lifetime}
 */
export function createLifetime(page) {
  /** @type {Set<() => void>} */
  const held = new Set();
  const abort = new AbortController();

  function hold(release) {
    function letGo() {
      if (held.delete(letGo)) release();
    }
    held.add(letGo);
    if (abort.signal.aborted) letGo();
    return letGo;
  }

  return {
    listen(target, type, handler, options) {
      target.addEventListener(type, handler, options);
      hold(() => target.removeEventListener(type, handler, options));
    },

    after(callback, delayMs) {
      const id = page.setTimeout(() => {
        cancel();
        callback();
      }, delayMs);
      const cancel = hold(() => page.clearTimeout(id));
      return cancel;
    },

    everyFrame(callback) {
      let stopped = false;
      let id = page.requestAnimationFrame(frame);
      function frame(now) {
        callback(now);
        if (!stopped) id = page.requestAnimationFrame(frame);
      }
      return hold(() => {
        stopped = true;
        page.cancelAnimationFrame(id);
      });
    },

    own: hold,

    get isOver() {
      return abort.signal.aborted;
    },

    signal: abort.signal,

    end() {
      abort.abort();
      for (const letGo of [...held]) letGo();
    },
  };
}
