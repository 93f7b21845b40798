"""The dashboard of all incoming requests: their number, speed, origin and refusals."""

from dashboards.kibana import links
from dashboards.kibana.board import CHART_HEIGHT, FIGURE_HEIGHT, Row, make_dashboard, make_row
from dashboards.kibana.charts import (
    STATUS_PALETTE,
    bar_chart,
    figure_chart,
    table_chart,
    time_chart,
)
from dashboards.kibana.columns import (
    CountColumn,
    DistinctCountColumn,
    QueryGroupsColumn,
    SumColumn,
    TopValuesColumn,
)
from dashboards.kibana.data_views import APPLICATION_VIEW, GATEWAY_VIEW
from dashboards.kibana.durations import SHORT_REQUESTS_QUERY, percentile_column, percentile_columns
from dashboards.kibana.link_panels import HEIGHT, LinkPanel
from dashboards.kibana.saved_objects import SavedObject

REQUEST_COUNT = CountColumn("Requests")
BYTES_FIELD = "http.response.bytes"

CALLER_ERRORS_QUERY = "http.response.status_code >= 400 and http.response.status_code < 500"
SERVER_ERRORS_QUERY = "http.response.status_code >= 500"
LIMITED_QUERY = 'nginx.limit.status : "REJECTED" or http.response.status_code : 429'
# Requests that try a password or a code, as in the gateway's limit for them (limits.conf.template).
SIGN_IN_QUERY = (
    'http.request.method : ("POST" or "PUT") and '
    "url.path : (/sign-in* or /confirm* or /api/user/login* or /api/user/sessions/confirmation*)"
)

STATUS_GROUPS = QueryGroupsColumn(
    "Status",
    {
        "1xx": "http.response.status_code >= 100 and http.response.status_code < 200",
        "2xx": "http.response.status_code >= 200 and http.response.status_code < 300",
        "3xx": "http.response.status_code >= 300 and http.response.status_code < 400",
        "4xx": CALLER_ERRORS_QUERY,
        "5xx": SERVER_ERRORS_QUERY,
    },
)
UPSTREAM_GROUPS = QueryGroupsColumn(
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


def gateway_traffic_dashboard() -> SavedObject:
    signposts = LinkPanel({"Application": links.dashboard_address(links.APPLICATION)})
    return make_dashboard(
        links.GATEWAY_TRAFFIC,
        "Gateway traffic",
        "All requests to the gateway: their number, speed, origin, and refusals.",
        [
            make_row(HEIGHT, signposts),
            _overview_row(),
            _over_time_row(),
            _answers_row(),
            _speed_row(),
            _slowest_row(),
            _callers_row(),
            _rejected_row(),
            _sign_in_row(),
        ],
    )


def _overview_row() -> Row:
    return make_row(
        FIGURE_HEIGHT,
        figure_chart(GATEWAY_VIEW, REQUEST_COUNT, "including static files"),
        figure_chart(
            GATEWAY_VIEW, DistinctCountColumn("Client addresses", "client.ip"), "approximate"
        ),
        figure_chart(
            GATEWAY_VIEW,
            CountColumn("Refused"),
            "4xx: errors of clients",
            query=CALLER_ERRORS_QUERY,
        ),
        figure_chart(
            GATEWAY_VIEW,
            CountColumn("Failed"),
            "5xx: errors of the platform",
            query=SERVER_ERRORS_QUERY,
        ),
        figure_chart(
            GATEWAY_VIEW,
            CountColumn("Over the limit"),
            "too many from one client",
            query=LIMITED_QUERY,
        ),
        figure_chart(
            GATEWAY_VIEW,
            percentile_column(95),
            "95 % of requests are faster",
            query=SHORT_REQUESTS_QUERY,
        ),
    )


def _over_time_row() -> Row:
    return make_row(
        CHART_HEIGHT,
        time_chart(
            "Requests over time",
            "By status class.",
            GATEWAY_VIEW,
            REQUEST_COUNT,
            split=STATUS_GROUPS,
            palette=STATUS_PALETTE,
        ),
        bar_chart(
            "Status codes",
            "The most frequent status codes.",
            GATEWAY_VIEW,
            TopValuesColumn("Status", "http.response.status_code", kind="number"),
            REQUEST_COUNT,
        ),
        widths=(32, 16),
    )


def _answers_row() -> Row:
    return make_row(
        CHART_HEIGHT,
        time_chart(
            "Requests by service",
            "By the service that answered; the gateway itself serves files and refusals.",
            GATEWAY_VIEW,
            REQUEST_COUNT,
            split=UPSTREAM_GROUPS,
        ),
        time_chart(
            "Bytes sent",
            "Headers and bodies of answers, before encryption.",
            GATEWAY_VIEW,
            SumColumn("Bytes", BYTES_FIELD),
            series="area",
        ),
    )


def _speed_row() -> Row:
    return make_row(
        CHART_HEIGHT,
        time_chart(
            "Response time",
            "Maximum duration of 50 %, 95 % and 99 % of the requests, without streams and sockets.",
            GATEWAY_VIEW,
            *percentile_columns(),
            query=SHORT_REQUESTS_QUERY,
            series="line",
        ),
        table_chart(
            "Slowest routes",
            "Routes of the services. A route stands for all addresses of its form.",
            APPLICATION_VIEW,
            TopValuesColumn("Service", "service.name", size=4, by="p95"),
            TopValuesColumn("Route", "url.path", by="p95"),
            *percentile_columns(),
            REQUEST_COUNT,
            query=f'event.action : "request" and {SHORT_REQUESTS_QUERY}',
        ),
    )


def _slowest_row() -> Row:
    return make_row(
        CHART_HEIGHT,
        table_chart(
            "Slowest addresses",
            "Addresses at the gateway, with their IDs: shows an address that is slow for a single match.",
            GATEWAY_VIEW,
            TopValuesColumn("Address", "url.path", by="p95"),
            *percentile_columns(),
            REQUEST_COUNT,
            query=SHORT_REQUESTS_QUERY,
        ),
        table_chart(
            "Top addresses",
            "The most requested addresses, with errors and traffic.",
            GATEWAY_VIEW,
            TopValuesColumn("Address", "url.path"),
            REQUEST_COUNT,
            CountColumn("4xx", where=CALLER_ERRORS_QUERY),
            CountColumn("5xx", where=SERVER_ERRORS_QUERY),
            SumColumn("Bytes", BYTES_FIELD),
        ),
    )


def _callers_row() -> Row:
    return make_row(
        CHART_HEIGHT,
        table_chart(
            "Top client addresses",
            "Clients with the most requests, and their refusals.",
            GATEWAY_VIEW,
            TopValuesColumn("Client", "client.ip", kind="ip"),
            REQUEST_COUNT,
            CountColumn("4xx", where=CALLER_ERRORS_QUERY),
            CountColumn("Over the limit", where=LIMITED_QUERY),
            SumColumn("Bytes", BYTES_FIELD),
        ),
        bar_chart(
            "User agents",
            "Browsers and programs, as named by themselves.",
            GATEWAY_VIEW,
            TopValuesColumn("User agent", "user_agent.name"),
            REQUEST_COUNT,
        ),
        widths=(32, 16),
    )


def _rejected_row() -> Row:
    return make_row(
        CHART_HEIGHT,
        time_chart(
            "Over the limit over time",
            "Requests rejected because their client sent too many.",
            GATEWAY_VIEW,
            CountColumn("Rejected"),
            split=TopValuesColumn("Client", "client.ip", size=5, kind="ip", others=True),
            query=LIMITED_QUERY,
        ),
        table_chart(
            "Over the limit by client",
            "Clients whose requests were rejected, and the addresses.",
            GATEWAY_VIEW,
            TopValuesColumn("Client", "client.ip", kind="ip"),
            TopValuesColumn("Address", "url.path", size=3),
            CountColumn("Rejected"),
            query=LIMITED_QUERY,
        ),
    )


def _sign_in_row() -> Row:
    return make_row(
        CHART_HEIGHT,
        time_chart(
            "Sign-in attempts",
            "Attempts with a password or a code, by status class.",
            GATEWAY_VIEW,
            CountColumn("Attempts"),
            split=STATUS_GROUPS,
            query=SIGN_IN_QUERY,
            palette=STATUS_PALETTE,
        ),
        table_chart(
            "Sign-in attempts by client",
            "Many refused attempts from one address suggest password guessing.",
            GATEWAY_VIEW,
            TopValuesColumn("Client", "client.ip", kind="ip", by="Refused"),
            CountColumn("Refused", where=CALLER_ERRORS_QUERY),
            CountColumn("Over the limit", where=LIMITED_QUERY),
            CountColumn("Attempts"),
            query=SIGN_IN_QUERY,
        ),
    )
