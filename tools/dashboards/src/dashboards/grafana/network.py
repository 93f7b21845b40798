"""Panels of a machine's network traffic."""

from grafana_foundation_sdk.models import units

from dashboards.grafana.board import Section, section
from dashboards.grafana.machine import changes, chosen
from dashboards.grafana.panels import Query, lines

# Without interfaces whose traffic stays inside the machine, such as containers', or is also counted by a card.
CARD = 'device!~"lo|(veth|br-|docker|ifb).*"'
NAME = "{{host}} {{device}}"


def traffic() -> Section:
    return section(
        "Network",
        [
            lines(
                "Network throughput",
                "Bits received (upwards) and sent (downwards) per second; a plateau is the line's limit.",
                units.BitsPerSecondSI,
                Query(
                    f"8 * {changes('node_network_receive_bytes_total', CARD)}", f"{NAME} received"
                ),
                Query(f"8 * {changes('node_network_transmit_bytes_total', CARD)}", f"{NAME} sent"),
                downwards="/sent/",
            ),
            lines(
                "Network errors",
                "Broken packets per second; a value above zero points to a cable, a card or a driver.",
                units.PacketsPerSecond,
                Query(changes("node_network_receive_errs_total", CARD), f"{NAME} received"),
                Query(changes("node_network_transmit_errs_total", CARD), f"{NAME} sent"),
            ),
            lines(
                "Network drops",
                "Packets dropped per second; many of them mean that the machine cannot keep up.",
                units.PacketsPerSecond,
                Query(changes("node_network_receive_drop_total", CARD), f"{NAME} received"),
                Query(changes("node_network_transmit_drop_total", CARD), f"{NAME} sent"),
            ),
        ],
    )


def sockets() -> Section:
    retransmitted = changes("node_netstat_Tcp_RetransSegs")
    sent = changes("node_netstat_Tcp_OutSegs")
    return section(
        "TCP",
        [
            lines(
                "TCP connections",
                "TCP connections by state; those in TIME_WAIT grow with traffic, orphans only with faults.",
                units.Short,
                Query(chosen("node_netstat_Tcp_CurrEstab"), "{{host}} established"),
                Query(chosen("node_sockstat_TCP_tw"), "{{host}} TIME_WAIT"),
                Query(chosen("node_sockstat_TCP_orphan"), "{{host}} orphans"),
            ),
            lines(
                "Retransmissions",
                "Share of TCP segments that were sent again; players notice a few percent.",
                units.PercentUnit,
                Query(f"{retransmitted} / ({sent} > 0) or 0 * {sent}", "{{host}}"),
            ),
            lines(
                "Listen queue overflows",
                "Connections per second that met a full listen queue; each is a client without an answer.",
                units.CountsPerSecond,
                Query(changes("node_netstat_TcpExt_ListenOverflows"), "{{host}} overflows"),
                Query(changes("node_netstat_TcpExt_ListenDrops"), "{{host}} drops"),
            ),
        ],
    )
