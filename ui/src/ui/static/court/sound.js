/** Four blips from one oscillator each. No sound before a gesture, none when switched off. */

const STORAGE_KEY = "court-sound";
const LOUDNESS = 0.06;
/** A square wave cut off at full height clicks. */
const RELEASE_SECONDS = 0.02;

const BLIPS = {
  wall: { hertz: 220, seconds: 0.03 },
  paddle: { hertz: 440, seconds: 0.06 },
  point: { hertz: 330, seconds: 0.22 },
  win: { hertz: 660, seconds: 0.45 },
};

/**
 * @param {any} page  the window
 */
export function createSound(page) {
  let on = recall(page) !== "off";
  let context = null;

  return {
    get on() {
      return on;
    },

    toggle() {
      on = !on;
      remember(page, on ? "on" : "off");
      return on;
    },

    /** To be called from a gesture: browsers keep audio made before one silent. */
    unlock() {
      if (!on || !page.AudioContext) return;
      context ??= new page.AudioContext();
      if (context.state === "suspended") void context.resume();
    },

    /** @param {keyof BLIPS} name */
    play(name) {
      if (on && context?.state === "running") blip(context, BLIPS[name]);
    },

    close() {
      void context?.close();
      context = null;
    },
  };
}

function blip(context, { hertz, seconds }) {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  const end = context.currentTime + seconds;
  oscillator.type = "square";
  oscillator.frequency.value = hertz;
  gain.gain.setValueAtTime(LOUDNESS, context.currentTime);
  gain.gain.setValueAtTime(LOUDNESS, end);
  gain.gain.linearRampToValueAtTime(0, end + RELEASE_SECONDS);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start();
  oscillator.stop(end + RELEASE_SECONDS);
}

/** Storage throws where the player has forbidden it; the game goes on and forgets. */
function recall(page) {
  try {
    return page.localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}

function remember(page, value) {
  try {
    page.localStorage.setItem(STORAGE_KEY, value);
  } catch {
    // Forgotten at the next visit; nothing else depends on it.
  }
}
