-- One row a report. A column's default is what a report says by leaving a field out (null).
-- `received` is the minute of the collector's clock; `time` is the device's word, never counted by.
-- `fails_` is null where the report could not tell; `fails_called_` is of the carrier of the person
-- who can't be reached.
CREATE TABLE reports
(
    report_id UUID,
    received DateTime('UTC') CODEC(Delta, ZSTD),
    time LowCardinality(String),
    token UInt32,
    netcheck LowCardinality(String),
    rules UInt16,
    system LowCardinality(String),
    system_version LowCardinality(String),
    carrier LowCardinality(String),
    plmn LowCardinality(String),
    region LowCardinality(String),
    called LowCardinality(String),
    symptom LowCardinality(String),
    side LowCardinality(String),
    fault LowCardinality(String),
    severity LowCardinality(String),
    confidence LowCardinality(String),
    also Array(LowCardinality(String)),
    calling_ready Nullable(UInt8),
    interrupted UInt8,
    link LowCardinality(String),
    made_up_address Nullable(UInt8),
    wifi_band LowCardinality(String),
    wifi_signal LowCardinality(String),
    wifi_security LowCardinality(String),
    addresses Array(LowCardinality(String)),
    seen_as LowCardinality(String),
    provider_asn UInt32,
    provider_country LowCardinality(String),
    resolver LowCardinality(String),
    phone_service LowCardinality(String),
    router_delay LowCardinality(String),
    internet_delay LowCardinality(String),
    resolver_delay LowCardinality(String),
    gateway_delay LowCardinality(String),
    findings Array(LowCardinality(String)),
    failures Array(LowCardinality(String)),
    cut UInt8,
    fails_registration Nullable(UInt8),
    fails_names Nullable(UInt8),
    fails_gateways Nullable(UInt8),
    fails_called_names Nullable(UInt8),
    fails_called_gateways Nullable(UInt8)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(received)
ORDER BY (received, carrier, region)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 100;
