/**
 * The protocol between page and server: messages of each direction, close codes, and their encoding.
 * docs/live-matches.md documents the meaning of each. Independent of socket and page.
 */

export const PROTOCOL_VERSION = 1;
/** Units of the clock in `BEAT` per tick. */
export const CLOCK_UNIT = 256;

export const Phase = Object.freeze({
  WAITING: 0,
  COUNTDOWN: 1,
  PLAYING: 2,
  AWAY: 3,
  SUSPENDED: 4,
  OVER: 5,
});

export const Reason = Object.freeze({ POINTS: 1, FORFEIT: 2, VOID: 3 });

export const Close = Object.freeze({
  DONE: 1000,
  RESTARTING: 1012,
  MALFORMED: 4000,
  TOO_LARGE: 4001,
  TOO_MANY: 4002,
  OUT_OF_ORDER: 4003,
  TAKEN_OVER: 4004,
  MOVED: 4005,
  TOO_SLOW: 4006,
});

const KINDS = {
  u8: { bytes: 1, read: "getUint8", write: "setUint8" },
  i8: { bytes: 1, read: "getInt8", write: "setInt8" },
  u16: { bytes: 2, read: "getUint16", write: "setUint16" },
  u32: { bytes: 4, read: "getUint32", write: "setUint32" },
  i32: { bytes: 4, read: "getInt32", write: "setInt32" },
};

/** In the order of `digest`. */
const STATE_FIELDS = Object.freeze({
  tick: "u32",
  ballX: "i32",
  ballY: "i32",
  ballVx: "i32",
  ballVy: "i32",
  leftY: "i32",
  rightY: "i32",
  leftScore: "u8",
  rightScore: "u8",
  rally: "u32",
  serveIn: "u8",
  server: "u8",
  winner: "u8",
  rng: "u32",
  points: "u8",
  leftHits: "u32",
  rightHits: "u32",
  longestRally: "u32",
});

const FROM_CLIENT = table({
  keys: [1, { tick: "u32", keys: "i8" }],
  echo: [2, { number: "u16", tick: "u32", digest: "u32" }],
  resign: [3, {}],
});

const FROM_SERVER = table({
  welcome: [16, { protocol: "u8", side: "u8", rules: "u16", points: "u8", seed: "u32" }],
  snapshot: [
    17,
    {
      ...STATE_FIELDS,
      leftKeys: "i8",
      rightKeys: "i8",
      leftHeardBefore: "u32",
      rightHeardBefore: "u32",
    },
  ],
  phase: [
    18,
    {
      phase: "u8",
      tick: "u32",
      delay: "u8",
      leftHere: "u8",
      rightHere: "u8",
      leftAbsences: "u8",
      rightAbsences: "u8",
      ms: "u16",
    },
  ],
  keys: [19, { tick: "u32", side: "u8", keys: "i8" }],
  late: [20, { asked: "u32", tick: "u32", keys: "i8" }],
  beat: [
    21,
    {
      number: "u16",
      tick: "u32",
      digest: "u32",
      clock: "i32",
      leftRtt: "u16",
      rightRtt: "u16",
      leftHeardBefore: "u32",
      rightHeardBefore: "u32",
    },
  ],
  end: [
    22,
    {
      reason: "u8",
      winner: "u8",
      leftScore: "u8",
      rightScore: "u8",
      tick: "u32",
      digest: "u32",
      leftLate: "u16",
      rightLate: "u16",
      leftRtt: "u16",
      rightRtt: "u16",
      delay: "u8",
      leftHeardBefore: "u32",
      rightHeardBefore: "u32",
    },
  ],
});

/** The frame is not a message of this protocol. */
export class MalformedFrame extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = "MalformedFrame";
  }
}

/**
 * @typedef {{ name: string } & Record<string, number>} Message
 *   a message: its name in lower case, and a number for each field
 */

/** @param {number} tick @param {number} keys @returns {ArrayBuffer} */
export function encodeKeys(tick, keys) {
  return encode(FROM_CLIENT, "keys", { tick, keys });
}

/** @param {number} number @param {number} tick @param {number} digest @returns {ArrayBuffer} */
export function encodeEcho(number, tick, digest) {
  return encode(FROM_CLIENT, "echo", { number, tick, digest });
}

/** @returns {ArrayBuffer} */
export function encodeResign() {
  return encode(FROM_CLIENT, "resign", {});
}

/**
 * Decodes the messages of one frame from the server, in order.
 * @param {ArrayBuffer} frame
 * @returns {Message[]}
 * @throws {MalformedFrame}
 */
export function decodeFrame(frame) {
  const messages = decode(FROM_SERVER, frame);
  messages.forEach(checkKeys);
  return messages;
}

/**
 * Returns the state of a `SNAPSHOT`, for the engine.
 * @param {Message} snapshot
 * @returns {import("../pong/engine.js").State}
 */
export function stateOf(snapshot) {
  const names = Object.keys(STATE_FIELDS);
  return /** @type {any} */ (Object.fromEntries(names.map((name) => [name, snapshot[name]])));
}

/**
 * Encodes a message of the server, for tests.
 * @param {string} name
 * @param {Record<string, number>} fields
 * @returns {ArrayBuffer}
 */
export function encodeFromServer(name, fields) {
  return encode(FROM_SERVER, name, fields);
}

/**
 * Decodes a frame from a client, which is exactly one message, for tests.
 * @param {ArrayBuffer} frame
 * @returns {Message}
 * @throws {MalformedFrame}
 */
export function decodeFromClient(frame) {
  const messages = decode(FROM_CLIENT, frame);
  if (messages.length > 1) throw new MalformedFrame("a client says one thing at a time");
  checkKeys(messages[0]);
  return messages[0];
}

function encode({ byName }, name, values) {
  const { type, fields, bytes } = byName.get(name);
  const view = new DataView(new ArrayBuffer(1 + bytes));
  view.setUint8(0, type);
  let place = 1;
  for (const [field, kind] of fields) {
    view[kind.write](place, values[field]);
    place += kind.bytes;
  }
  return view.buffer;
}

function decode({ byType }, frame) {
  if (!(frame instanceof ArrayBuffer)) throw new MalformedFrame("text instead of bytes");
  if (frame.byteLength === 0) throw new MalformedFrame("an empty frame");
  const view = new DataView(frame);
  const messages = [];
  for (let place = 0; place < view.byteLength; ) {
    const entry = byType.get(view.getUint8(place));
    if (!entry) throw new MalformedFrame(`no message has type ${view.getUint8(place)}`);
    place += 1;
    if (place + entry.bytes > view.byteLength) throw new MalformedFrame(`${entry.name} is cut off`);
    messages.push(readFields(entry, view, place));
    place += entry.bytes;
  }
  return messages;
}

function readFields({ name, fields }, view, start) {
  const message = { name };
  let place = start;
  for (const [field, kind] of fields) {
    message[field] = view[kind.read](place);
    place += kind.bytes;
  }
  return message;
}

/** Refuses other keys, which would move a paddle farther than the rules allow. */
function checkKeys({ keys = 0, leftKeys = 0, rightKeys = 0 }) {
  for (const held of [keys, leftKeys, rightKeys]) {
    if (held < -1 || held > 1) throw new MalformedFrame(`${held} is not a key: -1, 0 or 1`);
  }
}

function table(messages) {
  const entries = Object.entries(messages).map(([name, [type, kinds]]) => {
    const fields = Object.entries(kinds).map(([field, kind]) => [field, KINDS[kind]]);
    return { name, type, fields, bytes: fields.reduce((sum, [, kind]) => sum + kind.bytes, 0) };
  });
  return {
    byName: new Map(entries.map((entry) => [entry.name, entry])),
    byType: new Map(entries.map((entry) => [entry.type, entry])),
  };
}
