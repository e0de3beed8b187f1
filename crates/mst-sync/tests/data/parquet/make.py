"""Makes the Parquet files that tests read: a column for each logical type, and times of 96 bits (pyarrow 26)."""
import datetime as d
import decimal
import uuid
import pyarrow as pa
import pyarrow.parquet as pq

NANOS = 1767323045123456789
D = decimal.Decimal

columns = {
    "bool": pa.array([True, None], pa.bool_()),
    "i8": pa.array([-128, None], pa.int8()),
    "i16": pa.array([-32768, None], pa.int16()),
    "i32": pa.array([-(2**31), None], pa.int32()),
    "i64": pa.array([-(2**63), None], pa.int64()),
    "u8": pa.array([255, None], pa.uint8()),
    "u16": pa.array([65535, None], pa.uint16()),
    "u32": pa.array([2**32 - 1, None], pa.uint32()),
    "u64": pa.array([2**64 - 1, None], pa.uint64()),
    "f16": pa.array([0.1, None], pa.float16()),
    "f32": pa.array([0.1, None], pa.float32()),
    "f64": pa.array([0.1, None], pa.float64()),
    "decimal9": pa.array([D("-12345.67"), None], pa.decimal128(9, 2)),
    "decimal18": pa.array([D("1234567890123.45678"), None], pa.decimal128(18, 5)),
    "decimal38": pa.array([D("-99999999999999999999999999999999.999999"), None], pa.decimal128(38, 6)),
    "decimal76": pa.array([D("1" * 70 + ".5"), None], pa.decimal256(76, 1)),
    "text": pa.array(["Zoë\t\"", None], pa.string()),
    "large": pa.array(["x", None], pa.large_string()),
    "dictionary": pa.array(["x", None], pa.string()).dictionary_encode(),
    "bytes": pa.array([b"\x00\xff", None], pa.binary()),
    "fixed": pa.array([b"\x00\x01\x02", None], pa.binary(3)),
    "uuid": pa.array([uuid.UUID("00112233-4455-6677-8899-aabbccddeeff").bytes, None], pa.uuid()),
    "json": pa.array(['{"a": "5"}', None], pa.json_()),
    "date": pa.array([d.date(2024, 2, 29), None], pa.date32()),
    "time_ms": pa.array([45_296_789, None], pa.time32("ms")),
    "time_us": pa.array([45_296_789_012, None], pa.time64("us")),
    "time_ns": pa.array([45_296_789_012_345, None], pa.time64("ns")),
    "local_ms": pa.array([1767323045123, None], pa.timestamp("ms")),
    "local_us": pa.array([1767323045123456, None], pa.timestamp("us")),
    "local_ns": pa.array([NANOS, None], pa.timestamp("ns")),
    "utc_ms": pa.array([1767323045123, None], pa.timestamp("ms", "UTC")),
    "utc_us": pa.array([-1, None], pa.timestamp("us", "Europe/Berlin")),
    "utc_ns": pa.array([NANOS, None], pa.timestamp("ns", "UTC")),
    "null": pa.array([None, None], pa.null()),
    "list": pa.array([[1, 2], None], pa.list_(pa.int32())),
    "struct": pa.array([{"a": 1}, None], pa.struct([("a", pa.int32())])),
    "map": pa.array([[("a", 1)], None], pa.map_(pa.string(), pa.int32())),
    "last": pa.array(["end", "end"], pa.string()),
}
pq.write_table(pa.table(columns), "types.parquet", compression="none", use_dictionary=["dictionary"])

times = [NANOS, -1, 0]
table = pa.table({"id": pa.array([1, 2, 3], pa.int64()), "at": pa.array(times, pa.timestamp("ns"))})
pq.write_table(table, "int96.parquet", use_deprecated_int96_timestamps=True, compression="none")
pq.write_table(table, "ns.parquet", compression="none")

# Every page has a checksum, as Spark writes it.
pq.write_table(
    table, "crc.parquet", write_page_checksum=True, write_statistics=False, compression="none", use_dictionary=False
)
