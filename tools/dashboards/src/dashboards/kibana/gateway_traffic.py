"""The dashboard of all incoming requests: their number, speed, origin and refusals."""

from dashboards.kibana import links
from dashboards.kibana.board import CHART_HEIGHT, FIGURE_HEIGHT, Row, dashboard, row
from dashboards.kibana.charts import STATUS, bars, figure, over_time, table
from dashboards.kibana.columns import Count, Different, Groups, Sum, Top
from dashboards.kibana.data_views import APP, GATEWAY
from dashboards.kibana.durations import SHORT, percentile, percentiles
from dashboards.kibana.saved_objects import SavedObject
from dashboards.kibana.signposts import HEIGHT, Signposts

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
    signposts = Signposts({"Application": links.to_dashboard(links.APPLICATION)})
    return dashboard(
        links.GATEWAY_TRAFFIC,
        "Gateway traffic",
        "Every request that reached the gateway: how many, how fast, from whom, and what was turned away.",
        [
            row(HEIGHT, signposts),
            _at_a_glance(),
            _over_time(),
            _answers(),
            _speed(),
            _slowest(),
            _callers(),
            _turned_away(),
            _sign_in(),
        ],
    )


def _at_a_glance() -> Row:
    return row(
        FIGURE_HEIGHT,
        figure(GATEWAY, REQUESTS, "files included"),
        figure(GATEWAY, Different("Client addresses", "client.ip"), "roughly"),
        figure(GATEWAY, Count("Refused"), "4xx: a mistake of the caller", query=BY_CALLER),
        figure(GATEWAY, Count("Failed"), "5xx: a mistake of ours", query=BY_US),
        figure(GATEWAY, Count("Over the limit"), "too many from one sender", query=LIMITED),
        figure(GATEWAY, percentile(95), "95 % are answered within", query=SHORT),
    )


def _over_time() -> Row:
    return row(
        CHART_HEIGHT,
        over_time(
            "Requests over time",
            "By the class of their status.",
            GATEWAY,
            REQUESTS,
            split=STATUS_CLASSES,
            palette=STATUS,
        ),
        bars(
            "Status codes",
            "The most frequent ones.",
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
            "Which service answered; the gateway itself serves files and refuses.",
            GATEWAY,
            REQUESTS,
            split=UPSTREAMS,
        ),
        over_time(
            "Bytes sent",
            "Heads and bodies of answers, before encryption.",
            GATEWAY,
            Sum("Bytes", BYTES),
            series="area",
        ),
    )


def _speed() -> Row:
    return row(
        CHART_HEIGHT,
        over_time(
            "Time to answer",
            "What half, 95 % and 99 % of the requests take at most, without streams and sockets.",
            GATEWAY,
            *percentiles(),
            query=SHORT,
            series="line",
        ),
        table(
            "Slowest routes",
            "Of the services. A route stands for all addresses of its form.",
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
            "Of the gateway, with the ids in them: what is slow for one match shows here.",
            GATEWAY,
            Top("Address", "url.path", by="p95"),
            *percentiles(),
            REQUESTS,
            query=SHORT,
        ),
        table(
            "Top addresses",
            "What is asked for most, and how often in vain.",
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
            "Who sends most, and what became of it.",
            GATEWAY,
            Top("Client", "client.ip", kind="ip"),
            REQUESTS,
            Count("4xx", where=BY_CALLER),
            Count("Over the limit", where=LIMITED),
            Sum("Bytes", BYTES),
        ),
        bars(
            "User agents",
            "Browsers and programs, by what they say of themselves.",
            GATEWAY,
            Top("User agent", "user_agent.name"),
            REQUESTS,
        ),
        widths=(32, 16),
    )


def _turned_away() -> Row:
    return row(
        CHART_HEIGHT,
        over_time(
            "Over the limit over time",
            "Requests turned away because their sender sent too many.",
            GATEWAY,
            Count("Turned away"),
            split=Top("Client", "client.ip", size=5, kind="ip", others=True),
            query=LIMITED,
        ),
        table(
            "Over the limit by client",
            "Who was turned away, and where.",
            GATEWAY,
            Top("Client", "client.ip", kind="ip"),
            Top("Address", "url.path", size=3),
            Count("Turned away"),
            query=LIMITED,
        ),
    )


def _sign_in() -> Row:
    return row(
        CHART_HEIGHT,
        over_time(
            "Sign-in attempts",
            "Passwords and codes tried, by the class of the answer.",
            GATEWAY,
            Count("Attempts"),
            split=STATUS_CLASSES,
            query=SIGN_IN,
            palette=STATUS,
        ),
        table(
            "Who tries to sign in",
            "Many refused attempts from one address: somebody guesses.",
            GATEWAY,
            Top("Client", "client.ip", kind="ip", by="Refused"),
            Count("Refused", where=BY_CALLER),
            Count("Over the limit", where=LIMITED),
            Count("Attempts"),
            query=SIGN_IN,
        ),
    )
