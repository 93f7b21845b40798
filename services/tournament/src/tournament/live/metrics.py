"""Metrics of live matches."""

from typing import Literal, get_args

from prometheus_client import Counter, Gauge, Histogram

from tournament.live.protocol import CloseCode, EndReason, Phase

ConnectionRole = Literal["player", "spectator"]
SnapshotReason = Literal["arrival", "backlog"]
HowTaken = Literal["asked_for", "ownerless", "owner_gone"]

TICK_LATENESS = Histogram(
    "tournament_live_tick_lateness_seconds",
    "How late a quarter of the matches began a tick after its deadline",
    buckets=(0.0005, 0.001, 0.002, 0.003, 0.005, 0.008, 0.0167, 0.033, 0.1, 0.5, 2.0),
)
TICK_SECONDS = Histogram(
    "tournament_live_tick_work_seconds",
    "How long one tick of a quarter of the matches took",
    buckets=(0.0001, 0.0005, 0.001, 0.002, 0.004, 0.008, 0.0167, 0.05, 0.25),
)
MATCHES = Gauge("tournament_live_matches", "Matches that this process runs, by phase", ["phase"])
CONNECTIONS = Gauge("tournament_live_connections", "Open sockets, by role", ["role"])
MESSAGES_RECEIVED = Counter("tournament_live_messages_received", "Messages that came from clients")
SENT_BYTES = Counter("tournament_live_sent_bytes", "Bytes of frames sent to clients")
CONNECTIONS_CLOSED = Counter(
    "tournament_live_connections_closed", "Sockets closed by the server, by reason", ["reason"]
)
LATE_KEYS = Counter(
    "tournament_live_late_keys", "Key changes that came after their tick was confirmed"
)
DESYNCS = Counter("tournament_live_desyncs", "Digests of clients that differed")
SNAPSHOTS = Counter(
    "tournament_live_snapshots", "Snapshots in place of a stream, by reason", ["reason"]
)
ROUND_TRIPS = Histogram(
    "tournament_live_round_trip_seconds",
    "Round trips of players, as beats measured them",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0),
)
ABSENCES = Counter("tournament_live_absences", "Connections of players lost in a match")
MATCHES_TAKEN = Counter(
    "tournament_live_matches_taken", "Matches that this process took, by how", ["how"]
)
MATCHES_LOST = Counter(
    "tournament_live_matches_lost", "Matches that another process took from this one"
)
MATCHES_FAILED = Counter(
    "tournament_live_matches_failed", "Matches dropped for a fault of ours, to be taken again"
)
MATCHES_ENDED = Counter(
    "tournament_live_matches_ended", "Matches that ended here, by reason", ["reason"]
)
STORING_SECONDS = Histogram(
    "tournament_live_storing_seconds",
    "How long it took to renew the lease and store what came in",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5),
)
STORING_FAILURES = Counter("tournament_live_storing_failed", "Times that nothing could be stored")

# Series are created at zero: `rate` does not see the first event of a series that begins with it.
for _phase in Phase:
    MATCHES.labels(_phase.name.lower())
for _role in get_args(ConnectionRole):
    CONNECTIONS.labels(_role)
for _code in CloseCode:
    CONNECTIONS_CLOSED.labels(_code.name.lower())
for _why in get_args(SnapshotReason):
    SNAPSHOTS.labels(_why)
for _how in get_args(HowTaken):
    MATCHES_TAKEN.labels(_how)
for _reason in EndReason:
    MATCHES_ENDED.labels(_reason.name.lower())
