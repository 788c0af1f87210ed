-- Made by netcheck/fleet/store/sharding.py; run it once on one node:
--     clickhouse-client --database netcheck --multiquery < schema.sql

CREATE TABLE IF NOT EXISTS migrations ON CLUSTER netcheck
(
    number UInt16,
    name String,
    applied DateTime('UTC') DEFAULT now()
)
ENGINE = ReplicatedMergeTree('/netcheck/migrations', '{shard}-{replica}')
ORDER BY number;

CREATE TABLE reports_local ON CLUSTER netcheck
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
ENGINE = ReplicatedMergeTree
PARTITION BY toYYYYMM(received)
ORDER BY (received, carrier, region)
TTL received + toIntervalDay(90)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE reports ON CLUSTER netcheck AS reports_local
ENGINE = Distributed(netcheck, currentDatabase(), reports_local, reinterpretAsUInt64(report_id));

INSERT INTO migrations (number, name) VALUES (1, '0001_reports.sql');

CREATE TABLE roll_up_local ON CLUSTER netcheck
(
    bin DateTime('UTC'),
    carrier LowCardinality(String),
    region LowCardinality(String),
    called LowCardinality(String),
    reports SimpleAggregateFunction(sum, UInt64),
    told_registration SimpleAggregateFunction(sum, UInt64),
    failing_registration SimpleAggregateFunction(sum, UInt64),
    told_names SimpleAggregateFunction(sum, UInt64),
    failing_names SimpleAggregateFunction(sum, UInt64),
    told_gateways SimpleAggregateFunction(sum, UInt64),
    failing_gateways SimpleAggregateFunction(sum, UInt64),
    told_called_names SimpleAggregateFunction(sum, UInt64),
    failing_called_names SimpleAggregateFunction(sum, UInt64),
    told_called_gateways SimpleAggregateFunction(sum, UInt64),
    failing_called_gateways SimpleAggregateFunction(sum, UInt64),
    devices AggregateFunction(uniqCombined(12), UInt32)
)
ENGINE = ReplicatedAggregatingMergeTree
PARTITION BY toYYYYMM(bin)
ORDER BY (bin, carrier, region, called)
TTL bin + toIntervalDay(400)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE roll_up ON CLUSTER netcheck AS roll_up_local
ENGINE = Distributed(netcheck, currentDatabase(), roll_up_local, rand());

CREATE MATERIALIZED VIEW into_roll_up ON CLUSTER netcheck TO roll_up_local AS
SELECT
    toStartOfFiveMinutes(received) AS bin,
    carrier,
    region,
    called,
    count() AS reports,
    count(fails_registration) AS told_registration,
    countIf(fails_registration = 1) AS failing_registration,
    count(fails_names) AS told_names,
    countIf(fails_names = 1) AS failing_names,
    count(fails_gateways) AS told_gateways,
    countIf(fails_gateways = 1) AS failing_gateways,
    count(fails_called_names) AS told_called_names,
    countIf(fails_called_names = 1) AS failing_called_names,
    count(fails_called_gateways) AS told_called_gateways,
    countIf(fails_called_gateways = 1) AS failing_called_gateways,
    uniqCombinedState(12)(token) AS devices
FROM reports_local
GROUP BY bin, carrier, region, called;

INSERT INTO migrations (number, name) VALUES (2, '0002_roll_up.sql');

CREATE TABLE alarms_local ON CLUSTER netcheck
(
    carrier LowCardinality(String),
    region LowCardinality(String),
    stage LowCardinality(String),
    called LowCardinality(String),
    silent UInt8,
    began UInt32,
    kind LowCardinality(String),
    over Nullable(UInt32),
    confidence Float64,
    share_failing Float64,
    version UInt64
)
ENGINE = ReplicatedReplacingMergeTree(version)
ORDER BY (carrier, region, stage, called, silent, began);

CREATE TABLE alarms ON CLUSTER netcheck AS alarms_local
ENGINE = Distributed(netcheck, currentDatabase(), alarms_local, cityHash64(carrier, region, stage, called, silent, began));

INSERT INTO migrations (number, name) VALUES (3, '0003_alarms.sql');

ALTER TABLE reports_local ON CLUSTER netcheck ADD COLUMN batch UInt32 DEFAULT 0 AFTER token;

ALTER TABLE reports ON CLUSTER netcheck ADD COLUMN batch UInt32 DEFAULT 0 AFTER token;

INSERT INTO migrations (number, name) VALUES (4, '0004_batch.sql');
