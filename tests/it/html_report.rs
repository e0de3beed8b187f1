//! `diff --html` and `compare --html`: one self-contained page, true to the diff, in which nothing foreign is markup. A
//! real browser sorts and filters it where one is installed.

use std::fs;
use std::process::Command;

use crate::program::{Scratch, good, refused, run};
use serde_json::Value as Json;

const LEDGER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/ledger.mst");
const BILLING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/billing.mst");

/// The page of a diff with these arguments, its exit code, and its path.
fn page(scratch: &Scratch, args: &[&str]) -> (String, i32, String) {
    let path = scratch.path(&format!("report-{}.html", fs::read_dir(scratch.0.path()).unwrap().count()));
    let ran = run(&[args, &["--html", &path]].concat());
    assert!(ran.err.is_empty() && ran.out.contains("written to "), "{}{}", ran.out, ran.err);
    (fs::read_to_string(&path).unwrap(), ran.code, path)
}

fn data(page: &str) -> Json {
    let (_, after) = page.split_once("id=\"data\">").expect("a page has data");
    serde_json::from_str(after.split("</script>").next().unwrap()).expect("JSON")
}

#[test]
fn a_report_says_what_the_diff_says() {
    let scratch = Scratch::new();
    let (text, code, path) = page(&scratch, &["diff", LEDGER, BILLING]);
    assert_eq!(code, 1);
    for part in [
        "<p class=\"verdict drifted\">drifted</p>",
        "<li>1 only left, 2 only right, 4 changed, 355 equal</li>",
        "<a href=\"#field=amount_cents\">amount_cents</a>",
        "<a href=\"#prefix=INV-202614\">INV-202614…</a>",
        "default-src 'none'",
        "prefers-color-scheme: dark",
    ] {
        assert!(text.contains(part), "no {part}");
    }
    // Nothing is fetched from elsewhere.
    for part in ["http:", "https:", "src=", "<link", "@import", "url("] {
        assert!(!text.contains(part), "{part}");
    }
    let rows = data(&text)["rows"].as_array().unwrap().clone();
    let keys: Vec<_> = rows.iter().map(|row| row[1].as_str().unwrap()).collect();
    assert_eq!(keys[..3], ["INV-2025977", "INV-2026057", "INV-2026141"]);
    assert_eq!(rows[5][4].to_string(), r#"[["amount_cents","45532","0"],["status","Paid","Refunded"]]"#);
    // The columns of the strip are those of the records, so equal ones count.
    assert!(rows[1][5].as_u64().unwrap() > 10 && rows[6][5].as_u64().unwrap() > 90, "{rows:?}");

    refused(&["diff", LEDGER, BILLING, "--html", &path], &["cannot write"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), text, "no file is replaced");
    refused(&["diff", LEDGER, BILLING, "--html", "x", "--json"], &["--json"]);
    let same = page(&scratch, &["diff", LEDGER, LEDGER]);
    assert!(same.1 == 0 && same.0.contains("<p class=\"verdict good\">same</p>"));
    let only = page(&scratch, &["diff", LEDGER, BILLING, "--only", "left"]).0;
    assert!(data(&only)["rows"].as_array().unwrap().len() == 1 && only.contains("Only a part of the differences"));
}

#[test]
fn redacted_values_are_not_in_the_page() {
    let scratch = Scratch::new();
    let (text, ..) = page(&scratch, &["diff", LEDGER, BILLING, "--format-value", "redacted"]);
    for value in ["45532", "Refunded", "C118", "206131"] {
        assert!(!text.contains(value), "{value} is shown");
    }
    let rows = data(&text)["rows"].to_string();
    assert!(rows.contains(r#"["status",null,null]"#) && rows.contains(" bytes, "), "{rows}");
}

/// Two trees in which keys and values try to be markup.
fn hostile(scratch: &Scratch) -> [String; 2] {
    let script = "</script><script>document.title='owned'</script><img src=x onerror=alert(1)>";
    [("<b>left</b>.mst", "1"), ("right'&.mst", "2")].map(|(name, value)| {
        let tree = scratch.path(&name.replace('/', "_"));
        for key in [script, "\u{202e}turned", "plain"] {
            good(&["put", &tree, key, &format!("{script}{value}")]);
        }
        tree
    })
}

#[test]
fn nothing_foreign_is_markup() {
    let scratch = Scratch::new();
    let [left, right] = hostile(&scratch);
    let (text, ..) = page(&scratch, &["diff", &left, &right]);
    assert_eq!(text.matches("<script").count(), 2, "the data and the script");
    assert!(!text.contains("<img") && !text.contains("<b>") && !text.contains('\u{202e}'));
    let rows = data(&text)["rows"].as_array().unwrap().clone();
    assert!(rows.iter().any(|row| row[1].as_str().unwrap().starts_with("</script><script>")), "the text is whole");
}

/// The page as a browser shows it, with a state after `#`; none if there is no browser.
fn in_browser(path: &str, state: &str) -> Option<String> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let browser = names.into_iter().find(|name| Command::new(name).arg("--version").output().is_ok())?;
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "--virtual-time-budget=5000"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{path}#{state}"))
        .output()
        .unwrap();
    Some(String::from_utf8(output.stdout).unwrap())
}

/// The texts of the table's cells with this class, in their order.
fn cells(dom: &str, class: &str) -> Vec<String> {
    let table = dom.split("<tbody id=\"rows\">").nth(1).unwrap().split("</tbody>").next().unwrap();
    let begins = format!("<td class=\"{class}\"");
    table.split(&begins).skip(1).map(|cell| cell.split(['>', '<']).nth(1).unwrap().to_owned()).collect()
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn a_browser_sorts_and_filters_it() {
    let scratch = Scratch::new();
    let (.., path) = page(&scratch, &["diff", LEDGER, BILLING]);
    let Some(all) = in_browser(&path, "") else {
        eprintln!("skipped: no chromium is installed");
        return;
    };
    assert!(all.contains("data-ready=\"7\"") && all.contains("7 of 7 differences"), "{all}");
    let keys = |state: &str| cells(&in_browser(&path, state).unwrap(), "key");
    assert_eq!(keys("filter=PAID"), ["INV-2026057", "INV-2026213", "INV-2026300"]);
    assert_eq!(keys("field=status&desc=1"), ["INV-2026300", "INV-2026057"]);
    assert_eq!(keys("kind=only-right"), ["INV-2025977", "INV-2026399"]);
    assert_eq!(keys("prefix=INV-202614"), ["INV-2026141", "INV-2026142"]);
    // Numbers sort as numbers.
    assert_eq!(keys("field=amount_cents&sort=left"), ["INV-2026300", "INV-2026141"]);

    let [left, right] = hostile(&scratch);
    let (.., path) = page(&scratch, &["diff", &left, &right]);
    let dom = in_browser(&path, "").unwrap();
    assert!(dom.contains("data-ready=\"3\"") && !dom.contains("<title>owned") && !dom.contains("<img"), "{dom}");
}
