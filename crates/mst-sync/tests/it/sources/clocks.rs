//! Times of day, durations, the ends of the calendar, and times in every spelling: one value for one meaning.

use super::Bench;
use super::phantoms::{contract, csv, postgres, same, sqlite};

#[test]
fn a_time_of_day_is_one_in_every_source() {
    for ty in ["time(us)", "text"] {
        let bench = Bench::new(&contract(&format!("type = \"{ty}\"")));
        let expected = bench.root(&csv(&bench, "10:00:00.5", ""));
        assert_ne!(bench.root(&csv(&bench, "10:00:00", "")), expected);
        same(
            &bench,
            &[
                Some(csv(&bench, "10:00:00.5", "")),
                Some(sqlite(&bench, "'10:00:00.5'", "")),
                postgres("TIME '10:00:00.500'", ""),
                postgres("CAST('10:00:00.5' AS time(3))", ""),
            ],
        );
        #[cfg(feature = "mysql")]
        for column in ["TIME(1)", "TIME(3)", "TIME(6)"] {
            if let Some((_table, mapping)) = super::phantoms::mysql(column, "'10:00:00.5'", "") {
                assert_eq!(bench.root(&mapping), expected, "{column}");
            }
        }
        #[cfg(feature = "parquet")]
        for column in ["ms", "us", "ns"] {
            super::parquet::times_of_day(&bench, 36_000_500);
            let mapping = format!(
                "[source]\nkind = \"parquet\"\npath = \"one.parquet\"\n[field.id]\ncolumn = \"id\"\n[field.x]\ncolumn = \"{column}\"\n"
            );
            assert_eq!(bench.root(&mapping), expected, "{column} as {ty}");
        }
    }
    let bench = Bench::new(&contract("type = \"time(us)\""));
    let expected = bench.root(&csv(&bench, "10:00:00.5", ""));
    for (value, more) in [
        ("10:00:00.500000000", ""),
        ("2026-03-29 10:00:00.5", "cast = \"time\"\n"),
        ("2026-07-01T08:00:00.5Z", "cast = \"time\"\ntime = { zone = \"Europe/Berlin\" }\n"),
        ("36000.5", "unit = \"s\"\ncast = \"time\"\n"),
        ("10:00:00.5 AM", "time = { format = \"%I:%M:%S%.f %p\" }\n"),
    ] {
        assert_eq!(bench.root(&csv(&bench, value, more)), expected, "{value} {more}");
    }
}

#[test]
fn values_that_are_no_time_of_day_are_refused() {
    let bench = Bench::new(&contract("type = \"time(us)\""));
    for value in
        ["24:00:00", "-10:00:00", "26:00:00", "10:00:00+02", "10:00:00Z", "10:60:00", "10", "PT10H", "00:00:60"]
    {
        bench.refused(&csv(&bench, value, ""), &[value, "a time of day, written HH:MM:SS"]);
    }
    for value in ["TIME '24:00:00'", "TIMETZ '10:00:00+02'"] {
        if let Some(mapping) = postgres(value, "") {
            bench.refused(&mapping, &["a time of day, written HH:MM:SS"]);
        }
    }
    if let Some(mapping) = postgres("INTERVAL '10 hours'", "") {
        bench.refused(&mapping, &["PT10H"]);
    }
    #[cfg(feature = "mysql")]
    for value in ["-10:00:00", "26:00:00", "24:00:00"] {
        if let Some((_table, mapping)) = super::phantoms::mysql("TIME", &format!("'{value}'"), "") {
            bench.refused(&mapping, &[value, "a time of day, written HH:MM:SS"]);
        }
    }
    let up = Bench::new(&contract("type = \"time(s)\"\nrounding = \"half-up\""));
    up.refused(&csv(&up, "23:59:59.5", ""), &["out of the range of time(s)"]);
}

#[test]
fn a_duration_is_one_in_every_source() {
    let bench = Bench::new(&contract("type = \"duration(ms)\"\nfloats = \"shortest\""));
    for (clock, iso, seconds, interval) in [
        ("26:00:00.5", "P1DT2H0.5S", "93600.5", "1 day 02:00:00.5"),
        ("-10:30:00", "-PT10H30M", "-37800", "-10 hours -30 minutes"),
        ("838:59:59", "PT838H59M59S", "3020399", "34 days 22:59:59"),
        ("00:00:00", "PT0S", "0", "0"),
        ("36:00:00", "P1DT12H", "129600", "2 days -12 hours"),
    ] {
        let expected = bench.root(&csv(&bench, clock, ""));
        same(
            &bench,
            &[
                Some(csv(&bench, clock, "")),
                Some(csv(&bench, iso, "")),
                Some(csv(&bench, seconds, "unit = \"s\"\n")),
                Some(csv(&bench, &format!("{seconds}e3"), "unit = \"ms\"\n")),
                Some(sqlite(&bench, seconds, "unit = \"s\"\n")),
                postgres(&format!("INTERVAL '{interval}'"), ""),
                postgres(&format!("{seconds}::float8"), "unit = \"s\"\n"),
                postgres(&format!("{seconds}::numeric"), "unit = \"s\"\n"),
            ],
        );
        #[cfg(feature = "mysql")]
        if let Some((_table, mapping)) = super::phantoms::mysql("TIME(3)", &format!("'{clock}'"), "") {
            assert_eq!(bench.root(&mapping), expected, "{clock}");
        }
        let _ = expected;
    }
    for (number, unit, clock) in [
        ("1.5", "d", "36:00"),
        ("0.5", "h", "0:30"),
        ("-90", "min", "-1:30"),
        ("1500000", "us", "0:00:01.5"),
        ("7e6", "ns", "0:00:00.007"),
    ] {
        let counted = csv(&bench, number, &format!("unit = \"{unit}\"\n"));
        assert_eq!(bench.root(&counted), bench.root(&csv(&bench, clock, "")), "{number} {unit}");
    }
    // Months and years have no fixed length.
    for value in ["P1M", "P1Y", "P1Y2M3D", "1 mon", "1 year"] {
        bench.refused(&csv(&bench, value, ""), &[value, "months and years have none"]);
    }
    for value in ["1 month", "1 year 2 days"] {
        if let Some(mapping) = postgres(&format!("INTERVAL '{value}'"), "") {
            bench.refused(&mapping, &["months and years have none"]);
        }
    }
    if let Some(mapping) = postgres("TIME '10:00'", "") {
        bench.refused(&mapping, &["expected duration, found a time of day", "cast = \"duration\""]);
        let since_midnight = postgres("TIME '10:00'", "cast = \"duration\"\n").unwrap();
        assert_eq!(bench.root(&since_midnight), bench.root(&csv(&bench, "10:00", "")));
    }
}

/// Zones, and their offsets at both ends of the calendar, far from any change of clocks.
const ZONES: [(&str, &str); 9] = [
    ("UTC", "Z"),
    ("Europe/Berlin", "+01"),
    ("America/New_York", "-05"),
    ("Pacific/Kiritimati", "+14"),
    ("Pacific/Pago_Pago", "-11"),
    ("Australia/Sydney", "+11"),
    ("Etc/GMT-2", "+02"),
    ("+05:45", "+0545"),
    ("-12:00", "-12:00"),
];

#[test]
fn the_last_second_of_the_year_9999_is_a_moment_in_every_zone() {
    let bench = Bench::new(&contract("type = \"timestamp(s)\""));
    for local in ["9999-12-31 00:00:00", "9999-12-31 23:59:59"] {
        for (zone, offset) in ZONES {
            let more = format!("time = {{ zone = \"{zone}\" }}\n");
            let expected = bench.root(&csv(&bench, &format!("{local}{offset}"), ""));
            same(
                &bench,
                &[
                    Some(csv(&bench, local, &more)),
                    Some(sqlite(&bench, &format!("'{local}'"), &more)),
                    Some(csv(&bench, &local.replace(' ', "T"), &more)),
                    postgres(&format!("TIMESTAMP '{local}'"), &more),
                    postgres(&format!("TIMESTAMPTZ '{local}{offset}'"), ""),
                ],
            );
            assert_eq!(bench.root(&csv(&bench, local, &more)), expected, "{local} {zone}");
            #[cfg(feature = "mysql")]
            if let Some((_table, mapping)) = super::phantoms::mysql("DATETIME", &format!("'{local}'"), &more) {
                assert_eq!(bench.root(&mapping), expected, "{local} {zone}");
            }
            let pattern = format!("time = {{ format = \"%Y-%m-%d %H:%M:%S\", zone = \"{zone}\" }}\n");
            assert_eq!(bench.root(&csv(&bench, local, &pattern)), expected, "{local} {zone}");
        }
    }
    let days = Bench::new(&contract("type = \"date\""));
    for (value, zone, day) in [
        ("9999-12-31T23:59:59Z", "UTC", "9999-12-31"),
        ("9999-12-31T23:59:59Z", "Europe/Berlin", "+010000-01-01"),
        ("9999-12-31T23:59:59Z", "America/New_York", "9999-12-31"),
        ("253402300799", "UTC", "9999-12-31"),
    ] {
        let format = if value.contains('T') { "" } else { "format = \"unix-s\", " };
        let more = format!("cast = \"date\"\ntime = {{ {format}zone = \"{zone}\" }}\n");
        assert_eq!(days.root(&csv(&days, value, &more)), days.root(&csv(&days, day, "")), "{value} {zone}");
    }
}

#[test]
fn years_before_the_first_are_counted_as_iso_8601_does() {
    let bench = Bench::new(&contract("type = \"timestamp(s)\""));
    let utc = "time = { zone = \"UTC\" }\n";
    for (text, iso) in [
        ("TIMESTAMP '0001-01-01 00:00:00'", "0001-01-01T00:00:00Z"),
        ("TIMESTAMP '0001-12-31 23:59:59 BC'", "0000-12-31T23:59:59Z"),
        ("TIMESTAMP '0044-03-15 12:00:00 BC'", "-000043-03-15T12:00:00Z"),
        ("TIMESTAMP '4713-01-01 00:00:00 BC'", "-004712-01-01T00:00:00Z"),
        ("TIMESTAMP '10000-01-01 00:00:00'", "+010000-01-01T00:00:00Z"),
        ("TIMESTAMP '294276-12-31 00:00:00'", "+294276-12-31T00:00:00Z"),
    ] {
        let expected = bench.root(&csv(&bench, iso, ""));
        assert_eq!(bench.root(&csv(&bench, iso.trim_end_matches('Z'), utc)), expected, "{iso}");
        if let Some(mapping) = postgres(text, utc) {
            assert_eq!(bench.root(&mapping), expected, "{iso}");
        }
    }
    #[cfg(feature = "mysql")]
    if let Some((_table, mapping)) = super::phantoms::mysql("DATETIME", "'0001-01-01 00:00:00'", utc) {
        assert_eq!(bench.root(&mapping), bench.root(&csv(&bench, "0001-01-01T00:00:00Z", "")));
    }
    // In a zone the clocks then showed its local solar time.
    let berlin = csv(&bench, "0001-01-01 00:00:00", "time = { zone = \"Europe/Berlin\" }\n");
    assert_eq!(bench.root(&berlin), bench.root(&csv(&bench, "0001-01-01T00:00:00+00:53:28", "")));
    for value in
        ["0000-00-00T00:00:00Z", "-000000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "2026-01-01T00:00:00+02:60"]
    {
        bench.refused(&csv(&bench, value, ""), &[value, "a time that exists"]);
    }
}

#[test]
fn text_is_cast_like_a_column_of_dates_or_times() {
    let utc = "time = { zone = \"UTC\" }\n";
    let moments = Bench::new(&contract("type = \"timestamp(s)\""));
    let expected = moments.root(&csv(&moments, "2026-07-01T00:00:00Z", ""));
    for more in [
        "cast = \"timestamp\"\ntime = { zone = \"UTC\" }\n",
        "cast = \"timestamp\"\ntime = { format = \"iso\", zone = \"UTC\" }\n",
    ] {
        same(
            &moments,
            &[
                Some(csv(&moments, "2026-07-01", more)),
                Some(csv(&moments, "2026-07-01 00:00:00", more)),
                Some(csv(&moments, "2026-07-01T02:00:00+02:00", more)),
                Some(sqlite(&moments, "'2026-07-01'", more)),
                postgres("DATE '2026-07-01'", more),
                postgres("'2026-07-01'::text", more),
            ],
        );
        assert_eq!(moments.root(&csv(&moments, "2026-07-01", more)), expected);
    }
    let german = "cast = \"timestamp\"\ntime = { format = \"%d.%m.%Y\", zone = \"UTC\" }\n";
    assert_eq!(moments.root(&csv(&moments, "01.07.2026", german)), expected);
    let days = Bench::new(&contract("type = \"date\""));
    let expected = days.root(&csv(&days, "2026-07-01", ""));
    for (value, more) in [
        ("2026-07-01 00:00:00", String::new()),
        ("2026-07-01T23:59:59.999", String::new()),
        ("2026-07-01", String::new()),
        ("2026-07-01T12:00:00Z", utc.to_owned()),
        ("01.07.2026 23:00", "time = { format = \"%d.%m.%Y %H:%M\" }\n".to_owned()),
    ] {
        let more = format!("cast = \"date\"\n{more}");
        assert_eq!(days.root(&csv(&days, value, &more)), expected, "{value}");
        assert_eq!(days.root(&sqlite(&days, &format!("'{value}'"), &more)), expected, "{value}");
    }
    let german = csv(&days, "01.07.2026", "time = { format = \"%d.%m.%Y\" }\n");
    assert_eq!(days.root(&german), expected);
    let counted = sqlite(&days, "20260701", "time = { format = \"%Y%m%d\" }\n");
    assert_eq!(days.root(&counted), expected);
    days.refused(&csv(&days, "2026-07-01T12:00:00Z", "cast = \"date\"\n"), &["depends on the zone", "time = { zone"]);
    days.refused(&csv(&days, "tomorrow", "cast = \"date\"\n"), &["a day that exists"]);
}

#[test]
fn epochs_may_be_floats() {
    for (ty, expected, more) in [
        ("timestamp(ms)", "2026-01-02T03:04:05.5Z", "time = { format = \"unix-s\" }\n"),
        ("date", "2026-01-02", "time = { format = \"unix-s\", zone = \"UTC\" }\ncast = \"date\"\n"),
        ("time(ms)", "03:04:05.5", "time = { format = \"unix-s\", zone = \"UTC\" }\ncast = \"time\"\n"),
    ] {
        let strict = Bench::new(&contract(&format!("type = \"{ty}\"")));
        strict.refused(&sqlite(&strict, "1767323045.5", more), &["floats", "shortest"]);
        let bench = Bench::new(&contract(&format!("type = \"{ty}\"\nfloats = \"shortest\"")));
        let expected = bench.root(&csv(&bench, expected, ""));
        let mappings = [
            Some(sqlite(&bench, "1767323045.5", more)),
            Some(csv(&bench, "1767323045.5", more)),
            Some(sqlite(&bench, "1767323045500.0", &more.replace("unix-s", "unix-ms"))),
            postgres("1767323045.5::float8", more),
            postgres("1767323045.5::numeric", more),
        ];
        for mapping in mappings.into_iter().flatten() {
            assert_eq!(bench.root(&mapping), expected, "{mapping}");
        }
    }
}

#[test]
fn digits_beyond_nanoseconds_are_rounded_as_the_contract_says() {
    let utc = "time = { zone = \"UTC\" }\n";
    let unix = "time = { format = \"unix-s\" }\n";
    let pattern = "time = { format = \"%d.%m.%Y %H:%M:%S%.f\", zone = \"UTC\" }\n";
    let nines = "9".repeat(40);
    for (rounding, below, half, above) in [("down", 0, 0, 0), ("half-up", 0, 1, 1), ("half-even", 0, 0, 1)] {
        let bench = Bench::new(&contract(&format!("type = \"timestamp(ns)\"\nrounding = \"{rounding}\"")));
        let at = |nanos: i32| bench.root(&csv(&bench, &format!("1970-01-01T00:00:07.{nanos:09}Z"), ""));
        for (digits, expected) in [
            (format!("0000000004{nines}"), below),
            (format!("0000000005{}", "0".repeat(40)), half),
            (format!("0000000005{nines}"), above),
        ] {
            for (value, more) in [
                (format!("1970-01-01T00:00:07.{digits}Z"), ""),
                (format!("1970-01-01 00:00:07.{digits}"), utc),
                (format!("1970-01-01T02:00:07.{digits}+02:00"), ""),
                (format!("7.{digits}"), unix),
                (format!("01.01.1970 00:00:07.{digits}"), pattern),
            ] {
                assert_eq!(bench.root(&csv(&bench, &value, more)), at(expected), "{rounding} {value}");
            }
        }
        // Before 1970 a half is rounded by its absolute value.
        let before = |text: &str| bench.root(&csv(&bench, text, ""));
        let expected = if half == 1 { "1969-12-31T23:59:58.999999999Z" } else { "1969-12-31T23:59:59Z" };
        assert_eq!(before("1969-12-31T23:59:58.9999999995Z"), before(expected), "{rounding}");
        for tiny in ["1e-400", "1e-99999999999999999999", "0e400"] {
            assert_eq!(bench.root(&csv(&bench, tiny, unix)), before("1970-01-01T00:00:00Z"), "{tiny}");
        }
        for huge in ["1e400", "1e99999999999999999999", "-1e30"] {
            assert!(bench.try_root(&csv(&bench, huge, unix)).is_err(), "{huge}");
        }
    }
    let strict = Bench::new(&contract("type = \"timestamp(ns)\""));
    for (value, more) in [
        ("1970-01-01T00:00:07.0000000001Z", ""),
        ("7.0000000001", unix),
        ("1e-400", unix),
        ("01.01.1970 00:00:07.0000000001", pattern),
    ] {
        strict.refused(&csv(&strict, value, more), &["whole ns", "rounding"]);
    }
    let zeros = csv(&strict, &format!("1970-01-01T00:00:07.{}Z", "0".repeat(60)), "");
    assert_eq!(strict.root(&zeros), strict.root(&csv(&strict, "7", unix)));
    let clock = Bench::new(&contract("type = \"time(s)\"\nrounding = \"down\""));
    let digits = format!("10:00:00.{nines}");
    assert_eq!(clock.root(&csv(&clock, &digits, "")), clock.root(&csv(&clock, "10:00", "")));
    let duration = Bench::new(&contract("type = \"duration(s)\"\nrounding = \"half-up\""));
    for (value, more) in
        [(format!("-00:00:06.{nines}"), ""), (format!("-6.{nines}"), "unit = \"s\"\n"), ("-PT6.5S".to_owned(), "")]
    {
        assert_eq!(
            duration.root(&csv(&duration, &value, more)),
            duration.root(&csv(&duration, "-00:00:07", "")),
            "{value}"
        );
    }
}

#[test]
fn a_zone_may_be_an_offset() {
    let bench = Bench::new(&contract("type = \"timestamp(s)\""));
    let expected = bench.root(&csv(&bench, "2026-07-01T00:00:00Z", ""));
    for zone in ["+02:00", "+02", "+0200", "Etc/GMT-2"] {
        let more = format!("time = {{ zone = \"{zone}\" }}\n");
        assert_eq!(bench.root(&csv(&bench, "2026-07-01 02:00:00", &more)), expected, "{zone}");
    }
    let parse = |zone: &str| {
        let text = format!(
            "version = 1\ncontract = \"contract.toml\"\n{}",
            csv(&bench, "x", &format!("time = {{ zone = \"{zone}\" }}\n"))
        );
        mst_sync::mapping::Mapping::parse(&text, &bench.path("mapping.toml"))
    };
    for zone in ["+02:60", "+26:00", "Nowhere/At_All", "", "+2"] {
        let error = parse(zone).unwrap_err().to_string();
        assert!(error.contains("unknown time zone") && error.contains("at most 59 minutes"), "{zone}: {error}");
    }
    assert!(parse("Europe/Berlin").unwrap().zones().contains("Europe/Berlin"));
    assert!(parse("+02:00").unwrap().zones().is_empty(), "no database says what an offset is");
}

#[test]
fn bytes_and_uuids_in_their_spellings() {
    let bytes = Bench::new(&contract("type = \"bytes\""));
    let expected = bytes.root(&csv(&bytes, "fbfffe01", ""));
    for (value, more) in [
        ("+//+AQ==", "decode = \"base64\"\n"),
        ("-__-AQ", "decode = \"base64url\"\n"),
        ("0xFBFFFE01", "decode = \"hex\"\n"),
    ] {
        assert_eq!(bytes.root(&csv(&bytes, value, more)), expected, "{more}");
    }
    bytes.refused(&csv(&bytes, "+//+AR==", "decode = \"base64\"\n"), &["not base64"]);
    let uuids = Bench::new(&contract("type = \"uuid\""));
    let expected = uuids.root(&csv(&uuids, "00112233-4455-6677-8899-aabbccddeeff", ""));
    for (stored, order) in
        [("66774455001122338899aabbccddeeff", "time-swapped"), ("33221100554477668899aabbccddeeff", "little-endian")]
    {
        let more = format!("uuid = \"{order}\"\n");
        assert_eq!(uuids.root(&sqlite(&uuids, &format!("x'{stored}'"), &more)), expected, "{order}");
        assert_eq!(uuids.root(&csv(&uuids, stored, &format!("{more}decode = \"hex\"\n"))), expected, "{order}");
        uuids.refused(&csv(&uuids, stored, &more), &["text has no byte order", "decode = \"hex\""]);
        #[cfg(feature = "mysql")]
        if let Some((_table, mapping)) = super::phantoms::mysql("BINARY(16)", &format!("x'{stored}'"), &more) {
            assert_eq!(uuids.root(&mapping), expected, "{order}");
        }
    }
    assert_eq!(uuids.root(&csv(&uuids, "ABEiM0RVZneImaq7zN3u/w==", "decode = \"base64\"\n")), expected);
}

#[test]
fn the_names_of_an_enum_are_normalised_like_values() {
    let text = contract(
        "type = \"enum\"\nnames = [\"Open\", \"PAID\", \"e\u{301}\"]\ncase = \"lower\"\nnfc = true\ntrim = true",
    );
    let bench = Bench::new(&text.replacen("name = \"one\"", "name = \"one\"\nunicode = \"15.0\"", 1));
    for (spellings, other) in [(["open", "Open", "OPEN ", "oPEN"], "paid"), (["é", "e\u{301}", "É", " É"], "open")] {
        let expected = bench.root(&csv(&bench, spellings[0], ""));
        for spelling in spellings {
            assert_eq!(bench.root(&csv(&bench, spelling, "")), expected, "{spelling}");
        }
        assert_ne!(bench.root(&csv(&bench, other, "")), expected);
    }
    bench.refused(&csv(&bench, "due", ""), &["none of the names", "open, paid, é"]);
}

#[test]
fn a_null_is_one_in_every_kind_of_value() {
    for (ty, null, sources) in [
        (
            "i64",
            "-1",
            vec![
                ("sqlite", "-1"),
                ("postgres", "-1"),
                ("postgres", "-1.00::numeric"),
                ("csv", "-1"),
                ("sqlite", "'-1'"),
            ],
        ),
        (
            "decimal(2)",
            "-1",
            vec![
                ("postgres", "-1.00::numeric(9, 2)"),
                ("sqlite", "-1"),
                ("sqlite", "-1.0"),
                ("postgres", "-1::float8"),
            ],
        ),
        ("bool", "false", vec![("postgres", "false"), ("csv", "false")]),
        (
            "date",
            "1900-01-01",
            vec![("postgres", "DATE '1900-01-01'"), ("csv", "1900-01-01"), ("sqlite", "'1900-01-01'")],
        ),
        (
            "timestamp(s)",
            "1900-01-01 00:00:00",
            vec![("postgres", "TIMESTAMP '1900-01-01'"), ("csv", "1900-01-01 00:00:00")],
        ),
        ("timestamp(ms)", "1900-01-01T00:00:00Z", vec![("postgres", "TIMESTAMPTZ '1900-01-01 00:00Z'")]),
        ("time(s)", "00:00", vec![("postgres", "TIME '00:00:00'"), ("csv", "00:00")]),
        ("bytes", "0x01", vec![("postgres", "'\\x01'::bytea"), ("sqlite", "x'01'"), ("csv", "0x01")]),
        ("text", "-", vec![("csv", "-"), ("sqlite", "'-'"), ("postgres", "'-'")]),
    ] {
        let bench = Bench::new(&contract(&format!("type = \"{ty}\"\nnull = \"allow\"")));
        let expected = bench.root(&sqlite(&bench, "NULL", ""));
        for (kind, value) in sources {
            let more = format!("null = [\"x\", \"{null}\"]\n");
            let mapping = match kind {
                "csv" => Some(csv(&bench, value, &more)),
                "sqlite" => Some(sqlite(&bench, value, &more)),
                _ => postgres(value, &more),
            };
            let Some(mapping) = mapping else { continue };
            assert_eq!(bench.root(&mapping), expected, "{ty} {kind} {value}");
            let everywhere = mapping.replace(&more, "").replacen("[field", &format!("null = [\"{null}\"]\n[field"), 1);
            assert_eq!(bench.root(&everywhere), expected, "{ty} {kind} {value}, in the source");
        }
    }
}

#[test]
fn a_part_of_a_key_that_may_be_null_is_given_a_value() {
    let contract = "version = 1\nname = \"parts\"\n[[key]]\nname = \"id\"\ntype = \"u32\"\n[[key]]\nname = \"part\"\ntype = \"text\"\n\
                    [[field]]\nname = \"x\"\ntype = \"text\"\n";
    let bench = Bench::new(contract);
    let rows = |rows: &str| {
        format!(
            "[source]\nkind = \"sqlite\"\npath = \"one.sqlite\"\nquery = \"SELECT * FROM (VALUES {rows})\"\n[field.id]\ncolumn = \"column1\"\n\
             [field.x]\ncolumn = \"column3\"\n[field.part]\ncolumn = \"column2\"\n"
        )
    };
    drop(rusqlite::Connection::open(bench.path("one.sqlite")).unwrap().execute_batch("PRAGMA user_version = 1"));
    bench.refused(
        &rows("(7, NULL, 'a')"),
        &["null is refused in a key", "null = \"key\"", "--on-error skip", "default = …"],
    );
    let with_default = format!("{}default = \"none\"\n", rows("(7, NULL, 'a'), (7, 'b', 'c')"));
    assert_eq!(bench.root(&with_default), bench.root(&rows("(7, 'none', 'a'), (7, 'b', 'c')")));
    // A row that already has the value is not silently treated as the same record.
    bench.refused(&format!("{}default = \"b\"\n", rows("(7, NULL, 'a'), (7, 'b', 'c')")), &["both have the key"]);
}

#[test]
fn a_commit_names_the_time_zone_database_and_the_zones_that_were_used() {
    use mst_sync::mapping::{TZDB_NOTE, ZONES_NOTE};
    let bench = Bench::new(&contract("type = \"timestamp(s)\""));
    let known = mst_sync::contract::zone_database().unwrap().as_bytes().to_vec();
    let notes = |name: &str, zone: &str| {
        let mapping = bench.mapping(&csv(&bench, "2026-07-01 02:00:00", &format!("time = {{ zone = \"{zone}\" }}\n")));
        let report = bench.build(&mapping, &bench.path(name)).unwrap();
        report.commit.unwrap().notes
    };
    let berlin = notes("a.mst", "Europe/Berlin");
    assert_eq!(berlin.get(TZDB_NOTE), Some(&known));
    assert_eq!(berlin.get(ZONES_NOTE).map(Vec::as_slice), Some(b"Europe/Berlin".as_slice()));
    // An offset needs no database.
    let offset = notes("b.mst", "+02:00");
    assert_eq!((offset.get(TZDB_NOTE), offset.get(ZONES_NOTE)), (Some(&known), None));
    // The next commit states its own.
    let again = notes("b.mst", "Asia/Tokyo");
    assert_eq!(again.get(ZONES_NOTE).map(Vec::as_slice), Some(b"Asia/Tokyo".as_slice()));
    // The database in this program satisfies the contract that asks for it.
    let text = contract("type = \"timestamp(s)\"").replacen(
        "[[key]]",
        &format!("tzdb = \"{}\"\n[[key]]", String::from_utf8(known).unwrap()),
        1,
    );
    let wanting = Bench::new(&text);
    wanting.root(&csv(&wanting, "2026-07-01T02:00:00Z", ""));
}
