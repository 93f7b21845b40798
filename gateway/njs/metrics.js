// The gateway's metrics for Prometheus.

import answers from "answers.js";
import certificate from "certificate.js";

/** Content handler: answers the metrics. An unreadable certificate fails the scrape, so that an alert reports it. */
function answerMetrics(r) {
  try {
    const body = certificate.exposition(r.variables.certificate_file) + answers.exposition();
    r.headersOut["Content-Type"] = "text/plain; version=0.0.4; charset=utf-8";
    r.return(200, body);
  } catch (error) {
    ngx.log(ngx.ERR, `metrics: ${error.message}`);
    r.return(500);
  }
}

export default { answerMetrics };
