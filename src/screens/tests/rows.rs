//! The rows of differences, fetched again from both sources.

use insta::assert_debug_snapshot;
use mst_sync::ingest::{BuildOptions, build};
use mst_sync::mapping::Mapping;
use rusqlite::Connection;

use super::*;

const CONTRACT: &str = "version = 1\nname = \"orders\"\nunicode = \"16.0.0\"\n\
    [[key]]\nname = \"order\"\ntype = \"text\"\ntrim = true\ncase = \"upper\"\n\
    [[field]]\nname = \"amount\"\ntype = \"decimal(2)\"\n\
    [[field]]\nname = \"status\"\ntype = \"enum\"\nnames = [\"open\", \"paid\"]\n";
const LEFT: &str = "table = \"orders\"\n[field.order]\nconcat = [{ text = \"ord-\" }, { column = \"id\" }]\n\
    [field.amount]\ncolumn = \"cents\"\nscale = -2\n\
    [field.status]\ncolumn = \"status\"\nmap = { NEW = \"open\", DONE = \"paid\" }\n";
const RIGHT: &str = "table = \"invoices\"\n[field.order]\ncolumn = \"ref\"\n\
    [field.amount]\ncolumn = \"total\"\n[field.status]\ncolumn = \"state\"\n";

/// Two databases, the trees that were built from them, and what has changed in the databases since.
struct Tables {
    folder: tempfile::TempDir,
    /// What the lines of the contract begin with.
    contract: String,
    keys: [&'static str; 2],
}

impl Tables {
    fn new(more_of_contract: &str) -> Self {
        let contract = CONTRACT.replacen("unicode", &format!("{more_of_contract}unicode"), 1);
        let tables = Self { folder: tempfile::tempdir().unwrap(), contract, keys: [LEFT, RIGHT] };
        tables.run(
            "left",
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, cents INTEGER, status TEXT, channel TEXT); \
             INSERT INTO orders VALUES (1, 100, 'NEW', 'shop'), (2, 200, 'NEW', 'shop'), (3, 300, 'DONE', 'phone'), \
             (5, 500, 'NEW', 'shop'), (6, 600, 'NEW', 'shop'), (7, 700, 'NEW', 'shop'), (8, 800, 'NEW', 'shop'), \
             (9, 900, 'NEW', 'shop')",
        );
        tables.run(
            "right",
            "CREATE TABLE invoices (ref TEXT, total TEXT, state TEXT, printed TEXT); \
             INSERT INTO invoices VALUES ('ord-1', '1.00', 'open', 'no'), ('ord-2', '2.00', 'paid', 'yes'), \
             ('ord-4', '4.00', 'open', 'no'), ('ord-5', '5.00', 'paid', 'no'), ('ord-6', '6.10', 'open', 'no'), \
             ('ord-7', '7.10', 'open', 'no'), ('ord-8', '8.10', 'open', 'no')",
        );
        tables
    }

    /// Both tables have whole numbers as keys, so that single rows can be queried.
    fn with_plain_keys() -> Self {
        let mut tables = Self::new("");
        tables.contract = tables.contract.replace("type = \"text\"\ntrim = true\ncase = \"upper\"", "type = \"i64\"");
        tables.keys = [
            "table = \"orders\"\n[field.order]\ncolumn = \"id\"\n[field.amount]\ncolumn = \"cents\"\n\
             [field.status]\ncolumn = \"status\"\nmap = { NEW = \"open\", DONE = \"paid\" }\n",
            "table = \"bills\"\n[field.order]\ncolumn = \"id\"\n[field.amount]\ncolumn = \"cents\"\n\
             [field.status]\ncolumn = \"state\"\n",
        ];
        tables.run(
            "right",
            "CREATE TABLE bills (id INTEGER PRIMARY KEY, cents INTEGER, state TEXT); \
             INSERT INTO bills VALUES (1, 100, 'open'), (2, 201, 'open'), (3, 301, 'paid')",
        );
        tables
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, side: &str, sql: &str) {
        Connection::open(self.path(&format!("{side}.sqlite"))).unwrap().execute_batch(sql).unwrap();
    }

    /// Changes rows after the trees were built: 5 agrees now, 6 has another amount on the left, 7 breaks the contract on the
    /// right, 8 has two rows there, and 9 is gone.
    fn change(&self) {
        self.run("left", "UPDATE orders SET cents = 655 WHERE id = 6; DELETE FROM orders WHERE id = 9");
        self.run(
            "right",
            "UPDATE invoices SET state = 'open' WHERE ref = 'ord-5'; UPDATE invoices SET total = 'a lot' WHERE ref = 'ord-7'; \
             INSERT INTO invoices VALUES ('ORD-8', '8.00', 'open', 'yes')",
        );
    }

    /// The trees of both tables as they are now.
    fn pair(&self) -> Pair {
        std::fs::write(self.path("contract.toml"), &self.contract).unwrap();
        let side = |side: &str, keys: &str| {
            let head = format!(
                "version = 1\ncontract = \"contract.toml\"\n[source]\nkind = \"sqlite\"\npath = \"{side}.sqlite\"\n{keys}"
            );
            let mapping = Mapping::parse(&head, &self.path("mapping.toml")).unwrap();
            let out = self.path(&format!("{side}.mst"));
            build(&mapping, &out, &BuildOptions::default(), &mut |_| {}).unwrap();
            (mapping, open(Arc::new(FileStorage::open(&out).unwrap()), &OpenOptions::default()).unwrap())
        };
        let [(left_mapping, left), (right_mapping, right)] = [side("left", self.keys[0]), side("right", self.keys[1])];
        let mut pair = pair(["left.mst", "right.mst"], left, right);
        pair.mappings = Some(Arc::new([left_mapping, right_mapping]));
        pair
    }
}

/// The screen of two trees whose tables have changed since.
fn changed(more_of_contract: &str, width: u16, height: u16) -> (Tables, Offscreen) {
    let tables = Tables::new(more_of_contract);
    let pair = tables.pair();
    tables.change();
    (tables, two_trees(pair, Theme::Dark, width, height))
}

const SIZES: [(u16, u16); 2] = [(80, 24), (160, 50)];
const FINGERPRINTS: &str = "values = \"fingerprint\"\nfingerprint = \"sha256\"\n";

/// The differences are those of the keys 2 to 9, in this order.
#[test]
fn screens() {
    for (width, height) in SIZES {
        let name = |case: &str| format!("rows_{case}_{width}");
        for (case, keys) in [
            ("changed", "]<Enter>"),
            ("only_left", "]]<Enter>"),
            ("agrees_now", "]]]]<Enter>"),
            ("changed_since", "]]]]]<Enter>"),
            ("broken", "]]]]]]<Enter>"),
            ("gone", "]]]]]]]]<Enter>"),
            ("list", "]<Enter><Esc>"),
        ] {
            let (_tables, mut screen) = changed("", width, height);
            press(&mut screen, keys);
            assert_debug_snapshot!(name(case), screen.buffer());
        }
        let (_tables, mut screen) = changed(FINGERPRINTS, width, height);
        assert_debug_snapshot!(name("fingerprints_list"), screen.buffer());
        press(&mut screen, "]<Enter>");
        assert_debug_snapshot!(name("fingerprints"), screen.buffer());
        let (_tables, mut screen) = changed("", width, height);
        press(&mut screen, "]<Enter>");
        drift_app(&mut screen).pretend_to_fetch([12_288, 3], None);
        assert_debug_snapshot!(name("fetching"), screen.buffer());
        drift_app(&mut screen).pretend_to_fetch([0, 0], Some("cannot fetch the rows of the orders: no such table"));
        assert_debug_snapshot!(name("failed"), screen.buffer());
    }
}

/// The head of the record view and the mark in the list, for each state of a key.
#[test]
fn each_state_of_a_key_is_said_in_words() {
    let cases: [(usize, &[&str], &str); 8] = [
        (1, &["~ the rows differ now: status"], "ORD-2  status"),
        (2, &["− only the left has a row now"], "ORD-3  (record)"),
        (3, &["+ only the right has a row now"], "ORD-4  (record)"),
        (
            4,
            &["= agrees now: the rows of both sides have the same fields", "right: its row has changed since"],
            "ORD-5  agrees now",
        ),
        (
            5,
            &["~ the rows differ now: amount", "left: its row has changed since the tree was built"],
            "ORD-6  changed since",
        ),
        (
            6,
            &["? cannot be compared now: right: ", "not a decimal number", "right: its row has changed"],
            "ORD-7  not compared now",
        ),
        (7, &["? cannot be compared now: right: 2 rows have this key"], "ORD-8  not compared now"),
        (8, &["= agrees now: no side has a row", "left: its row is gone"], "ORD-9  agrees now"),
    ];
    for (difference, words, mark) in cases {
        let (_tables, mut screen) = changed("", 120, 60);
        let keys = "]".repeat(difference);
        press(&mut screen, &format!("|{keys}<Enter>"));
        let text = screen.text();
        for word in words {
            assert!(text.contains(word), "no {word:?} in {text}");
        }
        press(&mut screen, "<Esc>");
        let text = screen.text();
        assert!(text.contains(mark), "no {mark:?} in {text}");
        assert!(text.contains("2 agree now"), "all listed rows came with the one that was asked for: {text}");
    }
}

#[test]
fn raw_columns_and_steps_are_shown_below() {
    let (_tables, mut screen) = changed("", 100, 70);
    press(&mut screen, "]<Enter>");
    let text = screen.text();
    for words in [
        "row 2 of left.sqlite, table orders",
        "channel  \"shop\"",
        "printed  \"yes\"",
        "column cents → 200 (a whole number)",
        "scale → 200 × 10^-2 (a number)",
        "map → \"open\" (text)",
    ] {
        assert!(text.contains(words), "no {words:?} in {text}");
    }
}

/// Where all rows of a source are read, those of all differences are kept, and no source is read again for them.
#[test]
fn one_read_of_a_whole_source_serves_all_differences() {
    let (tables, mut screen) = changed("", 120, 30);
    press(&mut screen, "]<Enter>");
    for side in ["left", "right"] {
        std::fs::remove_file(tables.path(&format!("{side}.sqlite"))).unwrap();
    }
    press(&mut screen, "]]]");
    assert!(screen.text().contains("= agrees now"), "{}", screen.text());
}

/// Where single rows can be queried, no others are read, and rows that are there are not fetched again unasked.
#[test]
fn single_rows_are_queried_where_that_is_possible() {
    let tables = Tables::with_plain_keys();
    let mut screen = two_trees(tables.pair(), Theme::Dark, 120, 40);
    press(&mut screen, "]<Enter>");
    assert!(screen.text().contains("~ the rows differ now: amount"), "{}", screen.text());
    tables.run("right", "UPDATE bills SET cents = 200 WHERE id = 2; UPDATE bills SET cents = 300 WHERE id = 3");
    press(&mut screen, "]");
    assert!(screen.text().contains("= agrees now"), "row 3 was not read before it was asked for: {}", screen.text());
    press(&mut screen, "[");
    assert!(screen.text().contains("~ the rows differ now"), "row 2 is not read twice: {}", screen.text());
    press(&mut screen, "r");
    assert!(screen.text().contains("= agrees now"), "{}", screen.text());
}

#[test]
fn all_rows_are_fetched_on_request_and_those_that_agree_counted() {
    for keys in ["r", ":rows<Enter>"] {
        let (_tables, mut screen) = changed("", 120, 30);
        assert!(!screen.text().contains("agree now"));
        press(&mut screen, keys);
        let text = screen.text();
        assert!(text.contains("2 agree now") && text.contains("DRIFTED"), "{text}");
        assert!(text.contains("the rows of 8 differences were fetched: 2 agree now"), "{text}");
    }
    let mut screen = two_trees(pair(["a", "b"], open_upstream(ORDERS), open_upstream(ORDERS_B)), Theme::Dark, 120, 30);
    press(&mut screen, "r");
    assert!(screen.text().contains("no rows to fetch: no mappings are known"), "{}", screen.text());
}

#[test]
fn a_failure_is_shown_in_place_and_r_tries_again() {
    let (tables, mut screen) = changed("", 120, 40);
    std::fs::rename(tables.path("right.sqlite"), tables.path("away")).unwrap();
    press(&mut screen, "]<Enter>");
    let text = screen.text();
    assert!(text.contains("✗ cannot fetch the rows of") && text.contains("r tries again"), "{text}");
    assert!(text.contains("status: open → paid"), "what the trees have is still shown: {text}");
    std::fs::rename(tables.path("away"), tables.path("right.sqlite")).unwrap();
    press(&mut screen, "r");
    assert!(screen.text().contains("~ the rows differ now: status"), "{}", screen.text());
}

#[test]
fn esc_stops_fetching_first_and_closes_then() {
    let (_tables, mut screen) = changed("", 120, 40);
    press(&mut screen, "]<Enter>");
    drift_app(&mut screen).pretend_to_fetch([5, 0], None);
    assert!(screen.text().contains("fetching the rows … 5 read on the left, 0 on the right; Esc stops"));
    press(&mut screen, "<Esc>");
    let app = drift_app(&mut screen);
    assert!(!app.is_fetching() && app.layers.is_open());
    press(&mut screen, "<Esc>");
    assert!(!drift_app(&mut screen).layers.is_open());
}

#[test]
fn values_that_are_not_to_be_seen_are_not_seen_in_rows() {
    for more in ["", FINGERPRINTS] {
        for difference in 1..=8 {
            let (_tables, mut screen) = changed(more, 160, 70);
            press(&mut screen, &format!("XXXX{}<Enter>", "]".repeat(difference)));
            let text = screen.text();
            assert!(text.contains("the rows are not shown while values are redacted"), "{text}");
            press(&mut screen, "<Esc>");
            let text = text + &screen.text();
            for secret in ["shop", "phone", "paid", "a lot", "6.55", "655"] {
                assert!(!text.contains(secret), "{secret} in {text}");
            }
        }
    }
}
