"""The bodies that Elasticsearch accepts from setup.sh; the stand-in refuses all others.

The shapes are from the API documentation; test_request_bodies.py checks the same
bodies with Elastic's own types.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

Json = dict[str, Any]

TIME = re.compile(r"0ms|\d+(d|h|m|s|ms)")
BYTES = re.compile(r"\d+(b|kb|mb|gb|tb)")
ROLLOVER = {
    "max_age": TIME,
    "max_primary_shard_size": BYTES,
    "max_docs": re.compile(r"\d+"),
    "min_docs": re.compile(r"\d+"),
}
SETTINGS = {
    "index.mode": re.compile("standard|logsdb"),
    "index.codec": re.compile("default|best_compression"),
    "index.number_of_shards": re.compile(r"[1-9]\d*"),
    "index.number_of_replicas": re.compile(r"\d+"),
    "index.lifecycle.name": re.compile(r"[a-z0-9@._-]+"),
    "index.mapping.ignore_malformed": re.compile("true|false"),
    "index.mapping.total_fields.limit": re.compile(r"[1-9]\d*"),
    "index.mapping.total_fields.ignore_dynamic_beyond_limit": re.compile("true|false"),
}
# Each type with the further keys that a field of that type may have.
PARAMETERS = {
    "keyword": {"ignore_above", "fields", "index", "doc_values"},
    "wildcard": {"ignore_above", "fields"},
    "match_only_text": {"fields"},
    "constant_keyword": {"value"},
    "date": {"ignore_malformed", "format"},
    "ip": {"ignore_malformed"},
    "long": {"ignore_malformed", "coerce"},
    "short": {"ignore_malformed", "coerce"},
    "double": {"ignore_malformed", "coerce"},
    "float": {"ignore_malformed", "coerce"},
    "boolean": set(),
    "object": {"dynamic", "properties"},
}
MAPPINGS = {"dynamic", "date_detection", "dynamic_templates", "properties", "_meta"}
DYNAMIC_TEMPLATES = {"match", "path_match", "match_mapping_type", "unmatch_mapping_type", "mapping"}
CLUSTER_PRIVILEGES = {"monitor", "manage", "all"}
INDEX_PRIVILEGES = {
    "all", "auto_configure", "create", "create_doc", "create_index", "delete", "index", "manage",
    "monitor", "read", "view_index_metadata", "write",
}  # fmt: skip
SHORTEST_PASSWORD = 6


class Refused(Exception):
    def __init__(self, status: int, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.status, self.kind, self.reason = status, kind, reason


def check_lifecycle(body: Json) -> Json:
    _keys("policy", body, {"policy"}, {"policy"})
    _keys("policy", body["policy"], {"phases", "_meta"}, {"phases"})
    phases = body["policy"]["phases"]
    _keys("phases", phases, {"hot", "warm", "cold", "delete"})
    for name, phase in phases.items():
        _keys(name, phase, {"min_age", "actions"})
        _matches("min_age", phase.get("min_age", "0ms"), TIME)
        allowed = {"hot": {"rollover", "set_priority"}, "delete": {"delete"}}
        _keys(name, phase["actions"], allowed.get(name, set()))
    rollover = phases["hot"]["actions"]["rollover"]
    _keys("rollover", rollover, ROLLOVER)
    if not rollover:
        raise _refused("At least one max_* rollover condition must be set.")
    for name, value in rollover.items():
        _matches(name, value, ROLLOVER[name])
    return body


def check_component_template(body: Json) -> Json:
    _keys("component_template", body, {"template", "version", "_meta", "deprecated"}, {"template"})
    _check_template(body["template"])
    return body


def check_index_template(
    name: str, body: Json, components: Mapping[str, Json], others: Mapping[str, Json]
) -> Json:
    allowed = {
        "index_patterns", "data_stream", "priority", "composed_of", "template", "version", "_meta",
        "allow_auto_create", "ignore_missing_component_templates", "deprecated",
    }  # fmt: skip
    _keys("index_template", body, allowed, {"index_patterns"})
    _check_template(body.get("template", {}))
    missing = [each for each in body.get("composed_of", []) if each not in components]
    if missing:
        reason = (
            f"index template [{name}] specifies component templates {missing} that do not exist"
        )
        raise Refused(400, "invalid_index_template_exception", reason)
    for other, template in others.items():
        if template["priority"] == body.get("priority") and _overlap(body, template):
            reason = (
                f"index template [{name}] has index patterns matching patterns from existing "
                f"templates [{other}] that have the same priority"
            )
            raise _refused(reason)
    parts = [components[each]["template"] for each in body.get("composed_of", [])]
    properties = [part.get("mappings", {}).get("properties", {}) for part in parts]
    if "data_stream" in body and not any("@timestamp" in each for each in properties):
        raise _refused("data stream timestamp field [@timestamp] does not exist")
    return body


def check_role(body: Json) -> Json:
    _keys("role", body, {"cluster", "indices", "applications", "run_as", "metadata", "description"})
    _known("cluster privilege", body.get("cluster", []), CLUSTER_PRIVILEGES)
    for each in body.get("indices", []):
        _keys("indices", each, {"names", "privileges", "query"}, {"names", "privileges"})
        _known("index privilege", each["privileges"], INDEX_PRIVILEGES)
    for each in body.get("applications", []):
        keys = {"application", "privileges", "resources"}
        _keys("applications", each, keys, keys)
    return body


def check_user(body: Json) -> Json:
    allowed = {"password", "roles", "full_name", "email", "metadata", "enabled"}
    _keys("user", body, allowed, {"roles"})
    if len(body["password"]) < SHORTEST_PASSWORD:
        reason = "Validation Failed: 1: passwords must be at least [6] characters long;"
        raise Refused(400, "action_request_validation_exception", reason)
    return body


def flattened(settings: Json, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield each setting with its full name."""
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from flattened(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _check_template(template: Json) -> None:
    _keys("template", template, {"settings", "mappings", "data_stream_options", "aliases"})
    for name, value in flattened(template.get("settings", {})):
        if name not in SETTINGS:
            raise _refused(f"unknown setting [{name}]")
        _matches(name, str(value).lower(), SETTINGS[name])
    options = template.get("data_stream_options", {})
    _keys("data_stream_options", options, {"failure_store"})
    _keys("failure_store", options.get("failure_store", {}), {"enabled", "lifecycle"})
    mappings = template.get("mappings", {})
    _keys("mappings", mappings, MAPPINGS)
    _check_properties(mappings.get("properties", {}))
    for each in mappings.get("dynamic_templates", []):
        ((name, dynamic),) = each.items()
        _keys(name, dynamic, DYNAMIC_TEMPLATES, {"mapping"})
        _check_field(name, dynamic["mapping"])


def _check_properties(properties: Json) -> None:
    for name, field in properties.items():
        _check_field(name, field)


def _check_field(name: str, field: Json) -> None:
    kind = field.get("type", "object")
    if kind not in PARAMETERS:
        raise Refused(400, "mapper_parsing_exception", f"No handler for type [{kind}] on [{name}]")
    unknown = set(field) - {"type"} - PARAMETERS[kind]
    if unknown:
        reason = f"unknown parameter {unknown} on mapper [{name}] of type [{kind}]"
        raise Refused(400, "mapper_parsing_exception", reason)
    _check_properties(field.get("properties", {}))
    _check_properties(field.get("fields", {}))


def _overlap(one: Json, other: Json) -> bool:
    return any(
        fnmatchcase(mine, theirs) or fnmatchcase(theirs, mine)
        for mine in one["index_patterns"]
        for theirs in other["index_patterns"]
    )


def _keys(what: str, body: object, allowed: Collection[str], needed: Collection[str] = ()) -> None:
    if not isinstance(body, dict):
        raise Refused(400, "x_content_parse_exception", f"[{what}] expected an object")
    for name in sorted(set(body) - set(allowed)):
        raise Refused(400, "x_content_parse_exception", f"[{what}] unknown field [{name}]")
    for name in sorted(set(needed) - set(body)):
        raise _refused(f"Required [{name}]")


def _known(what: str, names: Collection[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise _refused(f"unknown {what} [{name}]")


def _matches(name: str, value: object, pattern: re.Pattern[str]) -> None:
    if not pattern.fullmatch(str(value)):
        raise _refused(f"failed to parse setting [{name}] with value [{value}]")


def _refused(reason: str) -> Refused:
    return Refused(400, "illegal_argument_exception", reason)
