"""Panels of disk space and disk activity."""

from grafana_foundation_sdk.models import units

from dashboards.grafana.board import Section, section
from dashboards.grafana.machine import SCARCE, changes, chosen
from dashboards.grafana.panels import Query, lines

# Without file systems in memory, and those that show another disk a second time.
ON_DISK = 'fstype!~"tmpfs|ramfs|overlay|squashfs|iso9660"'
MOUNT = "{{host}} {{mountpoint}}"
# Without loop and memory devices, whose disks are counted themselves.
DISK = 'device!~"(loop|ram|zram|fd|sr)[0-9]+"'
NAME = "{{host}} {{device}}"


def space() -> Section:
    size = chosen("node_filesystem_size_bytes", ON_DISK)
    available = chosen("node_filesystem_avail_bytes", ON_DISK)
    inodes = chosen("node_filesystem_files", ON_DISK)
    # File systems that allocate inodes dynamically report that they have none.
    free_inodes = f"{chosen('node_filesystem_files_free', ON_DISK)} / ({inodes} > 0)"
    return section(
        "Disk space",
        [
            lines(
                "Space free",
                "Free share of each file system; below the dashed line an alert fires.",
                units.PercentUnit,
                Query(f"{available} / {size}", MOUNT),
                limit=SCARCE,
                most=1,
            ),
            lines(
                "Space used",
                "Used bytes of each file system; the slope of a steady rise shows when it will be full.",
                units.BytesIEC,
                Query(f"{size} - {chosen('node_filesystem_free_bytes', ON_DISK)}", MOUNT),
            ),
            lines(
                "Inodes free",
                "Free share of the inodes of each file system, one per file; below the dashed line an alert fires.",
                units.PercentUnit,
                Query(free_inodes, MOUNT),
                limit=SCARCE,
                most=1,
            ),
        ],
    )


def transfers() -> Section:
    reads = changes("node_disk_reads_completed_total", DISK)
    writes = changes("node_disk_writes_completed_total", DISK)
    reading = f"{changes('node_disk_read_time_seconds_total', DISK)} / ({reads} > 0)"
    writing = f"{changes('node_disk_write_time_seconds_total', DISK)} / ({writes} > 0)"
    return section(
        "Disk transfers",
        [
            lines(
                "Disk throughput",
                "Bytes read (upwards) and written (downwards) per second; a plateau is the disk's limit.",
                units.BytesPerSecondIEC,
                Query(changes("node_disk_read_bytes_total", DISK), f"{NAME} read"),
                Query(changes("node_disk_written_bytes_total", DISK), f"{NAME} written"),
                downwards="/written/",
            ),
            lines(
                "Disk utilisation",
                "Share of time in which a disk was busy; at a constant 100 % reads and writes queue.",
                units.PercentUnit,
                Query(changes("node_disk_io_time_seconds_total", DISK), NAME),
                most=1,
            ),
            lines(
                "Disk latency",
                "Average duration of a read or a write; more than 20 ms slows down a database.",
                units.Seconds,
                Query(f"{reading} or 0 * {reads}", f"{NAME} read"),
                Query(f"{writing} or 0 * {writes}", f"{NAME} written"),
            ),
            lines(
                "Disk operations",
                "Reads (upwards) and writes (downwards) per second; many small ones saturate a disk early.",
                units.IOOpsPerSecond,
                Query(reads, f"{NAME} read"),
                Query(writes, f"{NAME} written"),
                downwards="/written/",
            ),
        ],
    )
