"""The *Node Exporter* dashboard of the machines."""

from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards.grafana import disks, machine, network
from dashboards.grafana.board import board, variable


def node_exporter() -> Dashboard:
    return board(
        "node-exporter",
        "Node Exporter",
        "CPU, memory, disks and network of the machines that the platform runs on.",
        [
            variable("host", "Host", 'label_values(up{job="node"}, host)'),
            variable(
                "instance", "Exporter", 'label_values(up{job="node", host=~"$host"}, instance)'
            ),
        ],
        machine.overview(),
        machine.cpu(),
        machine.memory(),
        disks.space(),
        disks.transfers(),
        network.traffic(),
        network.sockets(),
        machine.system(),
    )
