//! Settings that are written as text read back as the same settings.

use std::path::{Path, PathBuf};

use file_mst::NodeHash;
use mst_sync::contract::Contract;
use mst_sync::mapping::Mapping;
use mst_sync::source::{
    CsvFormat, EmptyValue, Escape, Header, LineEnd, Location, Select, Settings, TextEncoding, TreeSettings, Wanted,
    open,
};
use mst_types::Type;
use proptest::prelude::*;

/// What a mapping in `folder` reads from the text.
fn read_back(text: &str, folder: &Path) -> Settings {
    let contract = "version = 1\nname = \"one\"\n[[key]]\nname = \"id\"\ntype = \"i64\"\n[[field]]\nname = \"v\"\ntype \
                    = \"i64\"\n";
    let contract = Contract::parse(contract, Path::new("contract.toml")).unwrap();
    let text =
        format!("version = 1\ncontract = \"c.toml\"\n{text}[field.id]\ncolumn = \"id\"\n[field.v]\ncolumn = \"v\"\n");
    Mapping::parse_under(&text, &folder.join("mapping.toml"), contract)
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
        .source
}

/// Names with quotes, backslashes, line ends, letters of other scripts, and what TOML or a path could misread.
fn odd_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        r#"[a-z"'`\\ .#\[\]=é\n\t-]{1,12}"#,
        Just("C:\\data\\orders.csv".to_owned()),
        Just("'''\"\"\"".to_owned()),
        Just("-".to_owned()),
    ]
}

/// A file in the folder, in one below it, or elsewhere.
fn path(folder: &'static str) -> impl Strategy<Value = PathBuf> {
    let name = odd_text().prop_filter("the name of a file", |name| {
        Path::new(name).file_name().is_some() && !name.contains('\0') && Path::new(name).is_relative()
    });
    (name, 0..3).prop_map(move |(name, place)| match place {
        // Standard input has this name, so the file is written in another way.
        0 if !(folder.is_empty() && name == "-") => Path::new(folder).join(name),
        1 => Path::new(folder).join("below").join(name),
        _ => Path::new("/elsewhere of all").join(name),
    })
}

fn select() -> impl Strategy<Value = Select> {
    prop_oneof![
        odd_text().prop_map(Select::Table),
        // A query is read without blanks and semicolons at its end.
        odd_text()
            .prop_map(|query| Select::Query(query.trim().trim_end_matches(';').to_owned()))
            .prop_filter("reads as itself", |select| matches!(select, Select::Query(query) if query.trim() == query)),
    ]
}

fn location() -> impl Strategy<Value = Location> {
    prop_oneof![
        "[a-z]{1,5}://[a-z]{1,5}/[a-z?=&\"']{0,9}".prop_map(Location::Url),
        odd_text().prop_map(Location::Variable)
    ]
}

fn format() -> impl Strategy<Value = CsvFormat> {
    let escape = prop_oneof![Just(Escape::Unsaid), Just(Escape::Doubled), Just(Escape::Backslash)];
    let header = prop_oneof![
        Just(Header::FirstLine),
        Just(Header::Numbers),
        prop::collection::vec(odd_text(), 0..4).prop_map(Header::Names)
    ];
    let empty = prop_oneof![Just(EmptyValue::Unsaid), Just(EmptyValue::Text), Just(EmptyValue::Null)];
    let characters =
        (prop::sample::select(b",;\t|^~ \x01".to_vec()), prop::option::of(prop::sample::select(b"\"'$".to_vec())));
    let comment = prop::option::of(prop::sample::select(b"#%".to_vec()));
    let line_end = prop_oneof![Just(LineEnd::Lf), Just(LineEnd::Cr)];
    (characters, escape, comment, line_end, 0..i64::MAX as u64, header, empty).prop_map(
        |((delimiter, quote), escape, comment, line_end, skip_lines, header, empty)| CsvFormat {
            delimiter,
            quote,
            escape,
            line_end,
            comment,
            skip_lines,
            header,
            empty,
        },
    )
}

/// A commit, or a root.
fn version() -> impl Strategy<Value = (Option<u64>, Option<u64>, Option<NodeHash>)> {
    let number = || 0..i64::MAX as u64;
    let root = (prop::option::of(number()), prop::option::of(any::<[u8; 32]>().prop_map(NodeHash::from)));
    prop_oneof![number().prop_map(|commit| (Some(commit), None, None)), root.prop_map(|(at, hash)| (None, at, hash))]
}

fn types() -> impl Strategy<Value = (Option<Type>, Option<Type>)> {
    let ty = || {
        let types = ["u64", "String", "{a: u8, \"b c\": Option<decimal(2)>}", "enum State {Open, Paid(timestamp(ms))}"];
        prop::option::of(prop::sample::select(types.map(|text| text.parse().unwrap()).to_vec()))
    };
    (ty(), ty())
}

fn settings(folder: &'static str) -> impl Strategy<Value = Settings> {
    let encoding = || {
        let labels = ["utf-8", "windows-1252", "utf-16le", "Shift_JIS", "latin1"];
        prop::option::of(prop::sample::select(labels.to_vec()).prop_map(|label| TextEncoding::named(label).unwrap()))
    };
    prop_oneof![
        (prop::option::of(path(folder)), format(), encoding()).prop_map(|(path, format, encoding)| Settings::Csv {
            path,
            format,
            encoding
        }),
        (prop::option::of(path(folder)), encoding()).prop_map(|(path, encoding)| Settings::Ndjson { path, encoding }),
        path(folder).prop_map(|path| Settings::Parquet { path }),
        path(folder).prop_map(|path| Settings::Mapping { path }),
        (path(folder), version(), types()).prop_map(|(path, (commit, offset, hash), (key, value))| {
            Settings::Tree(TreeSettings { path, commit, offset, hash, key, value })
        }),
        (location(), select()).prop_map(|(location, select)| Settings::Postgres { location, select }),
        (location(), select()).prop_map(|(location, select)| Settings::Mysql { location, select }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 1000 } else { 5000 }))]

    #[test]
    fn all_settings_read_back_as_themselves(
        (folder, settings) in prop_oneof![
            (Just("/a folder/of 'maps'"), settings("/a folder/of 'maps'")),
            (Just(""), settings("")),
            (Just("maps"), settings("maps")),
        ]
    ) {
        let text = settings.to_toml(Path::new(folder));
        prop_assert_eq!(read_back(&text, Path::new(folder)), settings, "{}", text);
    }
}

#[test]
fn only_what_differs_from_the_defaults_is_written() {
    let path = Some("maps/orders.csv".into());
    let format = CsvFormat { delimiter: b';', ..CsvFormat::default() };
    let settings = Settings::Csv { path, format, encoding: None };
    let expected = "[source]\nkind = \"csv\"\npath = \"orders.csv\"\ndelimiter = \";\"\n";
    assert_eq!(settings.to_toml(Path::new("maps")), expected);
}

/// A file beside or above the folder of the mapping is found from there, also if the folder is a link.
#[test]
fn paths_between_folders_lead_to_the_same_file() {
    let base = tempfile::tempdir().unwrap();
    let at = |path: &str| base.path().join(path);
    std::fs::create_dir_all(at("real/maps")).unwrap();
    std::fs::create_dir_all(at("data")).unwrap();
    std::os::unix::fs::symlink(at("real/maps"), at("link")).unwrap();
    for file in ["top.csv", "data/orders.csv", "real/beside.csv"] {
        std::fs::write(at(file), "id,v\n1,2\n").unwrap();
        for folder in ["real/maps", "link"] {
            let settings = Settings::from_name(at(file).to_str().unwrap()).unwrap().unwrap();
            let text = settings.to_toml(&at(folder));
            assert!(text.contains("path = \"../"), "{text}");
            let read = read_back(&text, &at(folder));
            let Settings::Csv { path: Some(path), .. } = &read else { panic!("{read:?}") };
            assert_eq!(path.canonicalize().unwrap(), at(file).canonicalize().unwrap());
            open(&read, &Wanted::default()).unwrap();
        }
    }
}
