"""The settings of Elasticsearch, Logstash and Kibana, whose programs
are not available everywhere."""

import re

import pytest
import yaml

from tests.logging.compose_file import (
    LOGGING,
    ROOT,
    SERVICES,
    named_for_start,
    secrets_of,
    settings_of,
    variables_of,
)

# Variables that the images' start scripts turn into settings, files to read or Java options.
TAKEN_BY_IMAGES = re.compile(r"^ES_|_FILE$|\.")
KIBANA_OPTION = re.compile(
    r"^(SERVER|ELASTICSEARCH|XPACK|LOGGING|MONITORING|TELEMETRY|PATH|CSP|DATA|MAP|NEWSFEED|OPS|STATUS)_"
)
# Every setting is in the documentation of version 9 and has a reason in its file. A program does
# not start with a setting that it does not know.
SETTINGS = {
    "elasticsearch/elasticsearch.yml": {
        "cluster.name",
        "network.host",
        "xpack.security.enabled",
        "xpack.security.autoconfiguration.enabled",
        *(
            f"xpack.security.{layer}.ssl.{setting}"
            for layer in ("http", "transport")
            for setting in ("enabled", "certificate", "key", "certificate_authorities")
        ),
        "xpack.security.transport.ssl.verification_mode",
        "xpack.license.self_generated.type",
        "xpack.ml.enabled",
        "ingest.geoip.downloader.enabled",
        *(
            f"cluster.routing.allocation.disk.watermark.{mark}"
            for mark in ("low", "high", "flood_stage")
        ),
    },
    "kibana/kibana.yml": {
        *(f"server.{setting}" for setting in ("host", "port", "name", "basePath")),
        *(f"server.{setting}" for setting in ("rewriteBasePath", "publicBaseUrl")),
        *(f"server.ssl.{setting}" for setting in ("enabled", "certificate", "key")),
        "server.protocol",
        "server.shutdownTimeout",
        *(f"elasticsearch.{setting}" for setting in ("hosts", "username", "password")),
        "elasticsearch.ssl.certificateAuthorities",
        "xpack.security.encryptionKey",
        "xpack.encryptedSavedObjects.encryptionKey",
        "xpack.reporting.encryptionKey",
        "xpack.security.cookieName",
        "xpack.security.sameSiteCookies",
        "xpack.reporting.csv.escapeFormulaValues",
        "console.ui.enabled",
        "xpack.security.authc.selector.enabled",
        "xpack.security.authc.providers.anonymous.anonymous1.order",
        "xpack.security.authc.providers.anonymous.anonymous1.credentials.username",
        "xpack.security.authc.providers.anonymous.anonymous1.credentials.password",
        "xpack.security.authc.providers.basic.basic1.order",
        "telemetry.optIn",
        "telemetry.allowChangingOptInStatus",
        "newsfeed.enabled",
        "map.includeElasticMapsService",
        "monitoring.ui.enabled",
    },
    "logstash/logstash.yml": {
        "api.http.host",
        "pipeline.ecs_compatibility",
        "pipeline.workers",
        "queue.type",
        "queue.max_bytes",
        "dead_letter_queue.enable",
        "dead_letter_queue.max_bytes",
        "dead_letter_queue.storage_policy",
    },
}


@pytest.mark.parametrize("file", SETTINGS)
def test_only_known_settings_are_set(file: str) -> None:
    assert settings_of(file).keys() == SETTINGS[file]


@pytest.mark.parametrize("file", SETTINGS)
def test_secrets_come_from_the_environment(file: str) -> None:
    for name, value in settings_of(file).items():
        if re.search(r"password$|encryptionKey$", name, re.IGNORECASE):
            assert re.fullmatch(r"\$\{[A-Z_]+\}", value), name


@pytest.mark.parametrize("name", sorted(LOGGING))
def test_no_password_becomes_a_setting(name: str) -> None:
    """Kibana's image turns variables with known names into options, and
    Logstash's writes them into a file."""
    passwords = {secret.upper() for secret in named_for_start(name)}
    assert not any(map(TAKEN_BY_IMAGES.search, passwords))
    if name == "kibana":
        assert not any(map(KIBANA_OPTION.search, variables_of(name)))
    if name == "logstash":
        known = {re.sub(r"[._]", "", setting) for setting in SETTINGS["logstash/logstash.yml"]}
        assert not known & {variable.replace("_", "").lower() for variable in variables_of(name)}


def test_kibana_gets_every_variable_of_its_settings() -> None:
    named = re.findall(r"\$\{(\w+)\}", str(settings_of("kibana/kibana.yml")))
    assert set(named) == variables_of("kibana")


def test_kibanas_public_address_ends_with_its_prefix() -> None:
    """Kibana does not start if the two differ or either ends with a slash."""
    kibana = settings_of("kibana/kibana.yml")
    assert kibana["server.publicBaseUrl"] == "${PUBLIC_URL}" + kibana["server.basePath"]
    assert kibana["server.basePath"] == "/kibana"
    assert kibana["server.rewriteBasePath"] is True
    assert (
        f"{kibana['server.basePath']}/api/status" in SERVICES["kibana"]["healthcheck"]["test"][-1]
    )


def test_administrators_sign_in_to_kibana_without_a_second_password() -> None:
    kibana = settings_of("kibana/kibana.yml")
    providers = "xpack.security.authc.providers"
    assert kibana[f"{providers}.anonymous.anonymous1.order"] == 0
    assert kibana[f"{providers}.anonymous.anonymous1.credentials.username"] == "operator"
    assert kibana[f"{providers}.basic.basic1.order"] == 1
    assert kibana["xpack.security.authc.selector.enabled"] is False
    assert kibana["xpack.security.cookieName"] == "kibana"
    # Kibana redirects a user with a session away from its form, so signing out is documented, too.
    for file in ("ops/elk/kibana/kibana.yml", "docs/logging.md"):
        told = (ROOT / file).read_text()
        assert "/kibana/login?auth_provider_hint=basic1" in told
        assert "/kibana/logout" in told


def test_files_in_settings_are_mounted_there() -> None:
    elasticsearch, kibana = secrets_of("elasticsearch"), secrets_of("kibana")
    config = "/usr/share/elasticsearch/config/"
    for name, value in settings_of("elasticsearch/elasticsearch.yml").items():
        if re.search(r"\.(certificate|key|certificate_authorities)$", name):
            (path,) = value if isinstance(value, list) else [value]
            assert config + path in elasticsearch, name
    for name, value in settings_of("kibana/kibana.yml").items():
        if re.search(r"ssl\.(certificate|key|certificateAuthorities)$", name):
            (path,) = value if isinstance(value, list) else [value]
            assert path in kibana, name


def test_traffic_is_encrypted_and_authenticated() -> None:
    elasticsearch = settings_of("elasticsearch/elasticsearch.yml")
    for name in ("enabled", "http.ssl.enabled", "transport.ssl.enabled"):
        assert elasticsearch[f"xpack.security.{name}"] is True
    kibana = settings_of("kibana/kibana.yml")
    assert kibana["server.ssl.enabled"] is True
    assert kibana["elasticsearch.hosts"] == ["https://elasticsearch:9200"]


def test_every_pipeline_has_its_file_and_the_health_check_requests_one() -> None:
    pipelines = yaml.safe_load((ROOT / "ops/elk/logstash/pipelines.yml").read_text())
    mounted = {it["target"] for it in SERVICES["logstash"]["configs"]}
    assert {it["path.config"] for it in pipelines} <= mounted
    ids = [it["pipeline.id"] for it in pipelines]
    assert ids == ["logs", "refused"]
    assert SERVICES["logstash"]["healthcheck"]["test"][-1].endswith(f"/_node/pipelines/{ids[0]}")
    # Events that the second pipeline fails to store would otherwise return to it for ever.
    assert pipelines[1]["dead_letter_queue.enable"] is False
