"""The *Node Exporter* dashboard of the machines."""

from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards.grafana import disks, machine, network
from dashboards.grafana.board import make_dashboard, query_variable


def node_exporter_dashboard() -> Dashboard:
    return make_dashboard(
        "node-exporter",
        "Node Exporter",
        "CPU, memory, disks and network of the machines that the platform runs on.",
        [
            query_variable("host", "Host", 'label_values(up{job="node"}, host)'),
            query_variable(
                "instance", "Exporter", 'label_values(up{job="node", host=~"$host"}, instance)'
            ),
        ],
        machine.overview_section(),
        machine.cpu_section(),
        machine.memory_section(),
        disks.space_section(),
        disks.transfers_section(),
        network.traffic_section(),
        network.sockets_section(),
        machine.system_section(),
    )
