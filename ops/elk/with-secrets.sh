#!/bin/sh
# Starts a program with secrets in its own environment: `with-secrets.sh elastic_password … -- PROGRAM …` reads
# /run/secrets/elastic_password into ELASTIC_PASSWORD. Variables set by Compose, and command lines, are visible to all
# accounts that may list containers. Elasticsearch's own ELASTIC_PASSWORD_FILE refuses files that others may read.
set -eu

main() {
    [ "${1-}" != -- ] || fail "say which secrets: with-secrets.sh NAME … -- PROGRAM …"
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        read_secret "$1"
        shift
    done
    [ $# -ge 2 ] || fail "say what to start: with-secrets.sh NAME … -- PROGRAM …"
    shift
    exec "$@"
}

read_secret() {
    # The name becomes a shell variable and a part of a path.
    case $1 in
        '' | *[!a-z0-9_]* | [0-9]*) fail "$1 is no name of a secret" ;;
    esac
    file="${SECRETS:-/run/secrets}/$1"
    [ -f "$file" ] && [ -r "$file" ] || fail "$file is missing or not readable: the container \`setup\` makes it, and docker-compose.yml mounts it"
    value=$(cat "$file")
    [ -n "$value" ] || fail "$file is empty: delete /secrets/all/$1 in the container \`setup\`, which makes a new one"
    export "$(printf '%s' "$1" | tr '[:lower:]' '[:upper:]')=$value"
}

fail() {
    echo "with-secrets: $*" >&2
    exit 1
}

main "$@"
