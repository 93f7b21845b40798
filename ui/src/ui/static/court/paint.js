/** Draws a picture of the court on a 2D context, without state, page or clock. */

import {
  BALL_SIZE,
  COURT_HEIGHT,
  COURT_WIDTH,
  LEFT,
  PADDLE_HEIGHT,
  PADDLE_INSET,
  PADDLE_WIDTH,
  RIGHT,
} from "../pong/court.js";

const LINE = 2;
const NET_WIDTH = 4;
const NET_DASH = 12;
const NET_GAP = 13;
/** Court units of one pixel of the pixel font, whose digits are seven pixels high. */
const NUMERAL_PIXEL = 17;
const NUMERAL_PIXELS = 7;
const NUMERAL_TOP = 36;
const NUMERAL_FROM_NET = 56;
const TRAIL_STRENGTH = 0.22;

/**
 * @typedef {object} Palette
 * @property {string} field
 * @property {string} line  walls and net
 * @property {string} numeral
 * @property {string} ink  paddles and ball
 * @property {string} glow  a paddle or numeral after a hit or a point
 * @property {string} face  the font family of the numerals
 */

/**
 * Draws a picture.
 * @param {any} context  CanvasRenderingContext2D
 * @param {number} scale  device pixels per court unit
 * @param {Palette} palette
 * @param {import("./motion.js").Picture} picture
 * @param {boolean} calm  no trail, no fading
 */
export function paint(context, scale, palette, picture, calm) {
  const box = boxes(context, scale);
  context.globalAlpha = 1;
  context.fillStyle = palette.field;
  box(0, 0, COURT_WIDTH, COURT_HEIGHT);
  paintLines(context, box, palette);
  paintNumerals(context, scale, palette, picture);
  paintPaddle(context, box, palette, PADDLE_INSET, picture.leftY, calm ? 0 : picture.leftGlow);
  const rightX = COURT_WIDTH - PADDLE_INSET - PADDLE_WIDTH;
  paintPaddle(context, box, palette, rightX, picture.rightY, calm ? 0 : picture.rightGlow);
  if (picture.showsBall) paintBall(context, box, palette, picture, calm);
}

/**
 * Returns a function that draws boxes at whole device pixels, for sharp edges. The size is rounded separately, so that
 * it is constant.
 */
function boxes(context, scale) {
  return (x, y, width, height) => {
    context.fillRect(
      Math.round(x * scale),
      Math.round(y * scale),
      Math.max(1, Math.round(width * scale)),
      Math.max(1, Math.round(height * scale)),
    );
  };
}

function paintLines(context, box, palette) {
  context.fillStyle = palette.line;
  box(0, 0, COURT_WIDTH, LINE);
  box(0, COURT_HEIGHT - LINE, COURT_WIDTH, LINE);
  for (let y = NET_DASH / 2; y < COURT_HEIGHT; y += NET_DASH + NET_GAP) {
    box((COURT_WIDTH - NET_WIDTH) / 2, y, NET_WIDTH, NET_DASH);
  }
}

/**
 * Draws the score at whole device pixels. Digits are placed by their visible part: a 1 is as near to the net as a 7.
 */
function paintNumerals(context, scale, palette, { leftScore, rightScore, scorer }) {
  const pixel = Math.max(1, Math.round(NUMERAL_PIXEL * scale));
  const fromNet = Math.round(NUMERAL_FROM_NET * scale);
  const middle = Math.round((COURT_WIDTH / 2) * scale);
  const baseline = Math.round(NUMERAL_TOP * scale) + NUMERAL_PIXELS * pixel;
  context.font = `${pixel * NUMERAL_PIXELS}px ${palette.face}`;
  context.textAlign = "left";
  context.textBaseline = "alphabetic";

  context.fillStyle = scorer === LEFT ? palette.glow : palette.numeral;
  const left = context.measureText(leftScore);
  context.fillText(leftScore, middle - fromNet - Math.round(left.actualBoundingBoxRight), baseline);

  context.fillStyle = scorer === RIGHT ? palette.glow : palette.numeral;
  const right = context.measureText(rightScore);
  context.fillText(
    rightScore,
    middle + fromNet + Math.round(right.actualBoundingBoxLeft),
    baseline,
  );
}

function paintPaddle(context, box, palette, x, y, glow) {
  context.fillStyle = palette.ink;
  box(x, y - PADDLE_HEIGHT / 2, PADDLE_WIDTH, PADDLE_HEIGHT);
  if (glow === 0) return;
  context.globalAlpha = glow;
  context.fillStyle = palette.glow;
  box(x, y - PADDLE_HEIGHT / 2, PADDLE_WIDTH, PADDLE_HEIGHT);
  context.globalAlpha = 1;
}

function paintBall(context, box, palette, { ballX, ballY, trail }, calm) {
  const half = BALL_SIZE / 2;
  if (!calm) {
    context.fillStyle = palette.glow;
    trail.forEach(([x, y], age) => {
      context.globalAlpha = (TRAIL_STRENGTH * (age + 1)) / trail.length;
      box(x - half, y - half, BALL_SIZE, BALL_SIZE);
    });
    context.globalAlpha = 1;
  }
  context.fillStyle = palette.ink;
  box(ballX - half, ballY - half, BALL_SIZE, BALL_SIZE);
}
