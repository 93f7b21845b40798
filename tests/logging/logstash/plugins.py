"""The allowed plugins, with the settings of the versions that Logstash 9.5 bundles.

The settings are from each plugin's source (`config :name`). A missing one may
exist: look it up, then add it.
"""

# All filters have these settings from logstash-core.
OF_FILTERS = frozenset({"id", "add_field", "remove_field", "add_tag", "remove_tag"})

SETTINGS: dict[str, dict[str, frozenset[str]]] = {
    "input": {
        # logstash-input-file 4.4.7; settings for mode "read" are left out.
        "file": frozenset(
            {
                *("id", "path", "exclude", "mode", "start_position", "delimiter", "codec"),
                *("sincedb_path", "sincedb_write_interval", "sincedb_clean_after"),
                *("stat_interval", "discover_interval", "ignore_older", "close_older"),
                *("max_open_files", "file_chunk_size", "file_chunk_count"),
                *("file_sort_by", "file_sort_direction", "ecs_compatibility"),
            }
        ),
        # logstash-input-dead_letter_queue 2.0.1
        "dead_letter_queue": frozenset(
            {
                *("id", "path", "pipeline_id", "sincedb_path"),
                *("commit_offsets", "clean_consumed", "start_timestamp"),
            }
        ),
    },
    "codec": {
        # logstash-codec-plain 3.1.0
        "plain": frozenset({"charset", "format", "ecs_compatibility"}),
    },
    "filter": {
        # logstash-filter-drop 3.0.5
        "drop": OF_FILTERS | {"percentage"},
        # logstash-filter-fingerprint 3.5.0
        "fingerprint": OF_FILTERS | {"source", "target", "method", "key", "base64encode"},
        # logstash-filter-json 3.2.1
        "json": OF_FILTERS | {"source", "target", "tag_on_failure", "skip_on_invalid_json"},
        # logstash-filter-mutate 3.6.0
        "mutate": OF_FILTERS
        | {"rename", "update", "replace", "convert", "gsub", "copy", "tag_on_failure"},
        # logstash-filter-prune 3.0.4
        "prune": OF_FILTERS | {"whitelist_names", "blacklist_names", "interpolate"},
        # logstash-filter-ruby 3.1.8
        "ruby": OF_FILTERS | {"code", "init", "tag_on_exception"},
        # logstash-filter-truncate 1.0.6
        "truncate": OF_FILTERS | {"fields", "length_bytes"},
        # logstash-filter-useragent 3.3.5
        "useragent": OF_FILTERS | {"source", "target", "lru_cache_size", "ecs_compatibility"},
    },
    "output": {
        # logstash-output-elasticsearch 12.1.6. With data_stream => "true" it allows only the
        # settings shared with other plugins (api_configs.rb), data_stream_*, action "create",
        # routing and pipeline. Removed in Logstash 9: ssl, cacert, ssl_certificate_verification,
        # keystore, truststore and their passwords.
        "elasticsearch": frozenset(
            {
                *("id", "hosts", "user", "password", "api_key", "timeout", "compression_level"),
                *("ssl_enabled", "ssl_certificate_authorities", "ssl_verification_mode"),
                *("data_stream", "data_stream_type", "data_stream_dataset"),
                *("data_stream_namespace", "data_stream_sync_fields", "data_stream_auto_routing"),
                *("document_id", "action", "retry_initial_interval", "retry_max_interval"),
                *("silence_errors_in_log", "dlq_custom_codes"),
            }
        ),
    },
}
