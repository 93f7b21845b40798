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
                "Tickets per minute for matches run in the browser; a long zero while players are online is bad.",
                units.CountsPerMinute,
                Query(per_minute("history_tickets_issued_total", CHOSEN, by=("mode",)), "{{mode}}"),
                stacked=True,
            ),
            lines(
                "Matches stored by mode",
                "Matches verified and stored per minute; far fewer than started means many aborted or refused.",
                units.CountsPerMinute,
                Query(per_minute("history_matches_stored_total", CHOSEN, by=("mode",)), "{{mode}}"),
                stacked=True,
            ),
            lines(
                "Matches refused by reason",
                "Matches refused per minute; a rise after a release means that browser and server code differ.",
                units.CountsPerMinute,
                Query(
                    per_minute("history_matches_refused_total", CHOSEN, by=("reason",)),
                    "{{reason}}",
                ),
                stacked=True,
            ),
            lines(
                "Verification time",
                "Time to simulate a match from its log; 1 ms is typical, more than 250 ms (dashed line) is bad.",
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
                "Live matches by phase; many in away or suspended mean that players lose their connections.",
                units.Short,
                Query(total(select("tournament_live_matches", CHOSEN), "phase"), "{{phase}}"),
                stacked=True,
            ),
            lines(
                "Tick lateness",
                "Delay of ticks after their deadline; above the dashed line, one tick, the game stutters visibly.",
                units.Seconds,
                *percentiles("tournament_live_tick_lateness_seconds", CHOSEN),
                limit=TICK_SECONDS,
            ),
            lines(
                "Tick work",
                "Duration of the work of a tick; near the dashed line the process has no capacity for more matches.",
                units.Seconds,
                *percentiles("tournament_live_tick_work_seconds", CHOSEN),
                limit=TICK_SECONDS,
            ),
        ],
        [
            lines(
                "Live matches ended by reason",
                "Live matches ended per minute; many void or forfeited ones mean that players could not play.",
                units.CountsPerMinute,
                Query(
                    per_minute("tournament_live_matches_ended_total", CHOSEN, by=("reason",)),
                    "{{reason}}",
                ),
                stacked=True,
            ),
            lines(
                "Failed, lost and out of sync",
                "Matches dropped by a fault, taken by another process, or out of sync with a page; all should be 0.",
                units.CountsPerMinute,
                Query(per_minute("tournament_live_matches_failed_total", CHOSEN), "failed"),
                Query(per_minute("tournament_live_matches_lost_total", CHOSEN), "lost"),
                Query(per_minute("tournament_live_desyncs_total", CHOSEN), "out of sync"),
            ),
            lines(
                "Storing live matches",
                "Time to store new inputs and renew the lease; several seconds put running matches at risk.",
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
                "Open sockets of players and spectators; a sudden zero means that the gateway or a process has died.",
                units.Short,
                Query(total(select("tournament_live_connections", CHOSEN), "role"), "{{role}}"),
                stacked=True,
            ),
            lines(
                "Lost players and closed sockets",
                "Connections lost by players in a match, and sockets closed by the server, by reason, per minute.",
                units.CountsPerMinute,
                Query(per_minute("tournament_live_absences_total", CHOSEN), "player lost"),
                Query(closed, "closed: {{reason}}"),
            ),
            lines(
                "Round trips",
                "Round-trip times of players; a jump for all of them at once is a fault of our network, not of theirs.",
                units.Seconds,
                *percentiles("tournament_live_round_trip_seconds", CHOSEN),
            ),
            lines(
                "Late inputs and failed writes",
                "Inputs received after their tick was confirmed, and failed writes to the database, per minute.",
                units.CountsPerMinute,
                Query(per_minute("tournament_live_late_keys_total", CHOSEN), "late inputs"),
                Query(per_minute("tournament_live_storing_failed_total", CHOSEN), "failed writes"),
            ),
        ],
    )


def queue() -> Section:
    return section(
        "Queue (tournament)",
        [
            lines(
                "In the queue",
                "Players waiting for an opponent; a growing queue without pairs means that pairing has stopped.",
                units.Short,
                Query(largest(select("tournament_queue_waiting", CHOSEN)), "waiting"),
            ),
            lines(
                "Longest wait",
                "Waiting time of the first player in the queue; after 60 s the allowed rating difference is unlimited.",
                units.Seconds,
                Query(largest(select("tournament_queue_longest_wait_seconds", CHOSEN)), "longest"),
            ),
            lines(
                "Wait until paired",
                "Waiting time of paired players; a rise means fewer players, or ratings far apart.",
                units.Seconds,
                *percentiles("tournament_queue_waited_seconds", CHOSEN),
            ),
            lines(
                "Pairs",
                "Pairs made from the queue per minute; zero while two players wait for the same kind of match is bad.",
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
                "Tournaments created, opened, started, finished and cancelled per minute.",
                units.CountsPerMinute,
                Query(per_minute("tournament_tournaments_total", CHOSEN, by=("step",)), "{{step}}"),
            ),
            lines(
                "Pairings",
                "Pairings called and decided per minute; calls without decisions mean that a round hangs.",
                units.CountsPerMinute,
                Query(per_minute("tournament_pairings_called_total", CHOSEN), "called"),
                Query(
                    per_minute("tournament_pairings_decided_total", CHOSEN, by=("how",)),
                    "decided: {{how}}",
                ),
            ),
            lines(
                "Scheduler passes",
                "Duration of one pass over all due work; a pass starts twice per second (dashed line).",
                units.Seconds,
                *percentiles("tournament_steward_seconds", CHOSEN),
                limit=0.5,
            ),
            lines(
                "Overdue tournaments",
                "Tournaments with work that is due, and failed attempts per minute; both should return to zero.",
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
                "Sign-ins by method and result",
                "Attempts per minute; many wrong passwords or unknown accounts suggest password guessing.",
                units.CountsPerMinute,
                Query(
                    per_minute("auth_sign_ins_total", CHOSEN, by=("way", "result")),
                    "{{way}} {{result}}",
                ),
                stacked=True,
            ),
            lines(
                "Sign-ins with identity providers",
                "Returns from a provider per minute, by result; only failures mean that it is down or has changed.",
                units.CountsPerMinute,
                Query(visits, "{{provider}} {{result}}"),
                stacked=True,
            ),
        ],
    )
