// What Prometheus reads of the gateway.

import answers from "answers.js";
import certificate from "certificate.js";

/** Content handler: Prometheus' text format. A certificate that cannot be read fails the scrape: that is noticed. */
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
