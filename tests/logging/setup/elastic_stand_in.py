"""Elasticsearch and Kibana for ops/elk/setup/setup.sh: their stored state and their answers.

request_shapes.py defines valid bodies; elastic_server.py serves the stand-in.
"""

import json
import re
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from tests.logging.setup.request_shapes import (
    Json,
    Refused,
    check_component_template,
    check_index_template,
    check_lifecycle,
    check_role,
    check_user,
)

KIBANA = "/kibana"


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    user: str
    body: str

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Answer:
    status: int
    body: str


NEVER = Answer(0, "")


def compact(body: Json) -> str:
    """Serialise JSON without spaces, as both programs do."""
    return json.dumps(body, separators=(",", ":"))


def error(status: int, kind: str, reason: str) -> Answer:
    """Return an error in Elasticsearch's form."""
    cause = {"type": kind, "reason": reason}
    return Answer(status, compact({"error": {"root_cause": [cause], **cause}, "status": status}))


def kibana_error(status: int, kind: str, reason: str) -> Answer:
    return Answer(status, compact({"statusCode": status, "error": kind, "message": reason}))


@dataclass
class _Planned:
    pattern: re.Pattern[str]
    answer: Answer
    times: float


@dataclass
class ElasticStandIn:
    """A stand-in that keeps its state between the runs of a test, as Elasticsearch does."""

    passwords: dict[str, str]
    received: list[Received] = field(default_factory=list)
    lifecycles: dict[str, Json] = field(default_factory=dict)
    components: dict[str, Json] = field(default_factory=dict)
    templates: dict[str, Json] = field(default_factory=dict)
    roles: dict[str, Json] = field(default_factory=dict)
    users: dict[str, Json] = field(default_factory=dict)
    streams: dict[str, int] = field(default_factory=dict)
    objects: dict[tuple[str, str], Json] = field(default_factory=dict)
    default_view: str | None = None
    address: str = ""
    _planned: list[_Planned] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, request: str, answer: Answer, times: float = float("inf")) -> None:
        """Give this answer to the next requests that match the pattern as `METHOD /path user`."""
        self._planned.append(_Planned(re.compile(request), answer, times))

    @property
    def lines(self) -> list[str]:
        return [each.line for each in self.received]

    def answer(
        self, received: Received, headers: Mapping[str, str], password: str | None
    ) -> Answer:
        with self._lock:
            self.received.append(received)
            planned = self._next_planned(received)
            if planned:
                return planned
            try:
                self._admit(received, password)
                return Answer(200, compact(self._serve(received, headers)))
            except Refused as refused:
                say = kibana_error if received.path.startswith(KIBANA) else error
                return say(refused.status, refused.kind, refused.reason)

    def _next_planned(self, received: Received) -> Answer | None:
        for each in self._planned:
            if each.times > 0 and each.pattern.search(f"{received.line} {received.user}"):
                each.times -= 1
                return each.answer
        return None

    def _admit(self, received: Received, password: str | None) -> None:
        where = f"for REST request [{received.path}]"
        if password is None:
            raise Refused(401, "security_exception", f"missing authentication credentials {where}")
        if self.passwords.get(received.user) != password:
            reason = f"unable to authenticate user [{received.user}] {where}"
            raise Refused(401, "security_exception", reason)
        if received.user != "elastic" and received.line != "GET /_security/_authenticate":
            reason = f"action is unauthorized for user [{received.user}]"
            raise Refused(403, "security_exception", reason)

    def _serve(self, received: Received, headers: Mapping[str, str]) -> Json:
        for pattern, serve in self._routes().items():
            match = re.fullmatch(pattern, received.line)
            if match:
                return serve(received, headers, *match.groups())
        raise Refused(400, "illegal_argument_exception", f"no handler found for {received.line}")

    def _routes(self) -> dict[str, Callable[..., Json]]:
        name = r"([^/?]+)"
        return {
            r"GET /_security/_authenticate": self._authenticate,
            rf"(?:POST|PUT) /_security/user/{name}/_password": self._set_password,
            rf"PUT /_ilm/policy/{name}": self._put_lifecycle,
            rf"PUT /_component_template/{name}": self._put_component,
            rf"PUT /_index_template/{name}": self._put_template,
            rf"GET /_index_template/{name}": self._get_template,
            rf"GET /_data_stream/{name}": self._get_stream,
            rf"POST /{name}/_rollover": self._roll_over,
            rf"PUT /_security/role/{name}": self._put_role,
            rf"PUT /_security/user/{name}": self._put_user,
            rf"GET {KIBANA}/api/status": self._status,
            rf"POST {KIBANA}/api/saved_objects/_import\?overwrite=true": self._import,
            rf"POST {KIBANA}/api/data_views/default": self._set_default_view,
        }

    def _authenticate(self, received: Received, _: object) -> Json:
        return {"username": received.user, "roles": [], "enabled": True}

    def _set_password(self, received: Received, _: object, name: str) -> Json:
        body = _json(received)
        if set(body) != {"password"} or name not in self.passwords:
            raise Refused(400, "illegal_argument_exception", f"cannot set the password of {name}")
        self.passwords[name] = body["password"]
        return {}

    def _put_lifecycle(self, received: Received, _: object, name: str) -> Json:
        self.lifecycles[name] = check_lifecycle(_json(received))
        return {"acknowledged": True}

    def _put_component(self, received: Received, _: object, name: str) -> Json:
        self.components[name] = check_component_template(_json(received))
        return {"acknowledged": True}

    def _put_template(self, received: Received, _: object, name: str) -> Json:
        others = {key: value for key, value in self.templates.items() if key != name}
        self.templates[name] = check_index_template(name, _json(received), self.components, others)
        return {"acknowledged": True}

    def _get_template(self, _: Received, __: object, name: str) -> Json:
        if name not in self.templates:
            reason = f"index template matching [{name}] not found"
            raise Refused(404, "resource_not_found_exception", reason)
        return {"index_templates": [{"name": name, "index_template": self.templates[name]}]}

    def _get_stream(self, _: Received, __: object, name: str) -> Json:
        if name not in self.streams:
            raise Refused(404, "index_not_found_exception", f"no such index [{name}]")
        return {"data_streams": [{"name": name, "generation": self.streams[name]}]}

    def _roll_over(self, _: Received, __: object, name: str) -> Json:
        if name not in self.streams:
            reason = f"rollover target [{name}] does not exist"
            raise Refused(400, "illegal_argument_exception", reason)
        self.streams[name] += 1
        return {"acknowledged": True, "shards_acknowledged": True, "rolled_over": True}

    def _put_role(self, received: Received, _: object, name: str) -> Json:
        created = name not in self.roles
        self.roles[name] = check_role(_json(received))
        return {"role": {"created": created}}

    def _put_user(self, received: Received, _: object, name: str) -> Json:
        created = name not in self.users
        self.users[name] = check_user(_json(received))
        self.passwords[name] = self.users[name]["password"]
        return {"created": created}

    def _status(self, _: Received, __: object) -> Json:
        return {"name": "kibana", "status": {"overall": {"level": "available"}}}

    def _import(self, received: Received, headers: Mapping[str, str]) -> Json:
        _check_xsrf(headers)
        sent = re.search(r'filename="([^"]*)"\r\n.*?\r\n\r\n(.*?)\r\n--', received.body, re.DOTALL)
        if sent is None or not sent[1].endswith(".ndjson"):
            raise Refused(400, "Bad Request", "Invalid file extension")
        objects = [json.loads(line) for line in sent[2].splitlines() if line.strip()]
        found = {(each["type"], each["id"]): each for each in objects if "type" in each}
        errors = [
            {"type": kind, "id": name, "error": {"type": "missing_references", "references": lost}}
            for (kind, name), each in found.items()
            if (lost := _lost_references(each, found | self.objects))
        ]
        if errors:
            return {"successCount": len(found) - len(errors), "success": False, "errors": errors}
        self.objects |= found
        return {"successCount": len(found), "success": True, "warnings": []}

    def _set_default_view(self, received: Received, headers: Mapping[str, str]) -> Json:
        _check_xsrf(headers)
        body = _json(received)
        if set(body) - {"data_view_id", "force"} or "data_view_id" not in body:
            raise Refused(400, "Bad Request", "[request body]: definition for this key is missing")
        if self.default_view is None or body.get("force"):
            self.default_view = body["data_view_id"]
        return {"acknowledged": True}


def _json(received: Received) -> Json:
    try:
        body = json.loads(received.body)
    except ValueError as unreadable:
        raise Refused(400, "x_content_parse_exception", str(unreadable)) from unreadable
    if not isinstance(body, dict):
        raise Refused(400, "parsing_exception", "expected an object")
    return body


def _check_xsrf(headers: Mapping[str, str]) -> None:
    if "kbn-xsrf" not in headers:
        raise Refused(400, "Bad Request", "Request must contain a kbn-xsrf header.")


def _lost_references(saved: Json, known: Collection[tuple[str, str]]) -> list[Json]:
    """Return missing references of these two types; Kibana does not check the others."""
    return [
        each
        for each in saved.get("references", [])
        if each["type"] in {"index-pattern", "search"} and (each["type"], each["id"]) not in known
    ]
