//! The pictures in `screenshots/` are what the program draws. `UPDATE_SCREENSHOTS=1 cargo test --test it screenshots`
//! draws them again.

use std::path::Path;
use std::process::Command;

const ORDERS: &str = "samples/orders-a.mst@689494:13c1813f847ea9602145847868a2e6c452ea939a5f327b04a2357f1389135748";
const CONFIG: &str = "samples/config.mst@4096:ab543023267be666fddc71cdd0dc0a2304ea7262fe01e45a8152485fd0ea956b";

const LEDGER: &str = "samples/ledger.mst";
const HISTORY: &str = "samples/head-history.mst";
const BROKEN: &str = "samples/broken.mst";
const BILLING: &str = "samples/billing.mst";
const ORDERS_B: &str = "samples/orders-b.mst@689570:38c8553b1791f4a8395b43fbd3efda0ca169e9558048f9a50a2b7d586d8d3f90";
const SORTED: &str =
    "samples/same-set-sorted.mst@1117:83edbf5522a211323838c4e0b3407221a1568fbfc05ab1a9760d1c48e72b05b6";
const SHUFFLED: &str =
    "samples/same-set-shuffled.mst@1192:5bef8ce5f97bca731333e13af961fdb3c806523b9ac83b1c6410ecd533fbf2be";

const TYPED: &[&str] = &[
    "samples/typed-orders.mst@32768:63794e5ed789b3eff9f005012d29cde391ecda42dc80d6d1f667c7c4d442dc72",
    "--key",
    "String",
    "--value",
    "Order{customer: String, cents: decimal(2), paid: Option<timestamp(ms)>, \
     state: enum State {New, Sent{by: String}, Returned(u32)}, tags: Vec<String>}",
];

/// The two services of the tour.
const TOUR: &[&str] = &["samples/tour/orders.sqlite#db_orders", "samples/tour/billing.sqlite#db_invoices"];

/// Name, trees, size, theme, keys.
const PICTURES: &[(&str, &[&str], &str, &str, &str)] = &[
    ("browse", &[ORDERS], "120x36", "dark", "jjjjj"),
    ("browse-light", &[ORDERS], "120x36", "light", "jjjjj"),
    ("browse-narrow", &[CONFIG], "80x24", "dark", "jjj"),
    ("browse-small", &[CONFIG], "20x5", "dark", "jj"),
    ("own-file", &[LEDGER], "120x30", "dark", "jjjj"),
    ("own-value", &[LEDGER], "100x16", "dark", "jjjj<Enter>"),
    ("history", &[LEDGER], "120x12", "dark", "oh"),
    ("history-scanned", &[HISTORY], "120x12", "dark", "oh"),
    ("verify", &[BROKEN], "120x12", "dark", "ov"),
    ("shape", &[ORDERS], "120x36", "dark", "osllllllllllllllll"),
    ("shape-drift", &[LEDGER, BILLING], "100x16", "dark", "olos"),
    ("value", &[ORDERS], "100x16", "dark", "jjjjj<Enter>"),
    ("value-typed", TYPED, "100x14", "dark", ":key order-0005<Enter><Enter>"),
    ("help", &[CONFIG], "100x36", "dark", "?"),
    ("drift", &[ORDERS, ORDERS_B], "120x40", "dark", "]]"),
    ("drift-light", &[ORDERS, ORDERS_B], "120x24", "light", "]]"),
    ("drift-records", &[ORDERS, ORDERS_B], "120x24", "dark", "T]]"),
    ("drift-folded", &[ORDERS, ORDERS_B], "120x16", "dark", "jj<Space>jj<Space>"),
    ("drift-unfolded", &[LEDGER, BILLING], "120x24", "dark", "Tj<Space>"),
    ("drift-ledger", &[LEDGER, BILLING], "120x30", "dark", "]]"),
    ("drift-fields", &[LEDGER, BILLING], "120x20", "dark", "]]]]]]<Enter>"),
    ("drift-summary", &[LEDGER, BILLING], "100x18", "dark", "s"),
    ("drift-why", &[LEDGER, BILLING], "120x12", "dark", "]]w"),
    ("drift-unified", &[ORDERS, ORDERS_B], "80x24", "dark", "T]]"),
    ("drift-record", &[ORDERS, ORDERS_B], "120x16", "dark", "]]<Enter>"),
    ("drift-commits", &[LEDGER], "120x24", "dark", "ohd"),
    ("tables-draft", TOUR, "120x20", "dark", "jjj"),
    ("tables-drift", TOUR, "120x30", "dark", "<Enter>]]]"),
    ("tables-rows", TOUR, "120x34", "dark", "<Enter>]]]]<Enter>"),
    ("broken", &[BROKEN], "120x16", "dark", "j"),
    ("bytes", &[LEDGER], "140x30", "dark", "b<Down><Down><Down><Down><Down><Down><Down><Down><Down>"),
    ("bytes-damaged", &[BROKEN], "140x16", "dark", ":bytes 18386<Enter>jjjj"),
    ("explain", &[ORDERS], "140x16", "dark", "jjjjjw"),
    ("drift-same-records", &[SORTED, SHUFFLED], "120x12", "dark", ""),
    ("command", &[LEDGER], "100x20", "dark", ":o<Tab>"),
];

/// The themes in one picture, two in a row.
fn themes(root: &Path) -> String {
    const THEMES: [&str; 5] = ["dark", "light", "mono", "high-contrast", "colour-blind"];
    const SIZE: (usize, usize) = (80, 18);
    let pictures = THEMES.map(|theme| {
        let output = Command::new(env!("CARGO_BIN_EXE_mst-tui"))
            .current_dir(root)
            .env_remove("NO_COLOR")
            .env("TERM", "xterm-256color")
            .args(["screenshot", LEDGER, BILLING, "--theme", theme, "--keys", "]]"])
            .args(["--size", &format!("{}x{}", SIZE.0, SIZE.1)])
            .output()
            .expect("the program runs");
        assert!(output.status.success(), "{theme}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    });
    let size = |name: &str| -> u32 {
        let value = pictures[0].split_once(&format!("{name}=\"")).and_then(|(_, rest)| rest.split_once('"'));
        value.expect("a size").0.parse().expect("a number")
    };
    let (width, height) = (size("width"), size("height") + 28);
    let mut all = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" \
         font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"14\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#808590\"/>\n",
        2 * width + 30,
        3 * height + 10
    );
    for (at, (theme, picture)) in (0..).zip(THEMES.iter().zip(&pictures)) {
        let (x, y) = (10 + at % 2 * (width + 10), at / 2 * height + 28);
        all += &format!("<text x=\"{}\" y=\"{}\" fill=\"#ffffff\">--theme {theme}</text>\n", x + 12, y - 9);
        all += &picture.replacen("<svg ", &format!("<svg x=\"{x}\" y=\"{y}\" "), 1);
    }
    all + "</svg>\n"
}

#[test]
fn the_picture_of_the_themes_is_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("screenshots/themes.svg");
    let picture = themes(root);
    if std::env::var_os("UPDATE_SCREENSHOTS").is_some() {
        std::fs::write(&path, picture).expect("a picture");
    } else {
        let is_current = std::fs::read_to_string(&path).is_ok_and(|known| known == picture);
        assert!(is_current, "themes.svg is not what the program draws; renew with UPDATE_SCREENSHOTS=1");
    }
}

#[test]
fn the_committed_pictures_are_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let update = std::env::var_os("UPDATE_SCREENSHOTS").is_some();
    let mut stale = Vec::new();
    for (name, trees, size, theme, keys) in PICTURES {
        let output = Command::new(env!("CARGO_BIN_EXE_mst-tui"))
            .current_dir(root)
            .arg("screenshot")
            .args(*trees)
            .args(["--size", size, "--theme", theme, "--keys", keys])
            .output()
            .expect("the program runs");
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let path = root.join("screenshots").join(format!("{name}.svg"));
        if update {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(&path, &output.stdout).expect("a picture");
        } else if std::fs::read(&path).ok().as_deref() != Some(&*output.stdout) {
            stale.push(*name);
        }
    }
    assert!(stale.is_empty(), "not what the program draws: {stale:?}; renew with UPDATE_SCREENSHOTS=1");
}
