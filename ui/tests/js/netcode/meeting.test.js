import assert from "node:assert/strict";
import { test } from "node:test";

import { Phase } from "../../../src/ui/static/netcode/protocol.js";
import { LEFT, RIGHT } from "../../../src/ui/static/pong/court.js";
import { digest } from "../../../src/ui/static/pong/engine.js";
import { FRAME_MS, newMeeting, play } from "./two-clients.js";

const LONG = 100_000;

function begin(meeting) {
  for (const { client } of [meeting.left, meeting.right, meeting.watcher]) client.start();
}

function agree({ server, left, right, watcher }) {
  const confirmed = new Map(server.confirmed);
  for (const person of [left, right, watcher]) {
    assert.ok(person.settled.length > 0);
    assert.equal(person.differing, 0);
    for (const [tick, theirs] of person.settled) assert.equal(theirs, confirmed.get(tick));
    assert.deepEqual(person.troubles, []);
  }
  assert.equal(server.differences, 0);
}

for (const [tripMs, rightTripMs, jitterMs] of [
  [0, 0, 0],
  [5, 40, 5],
  [30, 30, 40],
  [75, 10, 20],
  [100, 100, 0],
  [80, 80, 150],
]) {
  test(`both see the server's match: trips ${tripMs} and ${rightTripMs} ms, jitter ${jitterMs} ms`, async () => {
    for (let seed = 1; seed <= 6; seed += 1) {
      const meeting = newMeeting({ seed, points: 3, tripMs, rightTripMs, jitterMs });
      begin(meeting);
      await play(meeting, LONG);
      agree(meeting);
      assert.deepEqual(meeting.left.end, meeting.right.end);
      assert.equal(meeting.left.end.winner, meeting.server.state.winner);
      assert.equal(digest(meeting.left.client.game.state), digest(meeting.server.state));
    }
  });
}

test("round trips of at most 200 ms rewind at most twelve ticks", async () => {
  for (let seed = 1; seed <= 5; seed += 1) {
    const meeting = newMeeting({ seed, tripMs: 60, rightTripMs: 60, jitterMs: 39 });
    begin(meeting);
    await play(meeting, LONG);
    agree(meeting);
    for (const { client } of [meeting.left, meeting.right]) {
      const { depths, jumps } = client.statistics;
      assert.equal(jumps, 0, `depths ${depths}`);
      assert.ok(depths.length - 1 <= 12);
    }
  }
});

test("a million frames over different connections show no difference", async () => {
  const ways = [
    { tripMs: 1, jitterMs: 2 },
    { tripMs: 15, jitterMs: 10 },
    { tripMs: 40, jitterMs: 20 },
    { tripMs: 5, rightTripMs: 90, jitterMs: 9 },
    { tripMs: 60, jitterMs: 39 },
    { tripMs: 30, jitterMs: 250 },
    { tripMs: 200, rightTripMs: 5, jitterMs: 60 },
  ];
  let frames = 0;
  let late = 0;
  for (let seed = 100; frames < 1_000_000; seed += 1) {
    const meeting = newMeeting({ seed, points: 21, ...ways[seed % ways.length] });
    begin(meeting);
    await play(meeting, LONG);
    agree(meeting);
    assert.ok(meeting.left.end && meeting.right.end);
    frames += 3 * Math.round(meeting.world.nowMs / FRAME_MS);
    late += meeting.server.late[LEFT] + meeting.server.late[RIGHT];
  }
  assert.ok(late > 1_000);
});

test("without jitter no key is late, and only keys cause rewinds", async () => {
  const meeting = newMeeting({ seed: 4, tripMs: 40, jitterMs: 0 });
  begin(meeting);
  await play(meeting, LONG);
  agree(meeting);
  const { left, right, server } = meeting;
  assert.deepEqual(server.late, { [LEFT]: 0, [RIGHT]: 0 });
  const rewinds = left.client.statistics.depths.reduce((sum, count) => sum + count, 0);
  assert.ok(rewinds > 10);
  assert.ok(rewinds <= right.client.statistics.pressed);
});

test("a spectator sees no rewind over an even connection", async () => {
  const meeting = newMeeting({ seed: 4, tripMs: 40, jitterMs: 10 });
  begin(meeting);
  await play(meeting, LONG);
  agree(meeting);
  assert.deepEqual(meeting.watcher.client.statistics.depths, []);
});

test("a lost connection is replaced, and the match continues from the same tick", async () => {
  const meeting = newMeeting({ seed: 9, tripMs: 40 });
  begin(meeting);
  await play(meeting, 400);
  for (const code of [4005, 1012, 1006, 4006]) {
    meeting.server.drop(RIGHT, code);
    await play(meeting, 400);
    assert.equal(meeting.server.phase, Phase.PLAYING);
  }
  await play(meeting, LONG);
  agree(meeting);
  assert.equal(meeting.right.client.statistics.openings, 5);
});

test("a snapshot during play loses no keys on their way", async () => {
  for (let seed = 20; seed < 26; seed += 1) {
    const meeting = newMeeting({ seed, tripMs: 70, jitterMs: 60 });
    begin(meeting);
    await play(meeting, 3_000, (frame, { server }) => {
      if (frame > 250 && frame % 37 === 0) server.sendSnapshot(LEFT);
    });
    agree(meeting);
    assert.ok(meeting.left.client.statistics.snapshots > 20);
  }
});

test("a pause by the server drops keys on their way, for both players", async () => {
  const meeting = newMeeting({ seed: 31, tripMs: 90, jitterMs: 30 });
  begin(meeting);
  await play(meeting, 3_000, (frame, { server }) => {
    if (frame > 300 && frame % 400 === 0) server.pause(Phase.SUSPENDED);
  });
  agree(meeting);
});

test("a connection that was taken over stays closed until the player takes it back", async () => {
  const meeting = newMeeting({ seed: 5 });
  begin(meeting);
  await play(meeting, 300);
  meeting.server.drop(LEFT, 4004);
  await play(meeting, 30);
  assert.deepEqual(meeting.left.troubles, ["taken_over"]);
  await play(meeting, 600);
  assert.equal(meeting.left.client.statistics.openings, 1);
  meeting.left.client.start();
  await play(meeting, 400);
  assert.equal(meeting.server.phase, Phase.PLAYING);
});

test("a resignation ends the match for both players", async () => {
  const meeting = newMeeting({ seed: 6 });
  begin(meeting);
  await play(meeting, 400);
  meeting.left.client.resign();
  await play(meeting, 60);
  assert.equal(meeting.left.end.reason, 2);
  assert.equal(meeting.right.end.winner, RIGHT);
  agree(meeting);
});

test("a resignation during a lost connection is sent after the reconnect", async () => {
  const meeting = newMeeting({ seed: 6 });
  begin(meeting);
  await play(meeting, 400);
  meeting.server.drop(LEFT, 1006);
  await play(meeting, 3);
  meeting.left.client.resign();
  await play(meeting, 60);
  assert.equal(meeting.right.end.winner, RIGHT);
});

test("a silent connection is replaced without a close event", async () => {
  const meeting = newMeeting({ seed: 8 });
  begin(meeting);
  await play(meeting, 400);
  const [line] = meeting.left.lines;
  line.onmessage = null;
  Object.defineProperty(line, "onmessage", { get: () => null });
  await play(meeting, 360);
  await play(meeting, 300);
  assert.equal(meeting.left.client.statistics.openings, 2);
});
