/** Draws on a canvas at the screen's resolution, in the colours of the style sheet. */

import { COURT_HEIGHT, COURT_WIDTH } from "../pong/court.js";
import { emptyPicture } from "./motion.js";
import { paint } from "./paint.js";

const REDUCED_MOTION = "(prefers-reduced-motion: reduce)";
/** Largest width in device pixels; more would only heat a phone, without a visible difference. */
const WIDEST = 2_560;

/**
 * Prepares a canvas and keeps its resolution.
 * @param {any} page  the window
 * @param {import("./lifetime.js").Lifetime} lifetime
 * @param {any} canvas
 * @returns {{ show: (picture: import("./motion.js").Picture) => void, readonly calm: boolean }}
 */
export function createSurface(page, lifetime, canvas) {
  const context = canvas.getContext("2d", { alpha: false });
  const motion = page.matchMedia(REDUCED_MOTION);
  let palette = readPalette(page, canvas);
  let shown = emptyPicture();

  function show(picture) {
    shown = picture;
    paint(context, canvas.width / COURT_WIDTH, palette, picture, motion.matches);
  }

  function fit(width) {
    const sharp = Math.round(Math.min(width, WIDEST));
    const height = Math.round((sharp * COURT_HEIGHT) / COURT_WIDTH);
    if (sharp < 1) return;
    if (canvas.width !== sharp) canvas.width = sharp;
    if (canvas.height !== height) canvas.height = height;
    palette = readPalette(page, canvas);
    show(shown);
  }

  const observer = new page.ResizeObserver(([entry]) => fit(deviceWidth(page, entry)));
  observe(observer, canvas);
  lifetime.own(() => observer.disconnect());
  redrawWithFace(page, lifetime, palette.face, () => show(shown));

  return {
    show,
    get calm() {
      return motion.matches;
    },
  };
}

function observe(observer, canvas) {
  try {
    observer.observe(canvas, { box: "device-pixel-content-box" });
  } catch {
    // Safari supports only CSS pixels.
    observer.observe(canvas);
  }
}

/**
 * Returns the width in device pixels. The browser's exact value is rounded like the screen; on an emulated screen it is
 * in CSS pixels.
 */
function deviceWidth(page, entry) {
  const about = entry.contentRect.width * (page.devicePixelRatio || 1);
  const exact = entry.devicePixelContentBoxSize?.[0]?.inlineSize ?? about;
  return Math.abs(exact - about) < 1 ? exact : about;
}

function redrawWithFace(page, lifetime, face, redraw) {
  let wanted = true;
  lifetime.own(() => {
    wanted = false;
  });
  page.document.fonts?.load(`16px ${face}`, "0").then(
    () => wanted && redraw(),
    () => {}, // The fallback font stays.
  );
}

/** @returns {import("./paint.js").Palette} */
function readPalette(page, canvas) {
  const style = page.getComputedStyle(canvas);
  const read = (name, fallback) => style.getPropertyValue(`--court-${name}`).trim() || fallback;
  return {
    field: read("field", "#080a09"),
    line: read("net", "#4a504c"),
    numeral: read("numeral", "#6c736e"),
    ink: read("ink", "#f2f5f0"),
    glow: read("glow", "#7dffb0"),
    face: read("face", "monospace"),
  };
}
