// Renames the access log's file when it is long enough; nginx opens a new one with its next line.

// biome-ignore lint/style/useNodejsImportProtocol: njs knows it by this name only.
import fs from "fs";

// Beside the one that is written to.
const KEPT = 7;
const TURN = "turn";
// As the timer's interval.
const TURN_MS = 1000;
const TROUBLE = "trouble";
const TROUBLE_AGAIN_MS = 60000;

/** Timer handler: `<file>` becomes `<file>.1`, that one `.2`, and so on. Trouble is told once a minute, requests go on. */
function rotate(session) {
  const name = session.variables.log_file;
  if (name === "") {
    return;
  }
  // As nginx itself finds it.
  const file = name.startsWith("/") ? name : `${ngx.prefix}${name}`;
  const state = ngx.shared.log_rotation;
  try {
    const limit = Number(session.variables.log_file_bytes);
    if (sizeOf(file) >= limit && state.add(TURN, "", TURN_MS)) {
      makeRoom(file);
      fs.renameSync(file, `${file}.1`);
    }
  } catch (error) {
    if (state.add(TROUBLE, "", TROUBLE_AGAIN_MS)) {
      ngx.log(ngx.ERR, `rotation: ${file}: ${error.message}`);
    }
  }
}

function sizeOf(file) {
  return fs.existsSync(file) ? fs.statSync(file).size : 0;
}

// The last one is overwritten, and only where all numbers are taken.
function makeRoom(file) {
  let free = 1;
  while (free < KEPT && fs.existsSync(`${file}.${free}`)) {
    free++;
  }
  for (let number = free; number > 1; number--) {
    fs.renameSync(`${file}.${number - 1}`, `${file}.${number}`);
  }
}

export default { rotate };
