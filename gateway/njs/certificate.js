// The expiry of the certificate, for Prometheus.

// biome-ignore lint/style/useNodejsImportProtocol: njs knows it by this name only.
import fs from "fs";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/;
const SEQUENCE = 0x30;
// [0], which certificates of version 1 lack.
const VERSION = 0xa0;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const SHORT_LENGTHS = 0x80;
// nginx would not load a file with longer lengths.
const MOST_LENGTH_BYTES = 3;
const TIME = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;
// RFC 5280: two-digit years from this one on belong to the twentieth century.
const FIRST_YEAR_OF_1900 = 50;
const MS_PER_SECOND = 1000;

const NAME = "gateway_certificate_expiry_timestamp_seconds";
const HELP = "Expiry of the certificate in the gateway's file, as a Unix time.";

/** Returns the metric in Prometheus' text format. Throws an error with the file's name if it reads no certificate. */
function exposition(path) {
  let end;
  try {
    // Relative to the same folder as in nginx itself.
    end = expiryOf(
      fs.readFileSync(path.startsWith("/") ? path : `${ngx.conf_prefix}${path}`, "utf8"),
    );
  } catch (error) {
    throw new Error(`certificate: ${path}: ${error.message}`);
  }
  return `# HELP ${NAME} ${HELP}\n# TYPE ${NAME} gauge\n${NAME} ${end}\n`;
}

/** Returns the Unix time at which the first certificate of a PEM chain expires. Throws if it cannot read one. */
function expiryOf(pem) {
  const block = CERTIFICATE.exec(pem);
  if (block === null) {
    throw new Error("contains no certificate");
  }
  const der = Buffer.from(block[1].replace(/\s/g, ""), "base64");
  const first = inside(der, inside(der, elementAt(der, 0, der.length), SEQUENCE), SEQUENCE);
  let field = first.tag === VERSION ? after(der, first) : first;
  // The serial number, the algorithm and the issuer come before the validity.
  for (let skipped = 0; skipped < 3; skipped++) {
    field = after(der, field);
  }
  return timeOf(der, after(der, inside(der, field, SEQUENCE)));
}

// Returns the first element inside `element`, which must have this tag.
function inside(der, element, tag) {
  if (element.tag !== tag) {
    throw new Error(`has an element ${element.tag} instead of ${tag}`);
  }
  return elementAt(der, element.start, element.end);
}

function after(der, element) {
  return elementAt(der, element.end, element.limit);
}

function elementAt(der, offset, limit) {
  const announced = byteAt(der, offset + 1, limit);
  let length = announced;
  let start = offset + 2;
  if (announced >= SHORT_LENGTHS) {
    const bytes = announced - SHORT_LENGTHS;
    if (bytes === 0 || bytes > MOST_LENGTH_BYTES) {
      throw new Error("has an element without a length");
    }
    length = 0;
    for (const end = start + bytes; start < end; start++) {
      length = length * 256 + byteAt(der, start, limit);
    }
  }
  if (start + length > limit) {
    throw new Error("is truncated");
  }
  return { tag: byteAt(der, offset, limit), start: start, end: start + length, limit: limit };
}

function byteAt(der, offset, limit) {
  if (offset >= limit) {
    throw new Error("is truncated");
  }
  return der[offset];
}

function timeOf(der, element) {
  const text = der.toString("utf8", element.start, element.end);
  const parts = TIME.exec(withCentury(text, element.tag));
  if (parts === null) {
    throw new Error("has an invalid expiry time");
  }
  const date = `${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}.000Z`;
  const ms = Date.parse(date);
  // A thirteenth month is not a number, and 30 February is another day.
  if (Number.isNaN(ms) || new Date(ms).toISOString() !== date) {
    throw new Error("has an invalid expiry time");
  }
  return ms / MS_PER_SECOND;
}

function withCentury(text, tag) {
  if (tag === UTC_TIME) {
    return `${Number(text.slice(0, 2)) < FIRST_YEAR_OF_1900 ? "20" : "19"}${text}`;
  }
  return tag === GENERALIZED_TIME ? text : "";
}

export default { exposition };
