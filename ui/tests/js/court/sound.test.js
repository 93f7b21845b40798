import assert from "node:assert/strict";
import { test } from "node:test";

import { createSound } from "../../../src/ui/static/court/sound.js";
import { FakePage } from "./fake-page.js";

test("no sound is played before a gesture", () => {
  const page = new FakePage();
  createSound(page).play("paddle");
  assert.equal(page.audio.length, 0);
});

test("after a gesture every event has a sound, through one audio context", () => {
  const page = new FakePage();
  const sound = createSound(page);
  sound.unlock();
  sound.unlock();
  for (const name of ["wall", "paddle", "point", "win"]) sound.play(name);
  assert.equal(page.audio.length, 1);
  assert.equal(page.audio[0].played, 4);
});

test("the sound setting is kept for the next visit", () => {
  const page = new FakePage();
  assert.equal(createSound(page).toggle(), false);
  const next = createSound(page);
  assert.equal(next.on, false);
  next.unlock();
  next.play("point");
  assert.equal(page.audio.length, 0);
  assert.equal(next.toggle(), true);
  assert.equal(createSound(page).on, true);
});

test("switching off silences the sound at once", () => {
  const page = new FakePage();
  const sound = createSound(page);
  sound.unlock();
  sound.toggle();
  sound.play("wall");
  assert.equal(page.audio[0].played, 0);
});

test("the game works silently without storage and audio", () => {
  const page = new FakePage();
  page.AudioContext = undefined;
  page.localStorage = {
    getItem() {
      throw new DOMException("denied", "SecurityError");
    },
    setItem() {
      throw new DOMException("denied", "SecurityError");
    },
  };
  const sound = createSound(page);
  sound.unlock();
  sound.play("win");
  assert.equal(sound.toggle(), false);
});

test("closing closes the audio context", () => {
  const page = new FakePage();
  const sound = createSound(page);
  sound.unlock();
  sound.close();
  assert.equal(page.audio[0].state, "closed");
});
