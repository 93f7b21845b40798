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
from dashboards.kibana.saved_objects import SavedObject
from dashboards.kibana.signposts import HEIGHT, SearchPanel, Signposts

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
    signposts = Signposts(
        {
            "Gateway traffic": links.to_dashboard(links.GATEWAY_TRAFFIC),
            "Lines not read": links.to_lines(UNPARSED),
        }
    )
    return dashboard(
        links.APPLICATION,
        "Application",
        "What the services and ui wrote: what happened, what went wrong, and why somebody was refused.",
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
        figure(APP, Count("Errors"), "what nobody foresaw", query=ERROR),
        figure(APP, Count("Warnings"), "foreseen, bad if many", query=WARNING),
        figure(APP, Count("Failed sign-ins"), "by password, code, passkey", query=SIGN_IN_FAILED),
        figure(APP, Count("Refused matches"), "handed in, not believed", query=MATCH_REFUSED),
        figure(ALL, Count("Lines not read"), "kept: the link above", query=NOT_READ),
    )


def _over_time() -> Row:
    return row(
        CHART_HEIGHT,
        over_time(
            "Events by service", "One that is silent is missing.", APP, EVENTS, split=SERVICE
        ),
        over_time(
            "Events by level", "From good to bad.", APP, EVENTS, split=LEVELS, palette=STATUS
        ),
    )


def _errors() -> Row:
    return row(
        LOG_HEIGHT,
        table(
            "Errors by kind",
            "Errors and warnings that name one.",
            APP,
            Top("Kind", "error.type"),
            SERVICE,
            Count("Lines"),
            query=f"{ERROR} or {WARNING}",
        ),
        SearchPanel("Last errors", links.ERRORS),
        widths=(16, 32),
    )


def _sign_in() -> Row:
    return row(
        CHART_HEIGHT,
        over_time(
            "Failed sign-ins over time",
            "By the reason. Many wrong passwords at once: somebody guesses.",
            APP,
            Count("Failures"),
            split=Top("Reason", "event.reason", size=8),
            query=SIGN_IN_FAILED,
        ),
        table(
            "Failed sign-ins by client",
            "Which address, and for what reason.",
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
            "By the reason.",
            APP,
            REFUSALS,
            split=Top("Reason", "event.reason", size=8),
            query=MATCH_REFUSED,
        ),
        table(
            "Which matches were refused",
            "Whose, and why. Each id leads to every line about the match, or the player.",
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
            "Over 250 ms, by service. Streams are left out.",
            APP,
            Count("Requests"),
            split=SERVICE,
            query=SLOW,
        ),
        table(
            "Slow requests by route",
            "Over 250 ms: how many, and how slow.",
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
            "What happened",
            "The most frequent events, requests left out.",
            APP,
            Top("Event", "event.action", size=20),
            EVENTS,
            Count("Failures", where='event.outcome : "failure"'),
            query=NOT_A_REQUEST,
        ),
        table(
            "Warnings by event",
            "Which, and where.",
            APP,
            Top("Event", "event.action"),
            SERVICE,
            Count("Warnings"),
            query=WARNING,
        ),
    )
