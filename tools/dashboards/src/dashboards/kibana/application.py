"""The dashboard of the services and ui: events, errors, and the reasons for refusals."""

from dashboards.kibana import links
from dashboards.kibana.board import (
    CHART_HEIGHT,
    FIGURE_HEIGHT,
    LOG_HEIGHT,
    Row,
    dashboard,
    row,
)
from dashboards.kibana.charts import STATUS, figure, over_time, table
from dashboards.kibana.columns import Count, Groups, Top
from dashboards.kibana.data_views import ALL, APP, UNPARSED
from dashboards.kibana.durations import SHORT, percentile
from dashboards.kibana.link_panels import HEIGHT, LinkPanel, SearchPanel
from dashboards.kibana.saved_objects import SavedObject

EVENTS = Count("Events")
REFUSALS = Count("Refusals")
SERVICE = Top("Service", "service.name", size=4)

ERROR = 'log.level : ("error" or "critical")'
WARNING = 'log.level : "warning"'
# Requests without a service token and reused refresh tokens are authentication events too, and warnings.
SIGN_IN_FAILED = 'event.action : ("user-login" or "user-confirm") and event.outcome : "failure"'
MATCH_REFUSED = 'event.action : "match-refused"'
REQUEST = f'event.action : "request" and {SHORT}'
# 250 ms, above which a page no longer feels immediate; the objective of docs/monitoring.md.
SLOW = f"{REQUEST} and event.duration > 250000000"
NOT_A_REQUEST = 'event.action : * and not event.action : "request"'
NOT_READ = 'data_stream.dataset : "unparsed"'

LEVELS = Groups(
    "Level",
    {
        "debug": 'log.level : "debug"',
        "info": 'log.level : "info"',
        "warning": WARNING,
        "error": ERROR,
    },
)


def application() -> SavedObject:
    signposts = LinkPanel(
        {
            "Gateway traffic": links.to_dashboard(links.GATEWAY_TRAFFIC),
            "Unparsed lines": links.to_lines(UNPARSED),
        }
    )
    return dashboard(
        links.APPLICATION,
        "Application",
        "Log lines of the services and ui: events, errors, and the reasons for refusals.",
        [
            row(HEIGHT, signposts),
            _at_a_glance(),
            _over_time(),
            _errors(),
            _sign_in(),
            _matches(),
            _speed(),
            _actions(),
        ],
    )


def _at_a_glance() -> Row:
    return row(
        FIGURE_HEIGHT,
        figure(APP, EVENTS, "lines of all services"),
        figure(APP, Count("Errors"), "unexpected failures", query=ERROR),
        figure(APP, Count("Warnings"), "expected, bad if frequent", query=WARNING),
        figure(APP, Count("Failed sign-ins"), "by password, code, passkey", query=SIGN_IN_FAILED),
        figure(APP, Count("Refused matches"), "submitted but rejected", query=MATCH_REFUSED),
        figure(ALL, Count("Unparsed lines"), "stored: see the link above", query=NOT_READ),
    )


def _over_time() -> Row:
    return row(
        CHART_HEIGHT,
        over_time("Events by service", "A silent service is missing.", APP, EVENTS, split=SERVICE),
        over_time(
            "Events by level", "From debug to error.", APP, EVENTS, split=LEVELS, palette=STATUS
        ),
    )


def _errors() -> Row:
    return row(
        LOG_HEIGHT,
        table(
            "Errors by kind",
            "Errors and warnings with an error type.",
            APP,
            Top("Kind", "error.type"),
            SERVICE,
            Count("Lines"),
            query=f"{ERROR} or {WARNING}",
        ),
        SearchPanel("Latest errors", links.ERRORS),
        widths=(16, 32),
    )


def _sign_in() -> Row:
    return row(
        CHART_HEIGHT,
        over_time(
            "Failed sign-ins over time",
            "By reason. Many wrong passwords at once suggest password guessing.",
            APP,
            Count("Failures"),
            split=Top("Reason", "event.reason", size=8),
            query=SIGN_IN_FAILED,
        ),
        table(
            "Failed sign-ins by client",
            "Failures by client address and reason.",
            APP,
            Top("Client", "client.ip", kind="ip"),
            Top("Reason", "event.reason", size=5),
            Count("Failures"),
            query=SIGN_IN_FAILED,
        ),
    )


def _matches() -> Row:
    return row(
        CHART_HEIGHT,
        over_time(
            "Refused matches over time",
            "By reason.",
            APP,
            REFUSALS,
            split=Top("Reason", "event.reason", size=8),
            query=MATCH_REFUSED,
        ),
        table(
            "List of refused matches",
            "Reason, player and match. Each ID links to all lines about the match or the player.",
            APP,
            Top("Reason", "event.reason"),
            # An online match has no single acting player, and a forged ticket names no match.
            Top("Player", "user.id", missing=True),
            Top("Match", "labels.match_id", missing=True),
            REFUSALS,
            query=MATCH_REFUSED,
        ),
    )


def _speed() -> Row:
    return row(
        CHART_HEIGHT,
        over_time(
            "Slow requests over time",
            "Requests over 250 ms by service, without streams.",
            APP,
            Count("Requests"),
            split=SERVICE,
            query=SLOW,
        ),
        table(
            "Slow requests by route",
            "Requests over 250 ms: number and duration.",
            APP,
            SERVICE,
            Top("Route", "url.path"),
            Count("Requests"),
            percentile(50),
            percentile(95),
            query=SLOW,
        ),
    )


def _actions() -> Row:
    return row(
        CHART_HEIGHT,
        table(
            "Most frequent events",
            "Events other than requests.",
            APP,
            Top("Event", "event.action", size=20),
            EVENTS,
            Count("Failures", where='event.outcome : "failure"'),
            query=NOT_A_REQUEST,
        ),
        table(
            "Warnings by event",
            "Warnings by event and service.",
            APP,
            Top("Event", "event.action"),
            SERVICE,
            Count("Warnings"),
            query=WARNING,
        ),
    )
