//! The screen of two tables, with canned work in place of databases, and a draft of the tour's tables.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

use insta::assert_debug_snapshot;
use mst_sync::draft::{
    Column, Draft, DraftOptions, Mark, MarkKind, Sampler, Table, UniqueKey, draft, draft_with, key_candidates,
};
use mst_sync::source::{Select, Settings, Wanted};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::panics::Threads;
use super::*;
use crate::model::diff::basis::Basis;
use crate::model::item::ValueFormat;
use crate::runtime::offscreen::text_of;
use crate::screens::tables::progress::Progress;
use crate::screens::tables::{Phase, TablesScreen};
use crate::tables::work::TableWork;
use crate::tables::{SideProgress, Tell};

const NAMES: [&str; 2] = ["samples/tour/orders.sqlite#db_orders", "samples/tour/billing.sqlite#db_invoices"];

fn table(named: [&str; 3]) -> Table {
    table_with(named, None)
}

/// A table of the tour, with a second column like one of its own.
fn table_with([file, name, primary]: [&str; 3], twice: Option<&str>) -> Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/tour").join(file);
    let settings = Settings::Sqlite { path, select: Select::Table(name.to_owned()) };
    let mut source = mst_sync::source::open(&settings, &Wanted::default()).unwrap();
    let mut columns = source.columns().to_vec();
    let twice = twice.and_then(|name| columns.iter().position(|column| column == name));
    columns.extend(twice.map(|_| "gross".to_owned()));
    let primary = [primary.to_owned()];
    let mut sampler = Sampler::new(columns.len(), &key_candidates(&columns, &primary));
    source
        .each(&mut |row| {
            let mut cells: Vec<_> = row.unwrap().cells.iter().map(|cell| cell.borrowed().into_owned()).collect();
            cells.extend(twice.map(|at| cells[at].clone()));
            sampler.push(&cells);
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
    Table {
        name: name.to_owned(),
        columns: columns.iter().map(Column::named).collect(),
        unique: vec![UniqueKey { columns: primary.to_vec(), is_primary: true }],
        empty_is_open: false,
        sample: sampler.finish(),
    }
}

/// The draft of the tour: a key with a prefix, a scale, a map, a rule about case, a time zone, and columns left over.
fn tour_draft() -> Draft {
    static DRAFT: OnceLock<Draft> = OnceLock::new();
    let (left, right) = (["orders.sqlite", "db_orders", "id"], ["billing.sqlite", "db_invoices", "invoice_no"]);
    DRAFT.get_or_init(|| draft(&table(left), &table(right)).unwrap()).clone()
}

/// The same with a copy of the right table's total, so that no one can tell which of both is the amount.
fn undecided_draft() -> Draft {
    static DRAFT: OnceLock<Draft> = OnceLock::new();
    let read = || {
        let right = table_with(["billing.sqlite", "db_invoices", "invoice_no"], Some("total"));
        draft(&table(["orders.sqlite", "db_orders", "id"]), &right).unwrap()
    };
    DRAFT.get_or_init(read).clone()
}

/// Work whose results are known beforehand.
#[derive(Debug)]
struct Canned {
    names: [String; 2],
    draft: Option<Draft>,
    /// How often the work fails before it succeeds.
    failures: AtomicUsize,
    /// The folders that were written into.
    written: Mutex<Vec<PathBuf>>,
    /// What the last build was asked to build under.
    built: Mutex<Option<Draft>>,
}

const WHY: &str = "no columns of both tables identify the same records\n\nname the key with --key: mst-tui compare \
                   orders.csv billing.csv --key id";

impl Canned {
    fn new(draft: Option<Draft>, failures: usize) -> Self {
        Self {
            names: NAMES.map(str::to_owned),
            draft,
            failures: AtomicUsize::new(failures),
            written: Mutex::default(),
            built: Mutex::default(),
        }
    }

    fn may_fail(&self) -> anyhow::Result<()> {
        let left = self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if left.is_ok() { Err(anyhow::anyhow!(WHY)) } else { Ok(()) }
    }
}

impl TableWork for Canned {
    fn names(&self) -> &[String; 2] {
        &self.names
    }

    fn needs_draft(&self) -> bool {
        self.draft.is_some()
    }

    fn draft(&self, tell: Tell<'_>) -> anyhow::Result<Draft> {
        let _ = tell(0, SideProgress { rows: 400, share: Some(1.0), is_done: true });
        self.may_fail()?;
        self.draft.clone().ok_or_else(|| anyhow::anyhow!("there is nothing to draft"))
    }

    fn build(&self, draft: Option<&Draft>, _tell: Tell<'_>) -> anyhow::Result<Pair> {
        self.may_fail()?;
        *self.built.lock().unwrap() = draft.cloned();
        let mut pair = pair([ORDERS.0, ORDERS_B.0], open_upstream(ORDERS), open_upstream(ORDERS_B));
        pair.basis = draft.map(Basis::of_draft).unwrap_or_default();
        Ok(pair)
    }

    fn write(&self, _draft: &Draft, folder: &Path) -> anyhow::Result<[PathBuf; 3]> {
        self.written.lock().unwrap().push(folder.to_owned());
        Ok(["contract.toml", "left.toml", "right.toml"].map(|file| folder.join(file)))
    }
}

/// The screen of canned work, of which a reference is kept.
#[derive(Clone, Debug)]
struct SharedWork(Arc<Canned>);

impl TableWork for SharedWork {
    fn names(&self) -> &[String; 2] {
        self.0.names()
    }

    fn needs_draft(&self) -> bool {
        self.0.needs_draft()
    }

    fn draft(&self, tell: Tell<'_>) -> anyhow::Result<Draft> {
        self.0.draft(tell)
    }

    fn build(&self, draft: Option<&Draft>, tell: Tell<'_>) -> anyhow::Result<Pair> {
        self.0.build(draft, tell)
    }

    fn write(&self, draft: &Draft, folder: &Path) -> anyhow::Result<[PathBuf; 3]> {
        self.0.write(draft, folder)
    }
}

fn two_tables(work: Canned, theme: Theme, width: u16, height: u16) -> (Arc<Canned>, Offscreen) {
    let work = Arc::new(work);
    let on = Destination::Tables(Box::new(SharedWork(Arc::clone(&work))));
    (work, Offscreen::open(on, Arc::new(Upstream), theme, width, height))
}

fn tables_app(screen: &mut Offscreen) -> &mut TablesScreen {
    screen.stack.top_as().expect("the screen of two tables")
}

fn is_on_drift(screen: &mut Offscreen) -> bool {
    screen.stack.top_as::<DiffScreen>().is_some()
}

fn tour() -> Canned {
    Canned::new(Some(tour_draft()), 0)
}

/// A screen whose work never answers, after this progress, as it is drawn.
fn working(needs_draft: bool, progress: &[(u64, [SideProgress; 2])], width: u16, height: u16) -> Buffer {
    let draft = needs_draft.then(tour_draft);
    let area = Rect::new(0, 0, width, height);
    let mut screen = TablesScreen::start(Arc::new(Canned::new(draft, 1)), Start { area, ..start() });
    for (millis, sides) in progress {
        screen.take_progress(Progress { at: Duration::from_millis(*millis), sides: *sides });
    }
    let mut buffer = Buffer::empty(area);
    Screen::draw(&screen, &mut buffer);
    buffer
}

fn side(rows: u64, share: Option<f64>) -> SideProgress {
    SideProgress { rows, share, is_done: false }
}

#[test]
fn reading_and_building() {
    let both = |rows: u64, share| [side(rows, Some(share)), side(rows / 3, Some(share / 2.0))];
    let known: Vec<_> = (1..=40_u64).map(|at| (at * 100, both(at * 31_000, at as f64 / 100.0))).collect();
    assert_debug_snapshot!("tables_reading", working(true, &known, 120, 16));
    assert_debug_snapshot!("tables_reading_small", working(true, &known, 40, 12));
    let one_unknown: Vec<_> = known.iter().map(|(at, [left, _])| (*at, [*left, side(left.rows, None)])).collect();
    assert_debug_snapshot!("tables_reading_unknown", working(true, &one_unknown, 80, 16));
    let mut building = one_unknown;
    building.push((4100, [SideProgress { is_done: true, ..side(1_300_000, Some(1.0)) }, side(1_234_567, None)]));
    assert_debug_snapshot!("tables_building", working(false, &building, 120, 16));
}

#[test]
fn numbers_keep_their_places() {
    let mut columns = std::collections::HashSet::new();
    for rows in [0, 7, 4_500, 123_456, 98_765_432] {
        let progress = [(900, [side(rows, Some(0.3)), side(rows, None)])];
        let text = text_of(&working(true, &progress, 120, 16));
        let ends = text.lines().filter(|line| line.contains(" row")).map(|line| {
            let (before, _) = line.split_once(if rows == 1 { " row " } else { " rows " }).unwrap();
            before.chars().count()
        });
        columns.extend(ends);
    }
    assert_eq!(columns.len(), 1, "{columns:?}");
}

#[test]
fn pages() {
    for (name, theme, width, height, keys) in [
        ("standard", Theme::Dark, 80, 24, ""),
        ("wide", Theme::Dark, 160, 50, "jjj"),
        ("wide_mono", Theme::Mono, 160, 30, "jjj"),
        ("small", Theme::Dark, 40, 12, ""),
        ("small_details", Theme::Dark, 40, 12, "jj<Tab>"),
        ("map", Theme::Light, 120, 30, "jjj<Tab>"),
        ("rule_off", Theme::Dark, 120, 30, "jjj<Tab> "),
        ("line_off", Theme::Dark, 120, 24, "jjj "),
        ("all_confirmed", Theme::Dark, 120, 24, "A"),
        ("only", Theme::Dark, 80, 24, "G"),
        ("tiny", Theme::Dark, 12, 4, ""),
        ("one_cell", Theme::Dark, 1, 1, ""),
    ] {
        let (_, mut screen) = two_tables(tour(), theme, width, height);
        press(&mut screen, keys);
        assert_debug_snapshot!(format!("tables_{name}"), screen.buffer());
    }
}

/// Rows that are counted have no key line, and no evidence of joined rows.
#[test]
fn a_multiset_is_a_draft_without_a_key() {
    let orders = || table(["orders.sqlite", "db_orders", "id"]);
    let options = DraftOptions { multiset: true, ..DraftOptions::default() };
    let mut draft = draft_with(&orders(), &orders(), &options).unwrap();
    draft.pairs[1].field.marks.push(Mark {
        kind: MarkKind::Spelling,
        text: "texts are read as numbers".to_owned(),
        rows: 0,
        is_confirmed: false,
        examples: Vec::new(),
    });
    let (_, mut screen) = two_tables(Canned::new(Some(draft), 0), Theme::Dark, 120, 24);
    press(&mut screen, "j");
    assert_debug_snapshot!("tables_multiset", screen.buffer());
    press(&mut screen, "<Tab> ");
    let page = tables_app(&mut screen).page.as_ref().unwrap();
    assert!(page.draft.pairs[1].field.turned_off.is_empty(), "no joined row tells how it would be read without it");
    press(&mut screen, "<Tab> ");
    let page = tables_app(&mut screen).page.as_ref().unwrap();
    assert_eq!(page.draft.left_out.len(), 1, "{}", screen.text());
}

#[test]
fn failures_fill_the_screen_and_can_be_tried_again() {
    for (width, height, name) in [(80, 24, "tables_failed"), (40, 12, "tables_failed_small")] {
        let (_, screen) = two_tables(Canned::new(Some(tour_draft()), 1), Theme::Dark, width, height);
        assert_debug_snapshot!(name, screen.buffer());
    }
    let (_, mut screen) = two_tables(Canned::new(Some(tour_draft()), 2), Theme::Dark, 80, 24);
    press(&mut screen, "r");
    assert!(screen.text().contains("no draft, nothing compared"), "{}", screen.text());
    press(&mut screen, "r");
    assert!(tables_app(&mut screen).phase == Phase::Page, "{}", screen.text());

    // A build that failed leads back to the draft, with what was done to it.
    let (work, mut screen) = two_tables(tour(), Theme::Dark, 80, 24);
    work.failures.store(1, Ordering::SeqCst);
    press(&mut screen, "jjj <Enter>");
    assert!(screen.text().contains("Esc leads back to the draft"), "{}", screen.text());
    press(&mut screen, "<Esc>");
    assert!(tables_app(&mut screen).phase == Phase::Page && screen.text().contains(" –  status"), "{}", screen.text());
    press(&mut screen, "<Enter>");
    assert!(is_on_drift(&mut screen));
}

/// The names of the compared fields, the rules to confirm, and whether the details have the keys.
fn standing(screen: &mut Offscreen) -> (Vec<String>, Vec<(String, MarkKind)>, bool) {
    let page = tables_app(screen).page.as_ref().unwrap();
    let names = page.draft.pairs.iter().map(|pair| pair.field.left.clone()).collect();
    let open = page.draft.unconfirmed().map(|(field, mark)| (field.to_owned(), mark.kind)).collect();
    (names, open, page.is_in_details)
}

#[test]
fn keys_adjust_the_draft() {
    let all = ["amount_cents", "currency", "status", "created"];
    let case = ("currency", MarkKind::Case);
    let map = ("payment_state", MarkKind::Map);
    for (keys, without, open, in_details) in [
        ("", None, &[case, map][..], false),
        // The key, and what has no partner, stay as they are.
        (" ", None, &[case, map], false),
        ("G ", None, &[case, map], false),
        ("j ", Some("amount_cents"), &[case, map], false),
        ("j  ", None, &[case, map], false),
        // The cursor stays on the line, and the line in its place.
        ("jj j ", None, &[], false),
        ("jj ", Some("currency"), &[map], false),
        ("jjj ", Some("status"), &[case], false),
        ("A", None, &[], false),
        ("a", None, &[case, map], false),
        ("jja", None, &[map], false),
        ("jjja", None, &[case], false),
        ("jjj<Tab>a", None, &[case], true),
        ("jjj<Tab><Tab>", None, &[case, map], false),
        ("jjj<Tab><Esc>", None, &[case, map], false),
        // A rule that is turned off needs no confirmation; it may be confirmed once it is on again.
        ("jjj<Tab> ", None, &[case], true),
        ("jjj<Tab>  ", None, &[case, map], true),
        ("jjj<Tab>  a", None, &[case], true),
        ("jj<Tab> ", None, &[map], true),
        // There is no rule on the first line of the details.
        ("jjj<Tab>gg ", None, &[case, map], true),
        ("jjj<Tab>gga", None, &[case, map], true),
    ] {
        let (_, mut screen) = two_tables(tour(), Theme::Dark, 120, 30);
        press(&mut screen, keys);
        let (names, rules, is_in_details) = standing(&mut screen);
        let expected: Vec<_> = match keys {
            "jj j " => vec!["amount_cents", "created"],
            _ => all.into_iter().filter(|name| Some(*name) != without).collect(),
        };
        assert_eq!(names, expected, "after {keys:?}\n{}", screen.text());
        let rules: Vec<_> = rules.iter().map(|(field, kind)| (field.as_str(), *kind)).collect();
        assert_eq!(rules, open, "after {keys:?}\n{}", screen.text());
        assert_eq!(is_in_details, in_details, "after {keys:?}\n{}", screen.text());
    }
}

#[test]
fn a_pair_that_is_not_decided_is_compared_only_on_demand() {
    let (work, mut screen) = two_tables(Canned::new(Some(undecided_draft()), 0), Theme::Dark, 120, 30);
    press(&mut screen, "jjjj");
    assert_debug_snapshot!("tables_undecided", screen.buffer());
    let text = screen.text();
    assert!(text.contains(" ?  amount_cents") && text.contains("1 pair not decided"), "{text}");
    press(&mut screen, "<Enter>");
    let names = |work: &Canned| {
        let built = work.built.lock().unwrap().clone().unwrap();
        built.pairs.iter().map(|pair| pair.field.left.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&work), ["currency", "status", "created"]);
    assert!(screen.text().contains(" columns not compared (t: which)"), "{}", screen.text());
    press(&mut screen, "q <Enter>");
    assert_eq!(names(&work), ["amount_cents", "currency", "status", "created"]);

    // Confirming everything does not decide it.
    let mut draft = undecided_draft();
    draft.confirm_all();
    let (_, mut screen) = two_tables(Canned::new(Some(draft), 0), Theme::Dark, 120, 30);
    assert_eq!(tables_app(&mut screen).phase, Phase::Page);
}

#[test]
fn a_line_stays_in_its_place_whatever_is_done_with_it() {
    let (_, mut screen) = two_tables(tour(), Theme::Dark, 160, 30);
    let lefts = |screen: &Offscreen| {
        let lines = screen.text();
        let lines = lines.lines().filter(|line| line.contains(" ↔ ") && line.starts_with('│'));
        lines.map(|line| line.chars().skip(5).take(12).collect::<String>()).collect::<Vec<_>>()
    };
    let before = lefts(&screen);
    assert!(before.len() >= 5, "{before:?}\n{}", screen.text());
    for keys in ["j ", "j ", "j ", "j ", "gg j j ", "a", "jj<Tab> y"] {
        press(&mut screen, keys);
        assert_eq!(lefts(&screen), before, "after {keys:?}\n{}", screen.text());
    }
}

#[test]
fn the_comparison_is_under_what_was_left_on_the_page() {
    let (work, mut screen) = two_tables(tour(), Theme::Dark, 120, 30);
    press(&mut screen, "jjaj <Enter>");
    assert!(is_on_drift(&mut screen));
    let built = work.built.lock().unwrap().clone().unwrap();
    assert_eq!(built.pairs.len(), 3);
    assert!(built.is_confirmed() && built.left_out.len() == 1);
    let text = screen.text();
    assert!(text.contains("4 columns of the left and 3 of the right are not compared"), "{text}");
    assert!(!text.contains("nobody confirmed") && !text.contains(" all compared"), "{text}");
    // q leads back to the page as it was left.
    press(&mut screen, "q");
    assert_eq!(standing(&mut screen).0, ["amount_cents", "currency", "created"]);
    press(&mut screen, "q");
    assert!(screen.stack.is_over());
}

#[test]
fn a_draft_that_leaves_no_doubt_is_not_shown_first() {
    let mut draft = tour_draft();
    draft.confirm_all();
    let (work, mut screen) = two_tables(Canned::new(Some(draft), 0), Theme::Dark, 120, 30);
    assert!(is_on_drift(&mut screen) && work.built.lock().unwrap().is_some());
    press(&mut screen, "q");
    assert_eq!(tables_app(&mut screen).phase, Phase::Page);

    // Without a draft there is no page, and r compares once more.
    let (work, mut screen) = two_tables(Canned::new(None, 0), Theme::Dark, 120, 30);
    assert!(is_on_drift(&mut screen) && work.built.lock().unwrap().is_none());
    press(&mut screen, "q");
    assert_eq!(tables_app(&mut screen).phase, Phase::Built);
    press(&mut screen, "r");
    assert!(is_on_drift(&mut screen));
}

#[test]
fn what_a_comparison_rests_on_stands_beside_every_verdict() {
    let rules = "under 1 rule about the case of letters and 1 map of values that nobody confirmed";
    let columns = "3 columns of the left and 2 of the right are not compared";
    let same = |basis| {
        let mut pair = pair([ORDERS.0, ORDERS.0], open_upstream(ORDERS), open_upstream(ORDERS));
        pair.basis = basis;
        pair
    };
    let basis = Basis::of_draft(&tour_draft());
    let screen = two_trees(same(basis.clone()), Theme::Dark, 160, 16);
    let text = screen.text();
    assert!(text.contains(" SAME, ") && text.contains(rules) && text.contains(columns), "{text}");
    assert!(!text.contains("all compared"), "{text}");
    assert_debug_snapshot!("drift_basis", screen.buffer());
    // Wherever the verdict fits, so does a short form of it.
    for (width, height) in (30..160).step_by(9).map(|width| (width, 10)).chain((1..20).map(|height| (80, height))) {
        let text = two_trees(same(basis.clone()), Theme::Mono, width, height).text();
        assert!(!text.contains("SAME") || text.contains("not confirmed") || text.contains(rules), "{text}");
    }
    let mut screen = two_trees(same(basis.clone()), Theme::Dark, 80, 24);
    press(&mut screen, "t");
    let text = screen.text();
    assert!(
        text.contains("nobody confirmed the map of values of payment_state") && text.contains("warehouse"),
        "{text}"
    );
    assert!(!text.contains("what was found is certain\n"), "{text}");
    assert_debug_snapshot!("drift_basis_details", screen.buffer());
    // Without unconfirmed rules and with all columns nothing is said.
    let text = two_trees(same(Basis::default()), Theme::Dark, 120, 16).text();
    assert!(!text.contains("nobody confirmed") && !text.contains("not compared"), "{text}");
}

#[test]
fn the_draft_is_written_into_a_folder_that_is_asked_for() {
    let (work, mut screen) = two_tables(tour(), Theme::Dark, 120, 30);
    press(&mut screen, "e");
    assert!(screen.text().contains(":write contract"), "{}", screen.text());
    press(&mut screen, "-1<Enter>");
    assert_eq!(*work.written.lock().unwrap(), [PathBuf::from("contract-1")]);
    let text = screen.text();
    assert!(text.contains("wrote contract-1/contract.toml; mst-tui contract-1/left.toml"), "{text}");
    assert!(text.contains(" · written into contract-1 · "), "{text}");
    press(&mut screen, "A");
    assert!(screen.text().contains(" · changed since it was written into contract-1 · "), "{}", screen.text());
}

/// Work that goes on until it is told to stop.
#[derive(Debug)]
struct Endless {
    names: [String; 2],
    is_over: Arc<AtomicBool>,
}

impl TableWork for Endless {
    fn names(&self) -> &[String; 2] {
        &self.names
    }

    fn needs_draft(&self) -> bool {
        true
    }

    fn draft(&self, tell: Tell<'_>) -> anyhow::Result<Draft> {
        for rows in 1.. {
            if tell(0, side(rows, None)).is_break() {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        self.is_over.store(true, Ordering::SeqCst);
        anyhow::bail!("stopped by the user")
    }

    fn build(&self, _draft: Option<&Draft>, _tell: Tell<'_>) -> anyhow::Result<Pair> {
        panic!("a test's bug")
    }

    fn write(&self, _draft: &Draft, _folder: &Path) -> anyhow::Result<[PathBuf; 3]> {
        anyhow::bail!("nothing to write")
    }
}

fn wait_for(is_over: &AtomicBool) {
    let start = std::time::Instant::now();
    while !is_over.load(Ordering::SeqCst) {
        assert!(start.elapsed() < Duration::from_secs(20), "the work goes on");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn escape_and_q_stop_the_work() {
    for (keys, is_left) in [("<Esc>", false), ("q", true), (":quit<Enter>", true)] {
        let is_over = Arc::new(AtomicBool::new(false));
        let work = Endless { names: NAMES.map(str::to_owned), is_over: Arc::clone(&is_over) };
        let mut screen = Threads::new(Destination::Tables(Box::new(work)));
        screen.wait(" rows");
        screen.press(keys);
        wait_for(&is_over);
        assert_eq!(screen.stack.is_over(), is_left, "after {keys}");
        if !is_left {
            screen.wait("r reads both tables again, q leaves");
            assert!(!screen.text().contains("stopped by the user"), "{}", screen.text());
            screen.press("r");
            screen.wait(" rows");
        }
    }
}

/// A bug in the work is shown like any other failure.
#[test]
fn work_that_panics_has_failed() {
    #[derive(Debug)]
    struct Broken([String; 2]);
    impl TableWork for Broken {
        fn names(&self) -> &[String; 2] {
            &self.0
        }
        fn needs_draft(&self) -> bool {
            false
        }
        fn draft(&self, _tell: Tell<'_>) -> anyhow::Result<Draft> {
            panic!("a test's bug")
        }
        fn build(&self, _draft: Option<&Draft>, _tell: Tell<'_>) -> anyhow::Result<Pair> {
            panic!("a test's bug")
        }
        fn write(&self, _draft: &Draft, _folder: &Path) -> anyhow::Result<[PathBuf; 3]> {
            panic!("a test's bug")
        }
    }
    let mut screen = Threads::new(Destination::Tables(Box::new(Broken(NAMES.map(str::to_owned)))));
    screen.wait("failed by a bug in the program");
    screen.wait("r builds again, q leaves");
}

#[test]
fn names_and_messages_cannot_take_over_the_terminal() {
    let mut work = Canned::new(Some(tour_draft()), 0);
    work.names = ["a\u{1b}[31m\u{202e}b".to_owned(), "c".to_owned()];
    let (_, screen) = two_tables(work, Theme::Dark, 100, 24);
    let text = screen.text();
    assert!(text.contains("\\u{1b}") && !text.contains('\u{fffd}'), "{text}");
}

#[test]
fn no_size_and_no_key_breaks_the_screen() {
    for (width, height) in [(1, 1), (3, 2), (10, 3), (20, 5), (60, 19), (60, 20), (119, 8), (120, 9), (300, 100)] {
        let (_, mut screen) = two_tables(tour(), Theme::Mono, width, height);
        for keys in ["G", "<Tab>", "G", " ", "gg", "<Ctrl-d>", "a", "<Tab>", "A", "?", "?", "k ", "e<Esc>", "<Enter>q"]
        {
            press(&mut screen, keys);
        }
        screen.resize(height, width);
        screen.resize(200, 60);
        assert!(screen.text().contains("nothing is written yet"), "{}", screen.text());
    }
}

#[test]
fn values_that_are_hidden_are_on_no_page() {
    // Words of the map of values.
    let tells = |screen: &Offscreen| ["settled", "returned", "BACK", "due"].iter().any(|it| screen.text().contains(it));
    for keys in ["", "j", "jj<Tab>", "jjj", "jjj<Tab>", "jjj<Tab> ", "jjj<Tab>G", "jjj ", "jjjj<Tab>", "A"] {
        let (_, mut screen) = two_tables(tour(), Theme::Mono, 160, 50);
        assert!(tells(&screen), "without the format values are seen: {}", screen.text());
        screen.format_values(ValueFormat::Redacted);
        press(&mut screen, keys);
        assert!(!tells(&screen), "{keys}: {}", screen.text());
    }
    // They stay hidden on the page below the drift.
    let mut draft = tour_draft();
    draft.confirm_all();
    let (_, mut screen) = two_tables(Canned::new(Some(draft), 0), Theme::Mono, 160, 50);
    screen.format_values(ValueFormat::Redacted);
    press(&mut screen, "t");
    assert!(!tells(&screen), "{}", screen.text());
    press(&mut screen, "qqjjj");
    assert!(screen.text().contains("nothing is written yet") && !tells(&screen), "{}", screen.text());
}

#[test]
fn columns_of_a_draft_are_searched() {
    let (_, mut screen) = two_tables(tour(), Theme::Mono, 100, 24);
    let line = |screen: &mut Offscreen| tables_app(screen).page.as_ref().map(|page| page.cursor.selected);
    for (keys, expected, said) in [
        ("/stat<Enter>", 3, "line 1 of 1 with \"stat\""),
        ("/created<Enter>", 4, "line 1 of 1"),
        ("/order<Enter>", 0, "line 1 of 2 with \"order\""),
        ("n", 4, "line 2 of 2"),
        ("/tax_<Enter>", 6, "line 1 of 1"),
        ("/CURR<Enter>", 6, "no column of the draft has \"CURR\""),
        ("/r<Enter>3n2N", 0, "line "),
        ("&", 0, "all lines of a draft are shown: / finds a column, and Space leaves a pair out"),
    ] {
        press(&mut screen, keys);
        assert!(screen.text().contains(said), "{keys}: {}", screen.text());
        let is_any = keys.starts_with("/r") || keys == "&";
        assert!(is_any || line(&mut screen) == Some(expected), "{keys}: {:?} {}", line(&mut screen), screen.text());
    }
}
