//! The logical table as a Parquet file.

use std::fs::File;
use std::sync::Arc;

use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, FixedLenByteArray, FixedLenByteArrayType, Int32Type, Int64Type,
};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;

use super::Bench;
use super::table::{by_name, nfd, rows};

const SCHEMA: &str = "message rows {
    REQUIRED INT64 id;
    REQUIRED BYTE_ARRAY part (UTF8);
    REQUIRED FIXED_LEN_BYTE_ARRAY (16) amount (DECIMAL(38, 8));
    OPTIONAL BYTE_ARRAY note (UTF8);
    OPTIONAL BOOLEAN flag;
    REQUIRED BYTE_ARRAY payload;
    REQUIRED INT64 at (TIMESTAMP(MICROS, true));
    REQUIRED INT32 day (DATE);
    REQUIRED FIXED_LEN_BYTE_ARRAY (16) ref (UUID);
    REQUIRED BYTE_ARRAY state (ENUM);
    REQUIRED BYTE_ARRAY doc (JSON);
    REQUIRED INT64 most (UINT_64);
}";

/// A file with one row: the key 7, and a time of day in three columns, in milliseconds, microseconds and nanoseconds.
pub(crate) fn times_of_day(bench: &Bench, milliseconds: i32) {
    let schema = "message rows { REQUIRED INT32 id; REQUIRED INT32 ms (TIME(MILLIS, true)); REQUIRED INT64 us (TIME(MICROS, false));
        REQUIRED INT64 ns (TIME(NANOS, true)); }";
    let file = File::create(bench.path("one.parquet")).unwrap();
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(WriterProperties::builder().build())).unwrap();
    let mut group = writer.next_row_group().unwrap();
    column::<Int32Type>(&mut group, vec![Some(7)]);
    column::<Int32Type>(&mut group, vec![Some(milliseconds)]);
    column::<Int64Type>(&mut group, vec![Some(i64::from(milliseconds) * 1000)]);
    column::<Int64Type>(&mut group, vec![Some(i64::from(milliseconds) * 1_000_000)]);
    group.close().unwrap();
    writer.close().unwrap();
}

/// Writes a column that may contain nulls.
pub(crate) fn column<T: parquet::data_type::DataType>(
    group: &mut SerializedRowGroupWriter<'_, File>,
    values: Vec<Option<T::T>>,
) {
    let mut writer = group.next_column().unwrap().unwrap();
    let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
    let present: Vec<T::T> = values.into_iter().flatten().collect();
    writer.typed::<T>().write_batch(&present, Some(&levels), None).unwrap();
    writer.close().unwrap();
}

pub(crate) fn mapping(bench: &Bench) -> String {
    let rows = rows();
    let file = File::create(bench.path("table.parquet")).unwrap();
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let properties = WriterProperties::builder().set_compression(parquet::basic::Compression::SNAPPY).build();
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties)).unwrap();
    for half in rows.chunks(6) {
        let mut group = writer.next_row_group().unwrap();
        let text = |text: &str| Some(ByteArray::from(text.as_bytes().to_vec()));
        let fixed = |bytes: [u8; 16]| Some(FixedLenByteArray::from(bytes.to_vec()));
        column::<Int64Type>(&mut group, half.iter().map(|row| Some(row.id)).collect());
        column::<ByteArrayType>(&mut group, half.iter().map(|row| text(&nfd(row.part))).collect());
        column::<FixedLenByteArrayType>(&mut group, half.iter().map(|row| fixed(row.amount.to_be_bytes())).collect());
        column::<ByteArrayType>(&mut group, half.iter().map(|row| text(&nfd(row.note?))).collect());
        column::<BoolType>(&mut group, half.iter().map(|row| row.flag).collect());
        column::<ByteArrayType>(
            &mut group,
            half.iter().map(|row| Some(ByteArray::from(row.payload.to_vec()))).collect(),
        );
        column::<Int64Type>(&mut group, half.iter().map(|row| Some(row.at)).collect());
        column::<Int32Type>(&mut group, half.iter().map(|row| Some(row.day)).collect());
        column::<FixedLenByteArrayType>(&mut group, half.iter().map(|row| fixed(row.uuid.to_be_bytes())).collect());
        column::<ByteArrayType>(&mut group, half.iter().map(|row| text(row.state)).collect());
        column::<ByteArrayType>(&mut group, half.iter().map(|row| text(row.doc)).collect());
        column::<Int64Type>(&mut group, half.iter().map(|row| Some(row.most.cast_signed())).collect());
        group.close().unwrap();
    }
    writer.close().unwrap();
    by_name("[source]\nkind = \"parquet\"\npath = \"table.parquet\"\n")
}
