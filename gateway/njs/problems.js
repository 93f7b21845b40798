// Problem details (RFC 9457) of requests that the gateway itself refuses.

const PROBLEMS = {
  400: ["bad_request", "Bad request", "The request could not be understood."],
  401: ["not_signed_in", "Sign in first", "This needs a valid access token."],
  403: ["forbidden", "Not allowed", "This is not allowed."],
  404: ["not_found", "Not found", "There is nothing at this address."],
  405: ["method_not_allowed", "Method not allowed", "This address does not support that method."],
  408: ["request_timeout", "Request timeout", "The request took too long to arrive."],
  412: [
    "precondition_failed",
    "Precondition failed",
    "The file does not meet the request's conditions.",
  ],
  413: ["too_large", "Content too large", "The body is too large for this address."],
  414: ["uri_too_long", "Address too long", "The address is too long."],
  429: ["too_many_requests", "Too many requests", "Wait a moment, then try again."],
  431: ["headers_too_large", "Headers too large", "The headers of the request are too large."],
  500: ["internal_error", "Internal error", "Something went wrong on our side."],
  501: ["not_implemented", "Not implemented", "The request uses an unsupported feature."],
  502: ["bad_gateway", "Service unavailable", "The service behind this address does not answer."],
  503: [
    "unavailable",
    "Service unavailable",
    "The service is not ready yet. Try again in a moment.",
  ],
  504: ["gateway_timeout", "Service timeout", "The service behind this address took too long."],
  505: ["http_version", "HTTP version not supported", "This HTTP version is not supported."],
};

// The slowest limit allows the next request after 2 s; a service that is down is usually back after a few seconds.
const RETRY_AFTER_SECONDS = { 429: 2, 502: 2, 503: 2, 504: 5 };

const NOT_FOUND_MAX_AGE_SECONDS = 10;

/** Content handler of the error locations: answers the problem of the status. */
function answer(r) {
  const status = Number(r.variables.status);
  if (status === 404 && r.variables.request_uri.startsWith("/static/")) {
    // A page of an old release may request the file again soon, but not at once.
    r.headersOut["Cache-Control"] = `public, max-age=${NOT_FOUND_MAX_AGE_SECONDS}`;
  }
  send(r, status);
}

/** Returns Retry-After for the HTML error pages; empty if a retry does not help. */
function retryAfter(r) {
  return `${RETRY_AFTER_SECONDS[r.variables.status] || ""}`;
}

/**
 * Answers with a problem, always with a body: in an async js_access handler `r.return(401)` without one leaves the
 * connection hanging.
 */
function send(r, status, detail) {
  const problem = PROBLEMS[status] || PROBLEMS[500];
  r.headersOut["Content-Type"] = "application/problem+json";
  if (!r.headersOut["Cache-Control"]) {
    r.headersOut["Cache-Control"] = "no-store";
  }
  if (RETRY_AFTER_SECONDS[status]) {
    r.headersOut["Retry-After"] = `${RETRY_AFTER_SECONDS[status]}`;
  }
  r.return(
    status,
    JSON.stringify({
      type: `/problems/${problem[0]}`,
      title: problem[1],
      status: status,
      detail: detail || problem[2],
      code: problem[0],
    }),
  );
}

export default { answer, retryAfter, send };
