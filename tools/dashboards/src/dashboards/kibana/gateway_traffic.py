"""The dashboard of all incoming requests: their number, speed, origin and refusals."""

from dashboards.kibana import links
from dashboards.kibana.board import CHART_HEIGHT, FIGURE_HEIGHT, Row, dashboard, row
from dashboards.kibana.charts import STATUS, bars, figure, over_time, table
from dashboards.kibana.columns import Count, Different, Groups, Sum, Top
from dashboards.kibana.data_views import APP, GATEWAY
from dashboards.kibana.durations import SHORT, percentile, percentiles
from dashboards.kibana.link_panels import HEIGHT, LinkPanel
from dashboards.kibana.saved_objects import SavedObject

REQUESTS = Count("Requests")
BYTES = "http.response.bytes"

BY_CALLER = "http.response.status_code >= 400 and http.response.status_code < 500"
BY_US = "http.response.status_code >= 500"
LIMITED = 'nginx.limit.status : "REJECTED" or http.response.status_code : 429'
# Requests that try a password or a code, as in the gateway's limit for them (limits.conf.template).
SIGN_IN = (
    'http.request.method : ("POST" or "PUT") and '
    "url.path : (/sign-in* or /confirm* or /api/user/login* or /api/user/sessions/confirmation*)"
)

STATUS_CLASSES = Groups(
    "Status",
    {
        "1xx": "http.response.status_code >= 100 and http.response.status_code < 200",
        "2xx": "http.response.status_code >= 200 and http.response.status_code < 300",
        "3xx": "http.response.status_code >= 300 and http.response.status_code < 400",
        "4xx": BY_CALLER,
        "5xx": BY_US,
    },
)
UPSTREAMS = Groups(
    "Answered by",
    {
        "ui": 'nginx.upstream.name : "ui"',
        "auth": 'nginx.upstream.name : "auth"',
        "history": 'nginx.upstream.name : "history"',
        "tournament": 'nginx.upstream.name : "tournament"',
        "operators' pages": 'nginx.upstream.name : "operators"',
        "the gateway itself": "not nginx.upstream.name : *",
    },
)


def gateway_traffic() -> SavedObject:
    signposts = LinkPanel({"Application": links.to_dashboard(links.APPLICATION)})
    return dashboard(
        links.GATEWAY_TRAFFIC,
        "Gateway traffic",
        "All requests to the gateway: their number, speed, origin, and refusals.",
        [
            row(HEIGHT, signposts),
            _at_a_glance(),
            _over_time(),
            _answers(),
            _speed(),
            _slowest(),
            _callers(),
            _rejected(),
            _sign_in(),
        ],
    )


def _at_a_glance() -> Row:
    return row(
        FIGURE_HEIGHT,
        figure(GATEWAY, REQUESTS, "including static files"),
        figure(GATEWAY, Different("Client addresses", "client.ip"), "approximate"),
        figure(GATEWAY, Count("Refused"), "4xx: errors of clients", query=BY_CALLER),
        figure(GATEWAY, Count("Failed"), "5xx: errors of the platform", query=BY_US),
        figure(GATEWAY, Count("Over the limit"), "too many from one client", query=LIMITED),
        figure(GATEWAY, percentile(95), "95 % of requests are faster", query=SHORT),
    )


def _over_time() -> Row:
    return row(
        CHART_HEIGHT,
        over_time(
            "Requests over time",
            "By status class.",
            GATEWAY,
            REQUESTS,
            split=STATUS_CLASSES,
            palette=STATUS,
        ),
        bars(
            "Status codes",
            "The most frequent status codes.",
            GATEWAY,
            Top("Status", "http.response.status_code", kind="number"),
            REQUESTS,
        ),
        widths=(32, 16),
    )


def _answers() -> Row:
    return row(
        CHART_HEIGHT,
        over_time(
            "Requests by service",
            "By the service that answered; the gateway itself serves files and refusals.",
            GATEWAY,
            REQUESTS,
            split=UPSTREAMS,
        ),
        over_time(
            "Bytes sent",
            "Headers and bodies of answers, before encryption.",
            GATEWAY,
            Sum("Bytes", BYTES),
            series="area",
        ),
    )


def _speed() -> Row:
    return row(
        CHART_HEIGHT,
        over_time(
            "Response time",
            "Maximum duration of 50 %, 95 % and 99 % of the requests, without streams and sockets.",
            GATEWAY,
            *percentiles(),
            query=SHORT,
            series="line",
        ),
        table(
            "Slowest routes",
            "Routes of the services. A route stands for all addresses of its form.",
            APP,
            Top("Service", "service.name", size=4, by="p95"),
            Top("Route", "url.path", by="p95"),
            *percentiles(),
            REQUESTS,
            query=f'event.action : "request" and {SHORT}',
        ),
    )


def _slowest() -> Row:
    return row(
        CHART_HEIGHT,
        table(
            "Slowest addresses",
            "Addresses at the gateway, with their IDs: shows an address that is slow for a single match.",
            GATEWAY,
            Top("Address", "url.path", by="p95"),
            *percentiles(),
            REQUESTS,
            query=SHORT,
        ),
        table(
            "Top addresses",
            "The most requested addresses, with errors and traffic.",
            GATEWAY,
            Top("Address", "url.path"),
            REQUESTS,
            Count("4xx", where=BY_CALLER),
            Count("5xx", where=BY_US),
            Sum("Bytes", BYTES),
        ),
    )


def _callers() -> Row:
    return row(
        CHART_HEIGHT,
        table(
            "Top client addresses",
            "Clients with the most requests, and their refusals.",
            GATEWAY,
            Top("Client", "client.ip", kind="ip"),
            REQUESTS,
            Count("4xx", where=BY_CALLER),
            Count("Over the limit", where=LIMITED),
            Sum("Bytes", BYTES),
        ),
        bars(
            "User agents",
            "Browsers and programs, as named by themselves.",
            GATEWAY,
            Top("User agent", "user_agent.name"),
            REQUESTS,
        ),
        widths=(32, 16),
    )


def _rejected() -> Row:
    return row(
        CHART_HEIGHT,
        over_time(
            "Over the limit over time",
            "Requests rejected because their client sent too many.",
            GATEWAY,
            Count("Rejected"),
            split=Top("Client", "client.ip", size=5, kind="ip", others=True),
            query=LIMITED,
        ),
        table(
            "Over the limit by client",
            "Clients whose requests were rejected, and the addresses.",
            GATEWAY,
            Top("Client", "client.ip", kind="ip"),
            Top("Address", "url.path", size=3),
            Count("Rejected"),
            query=LIMITED,
        ),
    )


def _sign_in() -> Row:
    return row(
        CHART_HEIGHT,
        over_time(
            "Sign-in attempts",
            "Attempts with a password or a code, by status class.",
            GATEWAY,
            Count("Attempts"),
            split=STATUS_CLASSES,
            query=SIGN_IN,
            palette=STATUS,
        ),
        table(
            "Sign-in attempts by client",
            "Many refused attempts from one address suggest password guessing.",
            GATEWAY,
            Top("Client", "client.ip", kind="ip", by="Refused"),
            Count("Refused", where=BY_CALLER),
            Count("Over the limit", where=LIMITED),
            Count("Attempts"),
            query=SIGN_IN,
        ),
    )
