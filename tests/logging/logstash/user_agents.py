"""The fields that logstash-filter-useragent adds in ECS mode. It uses the
same regexes as ua-parser."""

from ua_parser import parse

from tests.logging.logstash.event import Event


def add_user_agent(event: Event, text: str) -> None:
    found = parse(text).with_defaults()
    agent, system = found.user_agent, found.os
    event.set("[user_agent][name]", agent.family)
    event.set("[user_agent][device][name]", found.device.family)
    if agent.major is not None:
        version = _version(agent.major, agent.minor, agent.patch, agent.patch_minor)
        event.set("[user_agent][version]", version)
    event.set("[user_agent][os][name]", system.family)
    event.set("[user_agent][os][full]", system.family)
    if system.major is not None:
        version = _version(system.major, system.minor, system.patch, system.patch_minor)
        event.set("[user_agent][os][version]", version)
        event.set("[user_agent][os][full]", f"{system.family} {version}")


def _version(*parts: str | None) -> str:
    """Return the version up to the first unknown part."""
    known: list[str] = []
    for part in parts:
        if part is None:
            break
        known.append(part)
    return ".".join(known)
