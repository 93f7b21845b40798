#!/bin/sh
# Writes Alertmanager's configuration from alertmanager.yml.template and the environment, then starts Alertmanager:
#   start.sh [Alertmanager's arguments]
#   start.sh --render       only prints the configuration
# docs/monitoring.md has the variables of mail. ALERTMANAGER is the program. CONFIG_FOLDER is the folder for the
# configuration and a copy of the password, readable by their owner only; the default is a new temporary folder.
#
# Runs with the image's busybox, and with Debian's dash and mawk.
set -eu
# Compares bytes, so that the meaning of ASCII does not depend on the locale.
export LC_ALL=C

main() {
    here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
    for name in ALERT_MAIL_TO ALERT_HEARTBEAT_URL MAIL_FROM PUBLIC_URL \
        SMTP_HOST SMTP_PORT SMTP_TLS SMTP_USERNAME SMTP_PASSWORD_FILE; do
        check_printable "$name"
    done
    ALERT_MAIL_TO=${ALERT_MAIL_TO:-operators@localhost}
    MAIL_FROM=${MAIL_FROM:-Transcendence <no-reply@localhost>}
    SMTP_TLS=${SMTP_TLS:-none}

    check_url PUBLIC_URL "${PUBLIC_URL:-}"
    PUBLIC_URL=${PUBLIC_URL%/}
    [ -z "${ALERT_HEARTBEAT_URL:-}" ] || check_url ALERT_HEARTBEAT_URL "$ALERT_HEARTBEAT_URL"
    check_server
    check_encryption
    check_password
    check_recipients "$ALERT_MAIL_TO"
    MAIL_FROM=$(sender "$MAIL_FROM")

    PUBLIC_HOST=$(host_of "$PUBLIC_URL")
    TEMPLATES=$here/templates
    export SMTP_PASSWORD_FILE ALERT_MAIL_TO MAIL_FROM SMTP_HOST SMTP_TLS PUBLIC_HOST TEMPLATES STARTTLS TLS_ON_OTHER_PORT
    if [ "${1:-}" = --render ]; then
        render
    else
        become_alertmanager "$@"
    fi
}

become_alertmanager() {
    program=${ALERTMANAGER:-/bin/alertmanager}
    command -v "$program" >/dev/null || fail "there is no program $program; ALERTMANAGER names another"
    [ -z "$TLS_ON_OTHER_PORT" ] || check_knows_tls_on_other_ports "$program"
    umask 077
    folder=${CONFIG_FOLDER:-$(mktemp -d)}
    mkdir -p -- "$folder"
    # Files of an earlier start may be readable by others.
    rm -f -- "$folder/alertmanager.yml" "$folder/smtp_password"
    [ -z "$SMTP_PASSWORD_FILE" ] || copy_password "$folder/smtp_password"
    render >"$folder/alertmanager.yml"
    exec "$program" --config.file="$folder/alertmanager.yml" --cluster.listen-address= \
        --web.external-url="$PUBLIC_URL/alertmanager/" --web.route-prefix=/ "$@"
}

# Copies the password without its final line break, which Alertmanager 0.25 would send as a part of it.
copy_password() {
    printf '%s' "$(cat -- "$SMTP_PASSWORD_FILE")" >"$1"
    SMTP_PASSWORD_FILE=$(absolute "$1")
}

check_printable() {
    eval "value=\${$1:-}"
    # shellcheck disable=SC2154 # The line above does so.
    case $value in
        *[[:cntrl:]]*) fail "$1 holds a line break or another control character" ;;
    esac
}

check_url() {
    case $2 in
        *[!][A-Za-z0-9._~:/?#@!\$\&*+,\;=%-]*) fail "$1 must be an http or https address, with %.. for what is special" ;;
        http://[!/?#]* | https://[!/?#]*) ;;
        *) fail "$1 must be an http or https address such as https://pong.example.org" ;;
    esac
}

check_server() {
    case ${SMTP_HOST:-} in
        '') fail "SMTP_HOST is missing: the mail server that takes the alerts" ;;
        *[!A-Za-z0-9._:-]*) fail "SMTP_HOST must be the name or the address of a mail server, without its port" ;;
        *:*:*) SMTP_HOST="[$SMTP_HOST]" ;;
        *:*) fail "SMTP_HOST must be the name or the address of a mail server; its port is SMTP_PORT" ;;
    esac
    case ${SMTP_PORT:-} in
        '') fail "SMTP_PORT is missing: 465 for SMTP_TLS=tls and 587 for SMTP_TLS=starttls are usual" ;;
        *[!0-9]* | ??????*) fail "SMTP_PORT must be a number from 1 to 65535" ;;
    esac
    [ "$SMTP_PORT" -ge 1 ] && [ "$SMTP_PORT" -le 65535 ] || fail "SMTP_PORT must be a number from 1 to 65535"
}

# On port 465 Alertmanager always encrypts from the first byte, on other ports only if configured.
check_encryption() {
    STARTTLS=false
    TLS_ON_OTHER_PORT=
    case $SMTP_TLS:$SMTP_PORT in
        tls:465) ;;
        tls:*) TLS_ON_OTHER_PORT=true ;;
        none:465 | starttls:465) fail "SMTP_PORT 465 is encrypted from the first byte: set SMTP_TLS=tls" ;;
        none:*) ;;
        starttls:*) STARTTLS=true ;;
        *) fail "SMTP_TLS must be none, starttls or tls" ;;
    esac
}

check_knows_tls_on_other_ports() {
    version=$("$1" --version 2>&1 | awk '/version/ { split($3, part, "."); print part[1] * 1000 + part[2]; exit }')
    [ "${version:-0}" -ge 31 ] ||
        fail "SMTP_TLS=tls on another port than 465 needs Alertmanager 0.31: use 465, or starttls"
}

check_password() {
    if [ -z "${SMTP_USERNAME:-}" ]; then
        # The file may exist and be empty.
        SMTP_PASSWORD_FILE=
        return
    fi
    [ -n "${SMTP_PASSWORD_FILE:-}" ] || fail "SMTP_USERNAME is set, but SMTP_PASSWORD_FILE is not"
    SMTP_PASSWORD_FILE=$(absolute "$SMTP_PASSWORD_FILE")
    [ -f "$SMTP_PASSWORD_FILE" ] || fail "SMTP_PASSWORD_FILE is no file: $SMTP_PASSWORD_FILE"
    [ -r "$SMTP_PASSWORD_FILE" ] || fail "SMTP_PASSWORD_FILE is not readable: $SMTP_PASSWORD_FILE"
    grep -q '[^[:space:]]' "$SMTP_PASSWORD_FILE" ||
        fail "SMTP_USERNAME is set, but the password in SMTP_PASSWORD_FILE is empty"
    # Alertmanager's client sends no PLAIN password over an unencrypted connection: every mail would fail without a
    # notice.
    case $SMTP_TLS:$SMTP_HOST in
        none:localhost | none:127.0.0.1 | none:"[::1]") ;;
        none:*) fail "SMTP_USERNAME needs SMTP_TLS=starttls or tls: a password is not sent unencrypted" ;;
    esac
}

# Makes a path absolute, because Alertmanager resolves relative ones from the folder of its configuration.
absolute() {
    case $1 in
        /*) printf '%s\n' "$1" ;;
        *) printf '%s\n' "$PWD/$1" ;;
    esac
}

check_recipients() {
    case $1 in
        *[\<\>]*) fail "ALERT_MAIL_TO must be addresses without names, separated by commas" ;;
    esac
    rest=$1,
    while [ -n "$rest" ]; do
        address=$(trimmed "${rest%%,*}")
        check_address ALERT_MAIL_TO "$address"
        rest=${rest#*,}
    done
}

# Braces are refused, because Alertmanager treats sender and recipients as templates. Most servers accept only ASCII.
check_address() {
    case $2 in
        *[!A-Za-z0-9.@!#\$%\&\'*+/=?^_\`\|~-]* | *@*@* | @* | *@ | .* | *. | *..* | *.@* | *@.*)
            fail "$1 contains an invalid mail address: $2"
            ;;
        *@*) ;;
        *) fail "$1 contains an invalid mail address: ${2:-an empty one}" ;;
    esac
}

# Prints the sender from `Pong <pong@example.org>` or `pong@example.org`, the same forms as in auth. The name is encoded
# here: Alertmanager would encode a header that is not ASCII as a whole, and no program would find the address in it.
sender() {
    case $1 in
        *'{{'* | *'}}'*) fail "MAIL_FROM must not hold {{ or }}" ;;
        *'<'*'>')
            name=$(trimmed "${1%<*}")
            address=${1##*<}
            address=${address%>}
            ;;
        *)
            name=
            address=$1
            ;;
    esac
    check_address MAIL_FROM "$address"
    case $name in
        '') printf '%s\n' "$address" ;;
        *[!\ -~]*) printf '=?utf-8?B?%s?= <%s>\n' "$(unquoted "$name" | base64 | tr -d '\n')" "$address" ;;
        *) printf '"%s" <%s>\n' "$(unquoted "$name" | awk '{ gsub(/["\\]/, "\\\\&"); printf "%s", $0 }')" "$address" ;;
    esac
}

unquoted() {
    case $1 in
        '"'*'"') printf '%s\n' "$1" | awk '{ $0 = substr($0, 2, length($0) - 2); gsub(/\\\\/, "\001"); gsub(/\\/, "")
            gsub(/\001/, "\\"); printf "%s", $0 }' ;;
        *) printf '%s' "$1" ;;
    esac
}

trimmed() {
    printf '%s\n' "$1" | awk '{ gsub(/^ +| +$/, ""); print }'
}

host_of() {
    host=${1#*://}
    host=${host%%[/?#]*}
    host=${host##*@}
    case $host in
        \[*) printf '%s\n' "${host%%]*}]" ;;
        *) printf '%s\n' "${host%%:*}" ;;
    esac
}

# Replaces all names in one pass, so that a value that looks like a name is not replaced again. Values come from
# ENVIRON, because awk would interpret escapes in `-v`.
render() {
    awk '
        /^ *#/ { print; next }
        {
            line = $0
            rendered = ""
            while (match(line, /\$\{[A-Z_]+\}/)) {
                value = ENVIRON[substr(line, RSTART + 2, RLENGTH - 3)]
                if (value == "") next
                gsub(/\047/, "\047\047", value)
                rendered = rendered substr(line, 1, RSTART - 1) value
                line = substr(line, RSTART + RLENGTH)
            }
            print rendered line
        }
    ' "$here/alertmanager.yml.template"
}

fail() {
    printf 'alertmanager: %s\n' "$1" >&2
    exit 1
}

main "$@"
