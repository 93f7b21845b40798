// Problem details (RFC 9457) for what the gateway itself refuses.

const PROBLEMS = {
  400: ["bad_request", "Bad request", "The request could not be understood."],
  401: ["not_signed_in", "Sign in first", "This needs a valid access token."],
  403: ["forbidden", "Not allowed", "This is not allowed."],
  404: ["not_found", "Not found", "There is nothing at this address."],
  405: ["method_not_allowed", "Method not allowed", "This address does not know that method."],
  408: ["request_timeout", "Request timeout", "The request took too long to arrive."],
  412: ["precondition_failed", "Precondition failed", "The file is not as the request says."],
  413: ["too_large", "Content too large", "The body is larger than this address takes."],
  414: ["uri_too_long", "Address too long", "The address is longer than is accepted."],
  429: ["too_many_requests", "Too many requests", "Wait a moment, then try again."],
  431: [
    "headers_too_large",
    "Headers too large",
    "The request's headers are larger than is accepted.",
  ],
  500: ["internal_error", "Internal error", "Something went wrong on our side."],
  501: ["not_implemented", "Not implemented", "The request asks for something unknown here."],
  502: ["bad_gateway", "Service unavailable", "The service behind this address does not answer."],
  503: [
    "unavailable",
    "Service unavailable",
    "The service is not ready yet. Try again in a moment.",
  ],
  504: ["gateway_timeout", "Service timeout", "The service behind this address took too long."],
  505: ["http_version", "HTTP version not supported", "This HTTP version is not spoken here."],
};

// A budget gives the next place after 2 s at the slowest; a service that is down comes back in a few.
const RETRY_AFTER_SECONDS = { 429: 2, 502: 2, 503: 2, 504: 5 };

const NOT_FOUND_MAX_AGE_SECONDS = 10;

/** Content handler of the error locations. */
function answer(r) {
  const status = Number(r.variables.status);
  if (status === 404 && r.variables.request_uri.startsWith("/static/")) {
    // Somebody with a page of an old release asks again soon, not at once.
    r.headersOut["Cache-Control"] = `public, max-age=${NOT_FOUND_MAX_AGE_SECONDS}`;
  }
  send(r, status);
}

/** For the HTML error pages; empty where trying again does not help. */
function retryAfter(r) {
  return `${RETRY_AFTER_SECONDS[r.variables.status] || ""}`;
}

/**
 * Answers with a problem. Always with a body: in a js_access handler that is async, `r.return(401)`
 * alone leaves the connection hanging.
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
