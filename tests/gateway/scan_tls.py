# /// script
# requires-python = ">=3.11"
# dependencies = ["sslyze==6.3.1", "nassl==5.4.0", "tls-parser==2.0.2", "cryptography==46.0.7", "pydantic==2.14.4"]
# ///
"""Prints sslyze's findings about a port of this machine as one JSON object.

It is a script with its own dependencies, because sslyze requires an older `cryptography` than the
services: `uv run --script tests/gateway/scan_tls.py <port>`.
"""

import json
import sys

from sslyze import (  # type: ignore[import-not-found]
    Scanner,
    ServerNetworkConfiguration,
    ServerNetworkLocation,
    ServerScanRequest,
)
from sslyze.mozilla_tls_profile.tls_config_checker import (  # type: ignore[import-not-found]
    SCAN_COMMANDS_NEEDED_BY_MOZILLA_CHECKER,
    MozillaTlsConfiguration,
    ServerNotCompliantWithTlsConfiguration,
    TlsConfigurationEnum,
    check_server_against_tls_configuration,
)

HOST = "localhost"
VERSIONS = {
    "SSLv2": "ssl_2_0",
    "SSLv3": "ssl_3_0",
    "TLSv1.0": "tls_1_0",
    "TLSv1.1": "tls_1_1",
    "TLSv1.2": "tls_1_2",
    "TLSv1.3": "tls_1_3",
}


def main(port: int) -> None:
    location = ServerNetworkLocation(hostname=HOST, ip_address="127.0.0.1", port=port)
    request = ServerScanRequest(
        server_location=location,
        network_configuration=ServerNetworkConfiguration(tls_server_name_indication=HOST),
        scan_commands=SCAN_COMMANDS_NEEDED_BY_MOZILLA_CHECKER,
    )
    scanner = Scanner()
    scanner.queue_scans([request])
    (result,) = scanner.get_results()
    if result.scan_result is None:
        sys.exit(f"sslyze could not connect: {result.connectivity_error_trace}")
    found = result.scan_result
    suites = {
        version: [
            suite.cipher_suite.name
            for suite in getattr(found, f"{name}_cipher_suites").result.accepted_cipher_suites
        ]
        for version, name in VERSIONS.items()
    }
    facts = {
        "suites": {version: names for version, names in suites.items() if names},
        "curves": [curve.name for curve in found.elliptic_curves.result.supported_curves],
        "compression": found.tls_compression.result.supports_compression,
        "renegotiation_dos": (
            found.session_renegotiation.result.is_vulnerable_to_client_renegotiation_dos
        ),
        "heartbleed": found.heartbleed.result.is_vulnerable_to_heartbleed,
        "ccs": found.openssl_ccs_injection.result.is_vulnerable_to_ccs_injection,
        "robot": found.robot.result.robot_result.value,
        "against_mozilla_intermediate": _against_mozilla(result),
    }
    sys.stdout.write(json.dumps(facts) + "\n")


def _against_mozilla(result: object) -> dict[str, str]:
    wanted = MozillaTlsConfiguration.get(TlsConfigurationEnum.MOZILLA_INTERMEDIATE)
    try:
        check_server_against_tls_configuration(result, wanted)
    except ServerNotCompliantWithTlsConfiguration as error:
        return dict(error.issues)
    return {}


if __name__ == "__main__":
    main(int(sys.argv[1]))
