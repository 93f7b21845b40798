#!/bin/bash
# Installs the files next to this script in Elasticsearch and Kibana:
#   setup.sh elasticsearch    passwords, lifecycle, templates, roles and users
#   setup.sh kibana           data views, searches and dashboards
# A second run changes nothing. It exits with 0, or with 1 and a message that names the failed call and the reason.
# docs/logging.md has the settings. Passwords come as variables, and are passed to curl through pipes, because command
# lines are visible to every process of the machine.
#
# The image has bash and curl, but neither jq nor Python.
set -euo pipefail
shopt -s inherit_errexit
# Compares bytes, so that the meaning of printable does not depend on the locale.
export LC_ALL=C

main() {
    here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
    ELASTIC_CA=${ELASTIC_CA:-/run/secrets/elastic_ca}
    # At their first start Elasticsearch and Kibana take one to three minutes each.
    WAIT_SECONDS=${SETUP_WAIT_SECONDS:-300}
    # Right after a restart Elasticsearch may refuse a correct password, because it cannot read its users yet.
    SIGN_IN_SECONDS=${SETUP_SIGN_IN_SECONDS:-60}
    ANSWER_SECONDS=${SETUP_ANSWER_SECONDS:-60}
    POLL_SECONDS=${SETUP_POLL_SECONDS:-3}
    [[ -r $ELASTIC_CA ]] || fail "there is no certificate authority at $ELASTIC_CA: the container \`setup\` makes it"

    case ${1-} in
        elasticsearch) prepare_elasticsearch ;;
        kibana) prepare_kibana ;;
        *) fail "say what to prepare: setup.sh elasticsearch, or setup.sh kibana" ;;
    esac
}

prepare_elasticsearch() {
    check_settings
    check_passwords ELASTIC_PASSWORD KIBANA_SYSTEM_PASSWORD LOGSTASH_WRITER_PASSWORD OPERATOR_PASSWORD
    address=${ELASTIC_URL:-https://elasticsearch:9200}
    sign_in_as elastic "$ELASTIC_PASSWORD"
    wait_until_it_answers Elasticsearch /_security/_authenticate

    set_password kibana_system "$KIBANA_SYSTEM_PASSWORD"
    put_file /_ilm/policy/transcendence-logs lifecycle.json '"acknowledged":true'
    put_templates
    put_files /_security/role roles '"created":'
    put_user logstash_writer "$LOGSTASH_WRITER_PASSWORD" logstash_writer
    put_user operator "$OPERATOR_PASSWORD" log_reader

    check_that_they_sign_in
    say "Elasticsearch is prepared"
}

prepare_kibana() {
    check_passwords ELASTIC_PASSWORD
    address=${KIBANA_URL:-https://kibana:5601/kibana}
    sign_in_as elastic "$ELASTIC_PASSWORD"
    wait_until_it_answers Kibana /api/status

    # Kibana also answers 200 if it has imported only some objects, or none.
    call POST '/api/saved_objects/_import?overwrite=true' "@$here/objects.ndjson"
    expect '"success":true'
    # Not forced, so that an administrator's other choice stays.
    call POST /api/data_views/default '{"data_view_id":"transcendence-all","force":false}'
    expect '"acknowledged":true'
    say "Kibana is prepared"
}

check_settings() {
    LOG_RETENTION=${LOG_RETENTION:-30d}
    LOG_ROLLOVER_AGE=${LOG_ROLLOVER_AGE:-1d}
    LOG_ROLLOVER_SIZE=${LOG_ROLLOVER_SIZE:-5gb}
    LOG_REPLICAS=${LOG_REPLICAS:-0}
    # Without the unit m, which Elasticsearch reads as minutes, and people as months.
    check LOG_RETENTION '^[1-9][0-9]{0,3}[dh]$' 'days or hours such as 30d or 12h'
    check LOG_ROLLOVER_AGE '^[1-9][0-9]{0,3}[dh]$' 'days or hours such as 1d or 12h'
    check LOG_ROLLOVER_SIZE '^[1-9][0-9]{0,3}(mb|gb)$' 'a size such as 5gb or 500mb'
    check LOG_REPLICAS '^[0-9]$' 'a number from 0 to 9, less than there are nodes'
}

check() {
    [[ ${!1} =~ $2 ]] || fail "$1 must be $3, and is: ${!1}"
}

# Elasticsearch accepts no shorter password. Programs encode other characters than printable ASCII differently.
check_passwords() {
    local name
    for name in "$@"; do
        [[ -n ${!name-} ]] || fail "$name is missing: the container \`setup\` makes it"
        [[ ${!name} =~ ^[\ -~]{6,}$ ]] || fail "$name must be six or more printable ASCII characters"
    done
}

sign_in_as() {
    user=$1
    password=$2
}

wait_until_it_answers() {
    local deadline=$((SECONDS + WAIT_SECONDS)) refused_at=
    say "waiting for $1 at $address"
    while ask GET "$2"; [[ $status != 2?? ]]; do
        case $status in
            000 | 429 | 502 | 503)
                is_worth_another_try || fail "cannot talk to $1 at $address: $(reason)"
                ((SECONDS < deadline)) ||
                    fail "$1 at $address is not ready after $WAIT_SECONDS s: $(reason). Its own log says why"
                ;;
            401)
                refused_at=${refused_at:-$SECONDS}
                ((SECONDS < refused_at + SIGN_IN_SECONDS && SECONDS < deadline)) || fail_to_sign_in "$2"
                ;;
            *) fail_with_answer GET "$2" ;;
        esac
        sleep "$POLL_SECONDS"
    done
}

fail_to_sign_in() {
    fail "GET $1: HTTP 401: $(reason). Elasticsearch has another password for $user than the secrets. It reads the" \
        "secrets when its container is created: docker compose --profile logging up -d --force-recreate elasticsearch." \
        "If the password was changed in Elasticsearch itself, write that one into the secrets"
}

set_password() {
    call POST "/_security/user/$1/_password" "{\"password\":$(quoted "$2")}"
}

put_user() {
    call PUT "/_security/user/$1" "{\"password\":$(quoted "$2"),\"roles\":[\"$3\"],\"enabled\":true}"
    expect '"created":'
}

put_templates() {
    local template name changed
    DIGEST=$(digest)
    put_files /_component_template mappings '"acknowledged":true'
    for template in "$here"/templates/*.json; do
        name=$(name_of "$template")
        changed=true
        if is_installed "$name"; then changed=false; fi
        put_file "/_index_template/$name" "templates/$name.json" '"acknowledged":true'
        if $changed; then roll_over "$name"; fi
    done
}

# Prints a digest of all files that determine the settings of a new index.
digest() {
    local file text sum
    DIGEST=
    text=$(for file in "$here"/{mappings,templates}/*.json; do filled "${file#"$here"/}"; done)
    sum=$(printf '%s' "$text" | sha256sum)
    printf '%s' "${sum%% *}"
}

is_installed() {
    find_out "/_index_template/$1" && [[ $answer == *"\"digest\":\"$DIGEST\""* ]]
}

# An index keeps its mapping, so a changed mapping needs a new index.
roll_over() {
    if find_out "/_data_stream/$1"; then
        call POST "/$1/_rollover"
        expect '"rolled_over":true'
    fi
}

put_files() {
    local file name
    for file in "$here/$2"/*.json; do
        name=$(name_of "$file")
        put_file "$1/$name" "$2/$name.json" "$3"
    done
}

name_of() {
    basename -- "$1" .json
}

put_file() {
    local body
    body=$(filled "$2")
    call PUT "$1" "$body"
    expect "$3"
}

# The values contain no special characters of JSON or bash: check_settings has checked them.
filled() {
    local text name placeholder
    [[ -r $here/$1 ]] || fail "there is no $here/$1"
    text=$(<"$here/$1")
    for name in LOG_RETENTION LOG_ROLLOVER_AGE LOG_ROLLOVER_SIZE LOG_REPLICAS DIGEST; do
        placeholder="\${$name}"
        text=${text//"$placeholder"/${!name-}}
    done
    printf '%s\n' "$text"
}

# Otherwise Kibana and Logstash would retry for ever without an error here.
check_that_they_sign_in() {
    local name variable
    for name in kibana_system logstash_writer operator; do
        variable=${name^^}_PASSWORD
        sign_in_as "$name" "${!variable}"
        call GET /_security/_authenticate
        expect "\"username\":\"$name\""
    done
}

call() {
    ask_until_there_is_an_answer "$@"
    [[ $status == 2?? ]] || fail_with_answer "$1" "$2"
    say "$1 $2"
}

# Succeeds if the path exists.
find_out() {
    ask_until_there_is_an_answer GET "$1"
    case $status in
        2??) ;;
        404) return 1 ;;
        *) fail_with_answer GET "$1" ;;
    esac
}

expect() {
    [[ $answer == *"$1"* ]] || fail "$request: HTTP $status, but the answer does not hold $1: ${answer:0:1000}"
}

# Elasticsearch answers 503 while its index of users and roles starts. All requests here are safe to repeat.
ask_until_there_is_an_answer() {
    local deadline=$((SECONDS + WAIT_SECONDS))
    while ask "$@"; [[ $status == 000 || $status == 429 || $status == 503 ]]; do
        if ! is_worth_another_try || ((SECONDS >= deadline)); then fail_with_answer "$1" "$2"; fi
        sleep "$POLL_SECONDS"
    done
}

# Retries do not help against a wrong certificate: 35, 51, 58, 60 and 77 are curl's exit codes for that.
is_worth_another_try() {
    case $curl_status in
        35 | 51 | 58 | 60 | 77) return 1 ;;
    esac
}

# Arguments: method, path, and optionally a body: JSON, or @ and a file for a form. Sets status, answer and trouble.
ask() {
    local content=() said
    request="$1 $2"
    case ${3-} in
        '') ;;
        @*) content=(--form "file=$3") ;;
        *) content=(--header 'Content-Type: application/json' --data-binary @-) ;;
    esac
    curl_status=0
    # Without a proxy, because no proxy of the machine reaches these two servers.
    said=$(curl --silent --noproxy '*' --cacert "$ELASTIC_CA" --connect-timeout 5 --max-time "$ANSWER_SECONDS" \
        --config <(printf 'user = %s\n' "$(quoted "$user:$password")") --header 'kbn-xsrf: true' \
        --write-out '\n%{errormsg}\n%{http_code}' --request "$1" "${content[@]}" "$address$2" \
        < <(printf '%s' "${3-}")) || curl_status=$?
    status=${said##*$'\n'}
    said=${said%$'\n'*}
    trouble=${said##*$'\n'}
    answer=${said%$'\n'*}
    # A truncated answer counts as none.
    ((curl_status == 0)) || status=000
}

# Prints a JSON string, whose syntax is also that of strings in curl's configuration.
quoted() {
    local text=$1 result='' character index
    for ((index = 0; index < ${#text}; index++)); do
        character=${text:index:1}
        case $character in
            '"' | \\) result+="\\$character" ;;
            *) result+=$character ;;
        esac
    done
    printf '"%s"' "$result"
}

fail_with_answer() {
    if [[ $status == 000 ]]; then
        fail "$1 $2: no answer: $(reason)"
    else
        fail "$1 $2: HTTP $status: $(reason)"
    fi
}

# Prints the error messages: Elasticsearch has them in one or more `reason`, the innermost last, Kibana in `message`.
reason() {
    local rest=${answer:0:4000} found='' pattern='"(reason|message)":"(([^"\\]|\\.)*)"'
    if [[ $status == 000 ]]; then
        printf '%s' "${trouble:-curl ended with $curl_status}"
        return
    fi
    while [[ $rest =~ $pattern ]]; do
        [[ $found == *"${BASH_REMATCH[2]}"* ]] || found+="${found:+; }${BASH_REMATCH[2]}"
        rest=${rest#*"${BASH_REMATCH[0]}"}
    done
    printf '%s' "${found:-${answer:0:1000}}"
}

say() {
    printf 'setup: %s\n' "$*"
}

fail() {
    printf 'setup: %s\n' "$*" >&2
    exit 1
}

main "$@"
