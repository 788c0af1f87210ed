-- Five minutes of one carrier in one region, and of whom its people called: what the page reads.
CREATE TABLE roll_up
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
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(bin)
ORDER BY (bin, carrier, region, called)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 100;

CREATE MATERIALIZED VIEW into_roll_up TO roll_up AS
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
FROM reports
GROUP BY bin, carrier, region, called;
