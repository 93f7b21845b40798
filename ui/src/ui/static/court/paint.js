/** Draws a picture of the court on a 2D context. Nothing else: no state, no page, no clock. */

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
const NUMERAL_SIZE = 190;
/** The pixel face sits low in its box: this puts the top of a numeral this far below the wall. */
const NUMERAL_TOP = 30;
const NUMERAL_FROM_NET = 60;
const TRAIL_STRENGTH = 0.22;

/**
 * @typedef {object} Palette
 * @property {string} field
 * @property {string} line  walls and net
 * @property {string} numeral
 * @property {string} ink  paddles and ball
 * @property {string} glow  what has just been hit or scored
 * @property {string} face  the font family of the numerals
 */

/**
 * @param {any} context  CanvasRenderingContext2D
 * @param {number} scale  device pixels to a court unit
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

/** Whole device pixels give straight edges, and the size is rounded apart so that it never varies. */
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

function paintNumerals(context, scale, palette, { leftScore, rightScore, scorer }) {
  context.font = `${Math.round(NUMERAL_SIZE * scale)}px ${palette.face}`;
  context.textBaseline = "alphabetic";
  const top = context.measureText("0").actualBoundingBoxAscent;
  const baseline = Math.round(NUMERAL_TOP * scale + top);
  const numeral = (score, align, x, side) => {
    context.textAlign = align;
    context.fillStyle = scorer === side ? palette.glow : palette.numeral;
    context.fillText(String(score), Math.round(x * scale), baseline);
  };
  numeral(leftScore, "right", COURT_WIDTH / 2 - NUMERAL_FROM_NET, LEFT);
  numeral(rightScore, "left", COURT_WIDTH / 2 + NUMERAL_FROM_NET, RIGHT);
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
