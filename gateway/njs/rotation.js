// Rotates the access log's file by size; nginx opens a new file with the next line.

// biome-ignore lint/style/useNodejsImportProtocol: njs knows it by this name only.
import fs from "fs";

// Files in addition to the current one.
const KEPT = 7;
const TURN = "turn";
// The timer's interval.
const TURN_MS = 1000;
const TROUBLE = "trouble";
const TROUBLE_AGAIN_MS = 60000;

/** Timer handler: renames `<file>` to `<file>.1`, that to `.2`, and so on. Logs failures once a minute. */
function rotate(session) {
  const name = session.variables.log_file;
  if (name === "") {
    return;
  }
  // Relative to the same folder as in nginx itself.
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

// Shifts the old files up to the first free number; overwrites the last one only if all numbers are taken.
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
