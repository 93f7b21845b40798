// Metrics of the gateway's answers by upstream: their number by status class, and the time to their first byte.

const UPSTREAMS = ["auth", "history", "tournament", "ui", "operators", "none"];
const CLASSES = ["1xx", "2xx", "3xx", "4xx", "5xx"];
// Seconds; they include the objectives in docs/monitoring.md.
const BOUNDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const MS_PER_SECOND = 1000;
const BOUNDS_MS = BOUNDS.map((bound) => bound * MS_PER_SECOND);
// Answers that stay open on purpose are counted but not timed.
const STREAM = "stream";
const SWITCHING_PROTOCOLS = "101";
const EVENTS = "text/event-stream";
// The gateway's own answers to malformed requests, with which any client could otherwise spend an upstream's budget.
const NOT_UNDERSTOOD = /^50[15]$/;
const SUM = "ms";

const RESPONSES = "gateway_responses_total";
const SECONDS = "gateway_response_seconds";

/**
 * Variable handler: counts an answer, once with its headers; its value is always empty.
 *
 * Each key counts one bucket of one class, so that an answer costs one or two accesses to shared memory. The sums for
 * Prometheus are computed at the scrape.
 */
function count(r) {
  return add(r, 1);
}

/** Variable handler: counts an answer for twenty. */
function countForTwenty(r) {
  return add(r, 20);
}

/** Returns both metrics in Prometheus' text format, from the first scrape on with all their labels. */
function exposition() {
  const found = {};
  ngx.shared.answers.items().forEach((item) => {
    found[item[0]] = item[1];
  });
  const lines = [
    `# HELP ${RESPONSES} Answers by the service of the address, and by status class.`,
    `# TYPE ${RESPONSES} counter`,
  ];
  UPSTREAMS.forEach((upstream) => {
    CLASSES.forEach((name) => {
      lines.push(
        `${RESPONSES}{upstream="${upstream}",class="${name}"} ${inClass(found, upstream, name)}`,
      );
    });
  });
  lines.push(
    `# HELP ${SECONDS} Time to the first byte of an answer, without streams and WebSockets.`,
    `# TYPE ${SECONDS} histogram`,
  );
  UPSTREAMS.forEach((upstream) => {
    addHistogram(lines, found, upstream);
  });
  return `${lines.join("\n")}\n`;
}

function add(r, number) {
  const answers = ngx.shared.answers;
  const variables = r.variables;
  const status = variables.status;
  const key = `${variables.answer_of} ${classOf(variables, status)} `;
  const kind = variables.sent_http_content_type || "";
  if (status === SWITCHING_PROTOCOLS || kind.startsWith(EVENTS)) {
    answers.incr(key + STREAM, number, 0);
    return "";
  }
  const ms = Math.round(variables.request_time * MS_PER_SECOND);
  answers.incr(key + bucketOf(ms), number, 0);
  if (ms > 0) {
    answers.incr(`${variables.answer_of} ${SUM}`, number * ms, 0);
  }
  return "";
}

// The same status from a service is a failure of that service.
function classOf(variables, status) {
  return NOT_UNDERSTOOD.test(status) && !variables.upstream_status ? "4" : status[0];
}

function bucketOf(ms) {
  let bucket = 0;
  while (bucket < BOUNDS_MS.length && ms > BOUNDS_MS[bucket]) {
    bucket++;
  }
  return bucket;
}

function inClass(found, upstream, name) {
  let sum = found[`${upstream} ${name[0]} ${STREAM}`] || 0;
  for (let bucket = 0; bucket <= BOUNDS.length; bucket++) {
    sum += found[`${upstream} ${name[0]} ${bucket}`] || 0;
  }
  return sum;
}

function addHistogram(lines, found, upstream) {
  let sum = 0;
  BOUNDS.concat("+Inf").forEach((bound, bucket) => {
    CLASSES.forEach((name) => {
      sum += found[`${upstream} ${name[0]} ${bucket}`] || 0;
    });
    lines.push(`${SECONDS}_bucket{upstream="${upstream}",le="${bound}"} ${sum}`);
  });
  const seconds = (found[`${upstream} ${SUM}`] || 0) / MS_PER_SECOND;
  lines.push(
    `${SECONDS}_sum{upstream="${upstream}"} ${seconds}`,
    `${SECONDS}_count{upstream="${upstream}"} ${sum}`,
  );
}

export default { count, countForTwenty, exposition };
