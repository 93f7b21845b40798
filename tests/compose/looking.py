"""Looks at files from the inside, as the user whom a container's processes run as."""

from tests.fixtures.docker import docker

# What that user may write, most of it out of proc's reach; everybody may, in what Docker mounts into each container.
FIND_WRITABLE = (
    r"find / -path /proc -prune -o \( -type d -o -type f \) -writable -print 2>/dev/null || :"
)
OF_EVERY_CONTAINER = {"/dev/shm", "/dev/mqueue"}  # noqa: S108 - named to be left out


def run_image(image: str, script: str) -> str:
    """Run a shell script in a fresh container of an image, with nothing mounted and no network."""
    return docker("run", "--rm", "--network", "none", "--entrypoint", "sh", image, "-c", script)


def topmost(paths: list[str]) -> set[str]:
    """Return those paths that lie in none of the others, without what every container has."""
    return {
        path for path in paths if not any(path.startswith(f"{other}/") for other in paths)
    } - OF_EVERY_CONTAINER
