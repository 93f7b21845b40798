"""Panels of the game: matches, the queue, tournaments and sign-ins."""

from grafana_foundation_sdk.models import units

from dashboards.grafana.board import Section, make_section
from dashboards.grafana.panels import Query, line_panel, percentiles
from dashboards.grafana.promql import max_by, per_minute, select_series, sum_by
from dashboards.grafana.requests import CHOSEN_SERVICES

TICK_SECONDS = 1 / 60
"""A tick that is late by its whole length is visible to players."""


def matches_section() -> Section:
    return make_section(
        "Matches (history)",
        [
            line_panel(
                "Matches started by mode",
                "Tickets per minute for matches run in the browser; a long zero while players are online is bad.",
                units.CountsPerMinute,
                Query(
                    per_minute("history_tickets_issued_total", CHOSEN_SERVICES, by=("mode",)),
                    "{{mode}}",
                ),
                stacked=True,
            ),
            line_panel(
                "Matches stored by mode",
                "Matches verified and stored per minute; far fewer than started means many aborted or refused.",
                units.CountsPerMinute,
                Query(
                    per_minute("history_matches_stored_total", CHOSEN_SERVICES, by=("mode",)),
                    "{{mode}}",
                ),
                stacked=True,
            ),
            line_panel(
                "Matches refused by reason",
                "Matches refused per minute; a rise after a release means that browser and server code differ.",
                units.CountsPerMinute,
                Query(
                    per_minute("history_matches_refused_total", CHOSEN_SERVICES, by=("reason",)),
                    "{{reason}}",
                ),
                stacked=True,
            ),
            line_panel(
                "Verification time",
                "Time to simulate a match from its log; 1 ms is typical, more than 250 ms (dashed line) is bad.",
                units.Seconds,
                *percentiles("history_verification_seconds", CHOSEN_SERVICES),
                limit=0.25,
            ),
        ],
    )


def live_matches_section() -> Section:
    return make_section(
        "Live matches (tournament)",
        [
            line_panel(
                "Live matches by phase",
                "Live matches by phase; many in away or suspended mean that players lose their connections.",
                units.Short,
                Query(
                    sum_by(select_series("tournament_live_matches", CHOSEN_SERVICES), "phase"),
                    "{{phase}}",
                ),
                stacked=True,
            ),
            line_panel(
                "Tick lateness",
                "Delay of ticks after their deadline; above the dashed line, one tick, the game stutters visibly.",
                units.Seconds,
                *percentiles("tournament_live_tick_lateness_seconds", CHOSEN_SERVICES),
                limit=TICK_SECONDS,
            ),
            line_panel(
                "Tick work",
                "Duration of the work of a tick; near the dashed line the process has no capacity for more matches.",
                units.Seconds,
                *percentiles("tournament_live_tick_work_seconds", CHOSEN_SERVICES),
                limit=TICK_SECONDS,
            ),
        ],
        [
            line_panel(
                "Live matches ended by reason",
                "Live matches ended per minute; many void or forfeited ones mean that players could not play.",
                units.CountsPerMinute,
                Query(
                    per_minute(
                        "tournament_live_matches_ended_total", CHOSEN_SERVICES, by=("reason",)
                    ),
                    "{{reason}}",
                ),
                stacked=True,
            ),
            line_panel(
                "Failed, lost and out of sync",
                "Matches dropped by a fault, taken by another process, or out of sync with a page; all should be 0.",
                units.CountsPerMinute,
                Query(
                    per_minute("tournament_live_matches_failed_total", CHOSEN_SERVICES), "failed"
                ),
                Query(per_minute("tournament_live_matches_lost_total", CHOSEN_SERVICES), "lost"),
                Query(per_minute("tournament_live_desyncs_total", CHOSEN_SERVICES), "out of sync"),
            ),
            line_panel(
                "Storing live matches",
                "Time to store new inputs and renew the lease; several seconds put running matches at risk.",
                units.Seconds,
                *percentiles("tournament_live_storing_seconds", CHOSEN_SERVICES),
            ),
        ],
    )


def connections_section() -> Section:
    closed = per_minute("tournament_live_connections_closed_total", CHOSEN_SERVICES, by=("reason",))
    return make_section(
        "Connections of live matches (tournament)",
        [
            line_panel(
                "Sockets by role",
                "Open sockets of players and spectators; a sudden zero means that the gateway or a process has died.",
                units.Short,
                Query(
                    sum_by(select_series("tournament_live_connections", CHOSEN_SERVICES), "role"),
                    "{{role}}",
                ),
                stacked=True,
            ),
            line_panel(
                "Lost players and closed sockets",
                "Connections lost by players in a match, and sockets closed by the server, by reason, per minute.",
                units.CountsPerMinute,
                Query(per_minute("tournament_live_absences_total", CHOSEN_SERVICES), "player lost"),
                Query(closed, "closed: {{reason}}"),
            ),
            line_panel(
                "Round trips",
                "Round-trip times of players; a jump for all of them at once is a fault of our network, not of theirs.",
                units.Seconds,
                *percentiles("tournament_live_round_trip_seconds", CHOSEN_SERVICES),
            ),
            line_panel(
                "Late inputs and failed writes",
                "Inputs received after their tick was confirmed, and failed writes to the database, per minute.",
                units.CountsPerMinute,
                Query(
                    per_minute("tournament_live_late_keys_total", CHOSEN_SERVICES), "late inputs"
                ),
                Query(
                    per_minute("tournament_live_storing_failed_total", CHOSEN_SERVICES),
                    "failed writes",
                ),
            ),
        ],
    )


def queue_section() -> Section:
    return make_section(
        "Queue (tournament)",
        [
            line_panel(
                "In the queue",
                "Players waiting for an opponent; a growing queue without pairs means that pairing has stopped.",
                units.Short,
                Query(
                    max_by(select_series("tournament_queue_waiting", CHOSEN_SERVICES)), "waiting"
                ),
            ),
            line_panel(
                "Longest wait",
                "Waiting time of the first player in the queue; after 60 s the allowed rating difference is unlimited.",
                units.Seconds,
                Query(
                    max_by(select_series("tournament_queue_longest_wait_seconds", CHOSEN_SERVICES)),
                    "longest",
                ),
            ),
            line_panel(
                "Wait until paired",
                "Waiting time of paired players; a rise means fewer players, or ratings far apart.",
                units.Seconds,
                *percentiles("tournament_queue_waited_seconds", CHOSEN_SERVICES),
            ),
            line_panel(
                "Pairs",
                "Pairs made from the queue per minute; zero while two players wait for the same kind of match is bad.",
                units.CountsPerMinute,
                Query(per_minute("tournament_queue_pairs_total", CHOSEN_SERVICES), "pairs"),
            ),
        ],
    )


def tournaments_section() -> Section:
    return make_section(
        "Tournaments (tournament)",
        [
            line_panel(
                "Tournaments by step",
                "Tournaments created, opened, started, finished and cancelled per minute.",
                units.CountsPerMinute,
                Query(
                    per_minute("tournament_tournaments_total", CHOSEN_SERVICES, by=("step",)),
                    "{{step}}",
                ),
            ),
            line_panel(
                "Pairings",
                "Pairings called and decided per minute; calls without decisions mean that a round hangs.",
                units.CountsPerMinute,
                Query(per_minute("tournament_pairings_called_total", CHOSEN_SERVICES), "called"),
                Query(
                    per_minute("tournament_pairings_decided_total", CHOSEN_SERVICES, by=("how",)),
                    "decided: {{how}}",
                ),
            ),
            line_panel(
                "Scheduler passes",
                "Duration of one pass over all due work; a pass starts twice per second (dashed line).",
                units.Seconds,
                *percentiles("tournament_steward_seconds", CHOSEN_SERVICES),
                limit=0.5,
            ),
            line_panel(
                "Overdue tournaments",
                "Tournaments with work that is due, and failed attempts per minute; both should return to zero.",
                units.Short,
                Query(
                    max_by(select_series("tournament_pairings_overdue", CHOSEN_SERVICES)), "overdue"
                ),
                Query(per_minute("tournament_steward_failed_total", CHOSEN_SERVICES), "failed"),
            ),
        ],
    )


def sign_ins_section() -> Section:
    visits = per_minute("auth_oauth_visits_total", CHOSEN_SERVICES, by=("provider", "result"))
    return make_section(
        "Sign-ins (auth)",
        [
            line_panel(
                "Sign-ins by method and result",
                "Attempts per minute; many wrong passwords or unknown accounts suggest password guessing.",
                units.CountsPerMinute,
                Query(
                    per_minute("auth_sign_ins_total", CHOSEN_SERVICES, by=("way", "result")),
                    "{{way}} {{result}}",
                ),
                stacked=True,
            ),
            line_panel(
                "Sign-ins with identity providers",
                "Returns from a provider per minute, by result; only failures mean that it is down or has changed.",
                units.CountsPerMinute,
                Query(visits, "{{provider}} {{result}}"),
                stacked=True,
            ),
        ],
    )
