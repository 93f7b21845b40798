"""Panels of a machine's network traffic."""

from grafana_foundation_sdk.models import units

from dashboards.grafana.board import Section, make_section
from dashboards.grafana.machine import rate_of_chosen, select_chosen
from dashboards.grafana.panels import Query, line_panel

# Without interfaces whose traffic stays inside the machine, such as containers', or is also counted by a card.
CARD_DEVICES = 'device!~"lo|(veth|br-|docker|ifb).*"'
DEVICE_LEGEND = "{{host}} {{device}}"


def traffic_section() -> Section:
    return make_section(
        "Network",
        [
            line_panel(
                "Network throughput",
                "Bits received (upwards) and sent (downwards) per second; a plateau is the line's limit.",
                units.BitsPerSecondSI,
                Query(
                    f"8 * {rate_of_chosen('node_network_receive_bytes_total', CARD_DEVICES)}",
                    f"{DEVICE_LEGEND} received",
                ),
                Query(
                    f"8 * {rate_of_chosen('node_network_transmit_bytes_total', CARD_DEVICES)}",
                    f"{DEVICE_LEGEND} sent",
                ),
                downwards="/sent/",
            ),
            line_panel(
                "Network errors",
                "Broken packets per second; a value above zero points to a cable, a card or a driver.",
                units.PacketsPerSecond,
                Query(
                    rate_of_chosen("node_network_receive_errs_total", CARD_DEVICES),
                    f"{DEVICE_LEGEND} received",
                ),
                Query(
                    rate_of_chosen("node_network_transmit_errs_total", CARD_DEVICES),
                    f"{DEVICE_LEGEND} sent",
                ),
            ),
            line_panel(
                "Network drops",
                "Packets dropped per second; many of them mean that the machine cannot keep up.",
                units.PacketsPerSecond,
                Query(
                    rate_of_chosen("node_network_receive_drop_total", CARD_DEVICES),
                    f"{DEVICE_LEGEND} received",
                ),
                Query(
                    rate_of_chosen("node_network_transmit_drop_total", CARD_DEVICES),
                    f"{DEVICE_LEGEND} sent",
                ),
            ),
        ],
    )


def sockets_section() -> Section:
    retransmitted = rate_of_chosen("node_netstat_Tcp_RetransSegs")
    sent = rate_of_chosen("node_netstat_Tcp_OutSegs")
    return make_section(
        "TCP",
        [
            line_panel(
                "TCP connections",
                "TCP connections by state; those in TIME_WAIT grow with traffic, orphans only with faults.",
                units.Short,
                Query(select_chosen("node_netstat_Tcp_CurrEstab"), "{{host}} established"),
                Query(select_chosen("node_sockstat_TCP_tw"), "{{host}} TIME_WAIT"),
                Query(select_chosen("node_sockstat_TCP_orphan"), "{{host}} orphans"),
            ),
            line_panel(
                "Retransmissions",
                "Share of TCP segments that were sent again; players notice a few percent.",
                units.PercentUnit,
                Query(f"{retransmitted} / ({sent} > 0) or 0 * {sent}", "{{host}}"),
            ),
            line_panel(
                "Listen queue overflows",
                "Connections per second that met a full listen queue; each is a client without an answer.",
                units.CountsPerSecond,
                Query(rate_of_chosen("node_netstat_TcpExt_ListenOverflows"), "{{host}} overflows"),
                Query(rate_of_chosen("node_netstat_TcpExt_ListenDrops"), "{{host}} drops"),
            ),
        ],
    )
