"""Panels of disk space and disk activity."""

from grafana_foundation_sdk.models import units

from dashboards.grafana.board import Section, make_section
from dashboards.grafana.machine import SCARCE_SHARE, rate_of_chosen, select_chosen
from dashboards.grafana.panels import Query, line_panel

# Without file systems in memory, and those that show another disk a second time.
DISK_FILE_SYSTEMS = 'fstype!~"tmpfs|ramfs|overlay|squashfs|iso9660"'
MOUNT_LEGEND = "{{host}} {{mountpoint}}"
# Without loop and memory devices, whose disks are counted themselves.
DISK_DEVICES = 'device!~"(loop|ram|zram|fd|sr)[0-9]+"'
DEVICE_LEGEND = "{{host}} {{device}}"


def space_section() -> Section:
    size = select_chosen("node_filesystem_size_bytes", DISK_FILE_SYSTEMS)
    available = select_chosen("node_filesystem_avail_bytes", DISK_FILE_SYSTEMS)
    inodes = select_chosen("node_filesystem_files", DISK_FILE_SYSTEMS)
    # File systems that allocate inodes dynamically report that they have none.
    free_inodes = (
        f"{select_chosen('node_filesystem_files_free', DISK_FILE_SYSTEMS)} / ({inodes} > 0)"
    )
    return make_section(
        "Disk space",
        [
            line_panel(
                "Space free",
                "Free share of each file system; below the dashed line an alert fires.",
                units.PercentUnit,
                Query(f"{available} / {size}", MOUNT_LEGEND),
                limit=SCARCE_SHARE,
                most=1,
            ),
            line_panel(
                "Space used",
                "Used bytes of each file system; the slope of a steady rise shows when it will be full.",
                units.BytesIEC,
                Query(
                    f"{size} - {select_chosen('node_filesystem_free_bytes', DISK_FILE_SYSTEMS)}",
                    MOUNT_LEGEND,
                ),
            ),
            line_panel(
                "Inodes free",
                "Free share of the inodes of each file system, one per file; below the dashed line an alert fires.",
                units.PercentUnit,
                Query(free_inodes, MOUNT_LEGEND),
                limit=SCARCE_SHARE,
                most=1,
            ),
        ],
    )


def transfers_section() -> Section:
    reads = rate_of_chosen("node_disk_reads_completed_total", DISK_DEVICES)
    writes = rate_of_chosen("node_disk_writes_completed_total", DISK_DEVICES)
    reading = f"{rate_of_chosen('node_disk_read_time_seconds_total', DISK_DEVICES)} / ({reads} > 0)"
    writing = (
        f"{rate_of_chosen('node_disk_write_time_seconds_total', DISK_DEVICES)} / ({writes} > 0)"
    )
    return make_section(
        "Disk transfers",
        [
            line_panel(
                "Disk throughput",
                "Bytes read (upwards) and written (downwards) per second; a plateau is the disk's limit.",
                units.BytesPerSecondIEC,
                Query(
                    rate_of_chosen("node_disk_read_bytes_total", DISK_DEVICES),
                    f"{DEVICE_LEGEND} read",
                ),
                Query(
                    rate_of_chosen("node_disk_written_bytes_total", DISK_DEVICES),
                    f"{DEVICE_LEGEND} written",
                ),
                downwards="/written/",
            ),
            line_panel(
                "Disk utilisation",
                "Share of time in which a disk was busy; at a constant 100 % reads and writes queue.",
                units.PercentUnit,
                Query(
                    rate_of_chosen("node_disk_io_time_seconds_total", DISK_DEVICES), DEVICE_LEGEND
                ),
                most=1,
            ),
            line_panel(
                "Disk latency",
                "Average duration of a read or a write; more than 20 ms slows down a database.",
                units.Seconds,
                Query(f"{reading} or 0 * {reads}", f"{DEVICE_LEGEND} read"),
                Query(f"{writing} or 0 * {writes}", f"{DEVICE_LEGEND} written"),
            ),
            line_panel(
                "Disk operations",
                "Reads (upwards) and writes (downwards) per second; many small ones saturate a disk early.",
                units.IOOpsPerSecond,
                Query(reads, f"{DEVICE_LEGEND} read"),
                Query(writes, f"{DEVICE_LEGEND} written"),
                downwards="/written/",
            ),
        ],
    )
