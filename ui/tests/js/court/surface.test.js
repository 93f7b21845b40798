import assert from "node:assert/strict";
import { test } from "node:test";

import { createLifetime } from "../../../src/ui/static/court/lifetime.js";
import { createSurface } from "../../../src/ui/static/court/surface.js";
import { FakeElement, FakePage } from "./fake-page.js";

function surface({ ratio = 1, reduced = false } = {}) {
  const page = new FakePage();
  page.devicePixelRatio = ratio;
  page.matchMedia("(prefers-reduced-motion: reduce)").matches = reduced;
  const canvas = new FakeElement();
  const drawn = [];
  canvas.getContext = () => recorder(drawn);
  const lifetime = createLifetime(page);
  const made = createSurface(page, lifetime, canvas);
  const resize = (width, exact) => {
    const devicePixelContentBoxSize = exact ? [{ inlineSize: exact }] : undefined;
    for (const observer of page.observers) {
      observer.callback([{ contentRect: { width }, devicePixelContentBoxSize }]);
    }
  };
  return { page, canvas, drawn, lifetime, surface: made, resize };
}

function recorder(drawn) {
  return {
    fillRect: (...box) => drawn.push(box),
    fillText() {},
    measureText: () => ({ actualBoundingBoxLeft: 0, actualBoundingBoxRight: 10 }),
  };
}

const PICTURE = {
  ballX: 400.3,
  ballY: 250.7,
  leftY: 100.1,
  rightY: 300.9,
  leftScore: 1,
  rightScore: 2,
  leftGlow: 0,
  rightGlow: 0,
  scorer: 0,
  showsBall: true,
  trail: [
    [390, 250],
    [395, 250],
  ],
};

test("the canvas has as many pixels as the screen below it", () => {
  const { canvas, resize } = surface({ ratio: 3 });
  resize(390);
  assert.deepEqual([canvas.width, canvas.height], [1170, 731]);
});

test("the exact size in device pixels takes precedence", () => {
  const { canvas, resize } = surface({ ratio: 1.25 });
  resize(333.3, 416);
  assert.equal(canvas.width, 416);
});

test("an exact size in CSS pixels is ignored", () => {
  const { canvas, resize } = surface({ ratio: 2 });
  resize(390, 390);
  assert.equal(canvas.width, 780);
});

test("a hidden canvas keeps its size and a large one has a maximum", () => {
  const { canvas, resize } = surface({ ratio: 2 });
  resize(0);
  assert.equal(canvas.width, 800);
  resize(4_000);
  assert.equal(canvas.width, 2_560);
});

test("everything is drawn on whole pixels", () => {
  const { drawn, surface: made, resize } = surface({ ratio: 1.5 });
  resize(701.3);
  made.show(PICTURE);
  assert.ok(drawn.length > 0);
  for (const box of drawn) assert.ok(box.every(Number.isInteger), String(box));
});

test("reduced motion draws no trail", () => {
  const boxes = (reduced) => {
    const { drawn, surface: made } = surface({ reduced });
    drawn.length = 0;
    made.show(PICTURE);
    return drawn.length;
  };
  assert.equal(boxes(false) - boxes(true), PICTURE.trail.length);
});

test("a resize redraws the picture, and the observer stops at the end", () => {
  const { drawn, surface: made, resize, lifetime, page } = surface();
  made.show(PICTURE);
  const whole = drawn.length;
  drawn.length = 0;
  resize(800);
  assert.equal(drawn.length, whole);
  lifetime.end();
  assert.equal(page.observers.size, 0);
});
