#!/bin/sh
# Checks the configuration with Prometheus's and Alertmanager's own tools, and every script with shellcheck; `make lint`
# calls it. tests/monitoring tests what the rules do. Without the tools it prints a message and succeeds, except on CI.
set -eu

main() {
    cd -- "$(dirname -- "$0")"
    missing=
    check_scripts
    if command -v promtool >/dev/null; then
        quietly promtool check rules --lint-fatal prometheus/rules_*.yml
        quietly promtool check config prometheus/prometheus.yml
    else
        missing="$missing prometheus"
    fi
    if command -v amtool >/dev/null; then
        check_alertmanager
    else
        missing="$missing prometheus-alertmanager"
    fi
    [ -z "$missing" ] || say_missing
}

# Uses the clone's own shellcheck, so that everyone has the same version. make sets PROGRAMS to the folder.
check_scripts() {
    find . -name '*.sh' -exec "${PROGRAMS:-../.venv/bin}/shellcheck" {} +
}

# Alertmanager's configuration is a template: it is checked with all optional values, and with none.
check_alertmanager() {
    folder=$(mktemp -d)
    trap 'rm -r -- "$folder"' EXIT
    echo password >"$folder/password"
    env -i PATH="$PATH" PUBLIC_URL=https://pong.example SMTP_HOST=mail SMTP_PORT=1025 \
        sh alertmanager/start.sh --render >"$folder/least.yml"
    env -i PATH="$PATH" PUBLIC_URL=https://pong.example SMTP_HOST=mail.example SMTP_PORT=587 SMTP_TLS=starttls \
        SMTP_USERNAME=pong SMTP_PASSWORD_FILE="$folder/password" MAIL_FROM='Pong <pong@example.org>' \
        ALERT_MAIL_TO=a@example.org,b@example.org ALERT_HEARTBEAT_URL=https://heartbeat.example/token \
        sh alertmanager/start.sh --render >"$folder/most.yml"
    quietly amtool check-config "$folder/least.yml" "$folder/most.yml"
}

quietly() {
    answer=$("$@" 2>&1) || { printf '%s\n' "$answer" >&2; exit 1; }
}

say_missing() {
    echo "Not checked: ops/prometheus and ops/alertmanager, for which these packages are missing:$missing" >&2
    [ -z "${CI:-}" ]
}

main
