-- What the detection says: one row an alarm, the newest version of it counts. Minutes are of 1970,
-- UTC; `over` is null while it lasts.
CREATE TABLE alarms
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
ENGINE = ReplacingMergeTree(version)
ORDER BY (carrier, region, stage, called, silent, began);
