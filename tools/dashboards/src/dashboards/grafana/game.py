"""Panels of the game: matches, the queue, tournaments and sign-ins."""

from grafana_foundation_sdk.models import units

from dashboards.grafana.board import Section, section
from dashboards.grafana.panels import Query, lines, percentiles
from dashboards.grafana.promql import largest, per_minute, select, total
from dashboards.grafana.requests import CHOSEN

TICK_SECONDS = 1 / 60
"""A tick that is late by its whole length is visible to players."""


def matches() -> Section:
    return section(
        "Matches (history)",
        [
            lines(
                "Matches started by mode",
                "Tickets for matches that browsers play, a minute; none for long while people are here is bad.",
                units.CountsPerMinute,
                Query(per_minute("history_tickets_issued_total", CHOSEN, by=("mode",)), "{{mode}}"),
                stacked=True,
            ),
            lines(
                "Matches stored by mode",
                "Matches verified and stored a minute; far below those started means that players give up or fail.",
                units.CountsPerMinute,
                Query(per_minute("history_matches_stored_total", CHOSEN, by=("mode",)), "{{mode}}"),
                stacked=True,
            ),
            lines(
                "Matches refused by reason",
                "Matches refused a minute; a rise after a release means that page and server disagree.",
                units.CountsPerMinute,
                Query(
                    per_minute("history_matches_refused_total", CHOSEN, by=("reason",)),
                    "{{reason}}",
                ),
                stacked=True,
            ),
            lines(
                "Verification time",
                "How long it takes to simulate a match from its log; typically a millisecond, never above 250 ms.",
                units.Seconds,
                *percentiles("history_verification_seconds", CHOSEN),
                limit=0.25,
            ),
        ],
    )


def live_matches() -> Section:
    return section(
        "Live matches (tournament)",
        [
            lines(
                "Live matches by phase",
                "Matches that run now by what they do; many away or suspended means that people lose their connection.",
                units.Short,
                Query(total(select("tournament_live_matches", CHOSEN), "phase"), "{{phase}}"),
                stacked=True,
            ),
            lines(
                "Tick lateness",
                "How late ticks begin; above the dashed line, a whole tick, players see it stutter.",
                units.Seconds,
                *percentiles("tournament_live_tick_lateness_seconds", CHOSEN),
                limit=TICK_SECONDS,
            ),
            lines(
                "Tick work",
                "How long the work of a tick takes; near the dashed line the process has no room for more matches.",
                units.Seconds,
                *percentiles("tournament_live_tick_work_seconds", CHOSEN),
                limit=TICK_SECONDS,
            ),
        ],
        [
            lines(
                "Live matches ended by reason",
                "Live matches that ended a minute; many void or forfeited ones are people who could not play.",
                units.CountsPerMinute,
                Query(
                    per_minute("tournament_live_matches_ended_total", CHOSEN, by=("reason",)),
                    "{{reason}}",
                ),
                stacked=True,
            ),
            lines(
                "Failed, lost and apart",
                "Matches dropped by a fault, taken by another process, or seen otherwise by a page; all should be 0.",
                units.CountsPerMinute,
                Query(per_minute("tournament_live_matches_failed_total", CHOSEN), "failed"),
                Query(per_minute("tournament_live_matches_lost_total", CHOSEN), "lost"),
                Query(per_minute("tournament_live_desyncs_total", CHOSEN), "apart"),
            ),
            lines(
                "Storing live matches",
                "How long it takes to store what came in and renew the lease; seconds put running matches at risk.",
                units.Seconds,
                *percentiles("tournament_live_storing_seconds", CHOSEN),
            ),
        ],
    )


def connections() -> Section:
    closed = per_minute("tournament_live_connections_closed_total", CHOSEN, by=("reason",))
    return section(
        "Connections of live matches (tournament)",
        [
            lines(
                "Sockets by role",
                "Open sockets of players and watchers; a fall to zero at once is a gateway or process that died.",
                units.Short,
                Query(total(select("tournament_live_connections", CHOSEN), "role"), "{{role}}"),
                stacked=True,
            ),
            lines(
                "Lost and closed",
                "Players lost in a match, and sockets that the server closed by reason, a minute.",
                units.CountsPerMinute,
                Query(per_minute("tournament_live_absences_total", CHOSEN), "player lost"),
                Query(closed, "closed: {{reason}}"),
            ),
            lines(
                "Round trips",
                "How far away players are; a jump for all of them at once is our network, not theirs.",
                units.Seconds,
                *percentiles("tournament_live_round_trip_seconds", CHOSEN),
            ),
            lines(
                "Late keys and failed storing",
                "Keys that came after their tick was confirmed, and times that nothing could be stored, a minute.",
                units.CountsPerMinute,
                Query(per_minute("tournament_live_late_keys_total", CHOSEN), "late keys"),
                Query(per_minute("tournament_live_storing_failed_total", CHOSEN), "storing failed"),
            ),
        ],
    )


def queue() -> Section:
    return section(
        "Queue (tournament)",
        [
            lines(
                "In the queue",
                "Players who wait for an opponent; a growing queue without pairs means that pairing has stopped.",
                units.Short,
                Query(largest(select("tournament_queue_waiting", CHOSEN)), "waiting"),
            ),
            lines(
                "Longest wait",
                "How long the first in the queue has waited; after a minute everybody is within reach.",
                units.Seconds,
                Query(largest(select("tournament_queue_longest_wait_seconds", CHOSEN)), "longest"),
            ),
            lines(
                "Waited until paired",
                "How long those who were paired had waited; rising means fewer people, or ratings far apart.",
                units.Seconds,
                *percentiles("tournament_queue_waited_seconds", CHOSEN),
            ),
            lines(
                "Pairs",
                "Pairs made from the queue a minute; zero while two wait for the same match is bad.",
                units.CountsPerMinute,
                Query(per_minute("tournament_queue_pairs_total", CHOSEN), "pairs"),
            ),
        ],
    )


def tournaments() -> Section:
    return section(
        "Tournaments (tournament)",
        [
            lines(
                "Tournaments by step",
                "Tournaments created, opened, started, finished and cancelled, a minute.",
                units.CountsPerMinute,
                Query(per_minute("tournament_tournaments_total", CHOSEN, by=("step",)), "{{step}}"),
            ),
            lines(
                "Pairings",
                "Pairings called and decided a minute; called ones without decided ones are rounds that hang.",
                units.CountsPerMinute,
                Query(per_minute("tournament_pairings_called_total", CHOSEN), "called"),
                Query(
                    per_minute("tournament_pairings_decided_total", CHOSEN, by=("how",)),
                    "decided: {{how}}",
                ),
            ),
            lines(
                "Steward's round",
                "How long one look at all that has become due takes; it is taken twice a second.",
                units.Seconds,
                *percentiles("tournament_steward_seconds", CHOSEN),
                limit=0.5,
            ),
            lines(
                "Overdue and failed",
                "Tournaments in which something was to be done, and tries that failed a minute; both return to zero.",
                units.Short,
                Query(largest(select("tournament_pairings_overdue", CHOSEN)), "overdue"),
                Query(per_minute("tournament_steward_failed_total", CHOSEN), "failed"),
            ),
        ],
    )


def sign_ins() -> Section:
    visits = per_minute("auth_oauth_visits_total", CHOSEN, by=("provider", "result"))
    return section(
        "Sign-ins (auth)",
        [
            lines(
                "Sign-ins by way and result",
                "Attempts a minute; many wrong passwords or unknown accounts are somebody guessing.",
                units.CountsPerMinute,
                Query(
                    per_minute("auth_sign_ins_total", CHOSEN, by=("way", "result")),
                    "{{way}} {{result}}",
                ),
                stacked=True,
            ),
            lines(
                "Sign-ins with another provider, by result",
                "Visits a minute that came back from a provider; only failures mean that it is away or changed.",
                units.CountsPerMinute,
                Query(visits, "{{provider}} {{result}}"),
                stacked=True,
            ),
        ],
    )
