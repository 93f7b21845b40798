/** Plays four short sounds, one oscillator each. Silent before a gesture of the player, and when switched off. */

const STORAGE_KEY = "court-sound";
const LOUDNESS = 0.06;
/** Seconds of fade-out; a square wave that stops at full amplitude clicks. */
const RELEASE_SECONDS = 0.02;

const BLIPS = {
  wall: { hertz: 220, seconds: 0.03 },
  paddle: { hertz: 440, seconds: 0.06 },
  point: { hertz: 330, seconds: 0.22 },
  win: { hertz: 660, seconds: 0.45 },
};

/**
 * Creates the sound of a page, with the stored choice of on or off.
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

    /** Starts audio; call it in a gesture, because browsers mute audio that was created before one. */
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

/** Returns the stored choice. Storage throws if the player has forbidden it; then the choice is not stored. */
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
    // The choice is lost at the next visit; nothing else depends on it.
  }
}
