"""The dashboard of the services and ui: events, errors, and the reasons for refusals."""

from dashboards.kibana import links
from dashboards.kibana.board import (
    CHART_HEIGHT,
    FIGURE_HEIGHT,
    LOG_HEIGHT,
    Row,
    make_dashboard,
    make_row,
)
from dashboards.kibana.charts import STATUS_PALETTE, figure_chart, table_chart, time_chart
from dashboards.kibana.columns import CountColumn, QueryGroupsColumn, TopValuesColumn
from dashboards.kibana.data_views import ALL_VIEW, APPLICATION_VIEW, UNPARSED_VIEW
from dashboards.kibana.durations import SHORT_REQUESTS_QUERY, percentile_column
from dashboards.kibana.link_panels import HEIGHT, LinkPanel, SearchPanel
from dashboards.kibana.saved_objects import SavedObject

EVENT_COUNT = CountColumn("Events")
REFUSAL_COUNT = CountColumn("Refusals")
TOP_SERVICES = TopValuesColumn("Service", "service.name", size=4)

ERRORS_QUERY = 'log.level : ("error" or "critical")'
WARNINGS_QUERY = 'log.level : "warning"'
# Requests without a service token and reused refresh tokens are authentication events too, and warnings.
SIGN_IN_FAILED_QUERY = (
    'event.action : ("user-login" or "user-confirm") and event.outcome : "failure"'
)
MATCH_REFUSED_QUERY = 'event.action : "match-refused"'
REQUESTS_QUERY = f'event.action : "request" and {SHORT_REQUESTS_QUERY}'
# 250 ms, above which a page no longer feels immediate; the objective of docs/monitoring.md.
SLOW_REQUESTS_QUERY = f"{REQUESTS_QUERY} and event.duration > 250000000"
OTHER_EVENTS_QUERY = 'event.action : * and not event.action : "request"'
UNPARSED_QUERY = 'data_stream.dataset : "unparsed"'

LEVEL_GROUPS = QueryGroupsColumn(
    "Level",
    {
        "debug": 'log.level : "debug"',
        "info": 'log.level : "info"',
        "warning": WARNINGS_QUERY,
        "error": ERRORS_QUERY,
    },
)


def application_dashboard() -> SavedObject:
    signposts = LinkPanel(
        {
            "Gateway traffic": links.dashboard_address(links.GATEWAY_TRAFFIC),
            "Unparsed lines": links.lines_address(UNPARSED_VIEW),
        }
    )
    return make_dashboard(
        links.APPLICATION,
        "Application",
        "Log lines of the services and ui: events, errors, and the reasons for refusals.",
        [
            make_row(HEIGHT, signposts),
            _overview_row(),
            _over_time_row(),
            _errors_row(),
            _sign_in_row(),
            _matches_row(),
            _speed_row(),
            _actions_row(),
        ],
    )


def _overview_row() -> Row:
    return make_row(
        FIGURE_HEIGHT,
        figure_chart(APPLICATION_VIEW, EVENT_COUNT, "lines of all services"),
        figure_chart(
            APPLICATION_VIEW, CountColumn("Errors"), "unexpected failures", query=ERRORS_QUERY
        ),
        figure_chart(
            APPLICATION_VIEW,
            CountColumn("Warnings"),
            "expected, bad if frequent",
            query=WARNINGS_QUERY,
        ),
        figure_chart(
            APPLICATION_VIEW,
            CountColumn("Failed sign-ins"),
            "by password, code, passkey",
            query=SIGN_IN_FAILED_QUERY,
        ),
        figure_chart(
            APPLICATION_VIEW,
            CountColumn("Refused matches"),
            "submitted but rejected",
            query=MATCH_REFUSED_QUERY,
        ),
        figure_chart(
            ALL_VIEW,
            CountColumn("Unparsed lines"),
            "stored: see the link above",
            query=UNPARSED_QUERY,
        ),
    )


def _over_time_row() -> Row:
    return make_row(
        CHART_HEIGHT,
        time_chart(
            "Events by service",
            "A silent service is missing.",
            APPLICATION_VIEW,
            EVENT_COUNT,
            split=TOP_SERVICES,
        ),
        time_chart(
            "Events by level",
            "From debug to error.",
            APPLICATION_VIEW,
            EVENT_COUNT,
            split=LEVEL_GROUPS,
            palette=STATUS_PALETTE,
        ),
    )


def _errors_row() -> Row:
    return make_row(
        LOG_HEIGHT,
        table_chart(
            "Errors by kind",
            "Errors and warnings with an error type.",
            APPLICATION_VIEW,
            TopValuesColumn("Kind", "error.type"),
            TOP_SERVICES,
            CountColumn("Lines"),
            query=f"{ERRORS_QUERY} or {WARNINGS_QUERY}",
        ),
        SearchPanel("Latest errors", links.ERRORS),
        widths=(16, 32),
    )


def _sign_in_row() -> Row:
    return make_row(
        CHART_HEIGHT,
        time_chart(
            "Failed sign-ins over time",
            "By reason. Many wrong passwords at once suggest password guessing.",
            APPLICATION_VIEW,
            CountColumn("Failures"),
            split=TopValuesColumn("Reason", "event.reason", size=8),
            query=SIGN_IN_FAILED_QUERY,
        ),
        table_chart(
            "Failed sign-ins by client",
            "Failures by client address and reason.",
            APPLICATION_VIEW,
            TopValuesColumn("Client", "client.ip", kind="ip"),
            TopValuesColumn("Reason", "event.reason", size=5),
            CountColumn("Failures"),
            query=SIGN_IN_FAILED_QUERY,
        ),
    )


def _matches_row() -> Row:
    return make_row(
        CHART_HEIGHT,
        time_chart(
            "Refused matches over time",
            "By reason.",
            APPLICATION_VIEW,
            REFUSAL_COUNT,
            split=TopValuesColumn("Reason", "event.reason", size=8),
            query=MATCH_REFUSED_QUERY,
        ),
        table_chart(
            "List of refused matches",
            "Reason, player and match. Each ID links to all lines about the match or the player.",
            APPLICATION_VIEW,
            TopValuesColumn("Reason", "event.reason"),
            # An online match has no single acting player, and a forged ticket names no match.
            TopValuesColumn("Player", "user.id", missing=True),
            TopValuesColumn("Match", "labels.match_id", missing=True),
            REFUSAL_COUNT,
            query=MATCH_REFUSED_QUERY,
        ),
    )


def _speed_row() -> Row:
    return make_row(
        CHART_HEIGHT,
        time_chart(
            "Slow requests over time",
            "Requests over 250 ms by service, without streams.",
            APPLICATION_VIEW,
            CountColumn("Requests"),
            split=TOP_SERVICES,
            query=SLOW_REQUESTS_QUERY,
        ),
        table_chart(
            "Slow requests by route",
            "Requests over 250 ms: number and duration.",
            APPLICATION_VIEW,
            TOP_SERVICES,
            TopValuesColumn("Route", "url.path"),
            CountColumn("Requests"),
            percentile_column(50),
            percentile_column(95),
            query=SLOW_REQUESTS_QUERY,
        ),
    )


def _actions_row() -> Row:
    return make_row(
        CHART_HEIGHT,
        table_chart(
            "Most frequent events",
            "Events other than requests.",
            APPLICATION_VIEW,
            TopValuesColumn("Event", "event.action", size=20),
            EVENT_COUNT,
            CountColumn("Failures", where='event.outcome : "failure"'),
            query=OTHER_EVENTS_QUERY,
        ),
        table_chart(
            "Warnings by event",
            "Warnings by event and service.",
            APPLICATION_VIEW,
            TopValuesColumn("Event", "event.action"),
            TOP_SERVICES,
            CountColumn("Warnings"),
            query=WARNINGS_QUERY,
        ),
    )
