//! The cost of a screen, counted in node reads.

use super::*;

const RECORDS: u64 = 60_000;

#[test]
fn opening_and_the_first_screen_read_the_height_and_what_is_visible() {
    let (writer, root) = written(RECORDS);
    let opened = open_bytes(writer.into_bytes(), root.offset, None);
    for (width, height) in [(120, 36), (80, 24), (20, 5), (1, 1)] {
        // Opening reads too: it counts.
        let opened = open_storage(Arc::clone(opened.tree.store().storage()), root.offset, None);
        let mut screen = browse("large.mst", &opened, Theme::Dark, width, height);
        let app = app(&mut screen);
        let window = app.cursor.window(app.outline.rows().len());
        let visible =
            app.outline.rows()[window].iter().filter(|row| matches!(row, crate::model::outline::Row::Node(_)));
        let allowed = u64::from(opened.tree.height().unwrap()) + visible.count() as u64;
        let read = opened.tree.store().read_counts().nodes;
        assert!(read <= allowed, "{width}x{height}: {read} nodes read, {allowed} allowed");
        assert!(read >= 1);
    }
}

#[test]
fn moving_reads_only_what_comes_into_sight() {
    let (writer, root) = written(RECORDS);
    let opened = open_bytes(writer.into_bytes(), root.offset, None);
    let mut screen = browse("large.mst", &opened, Theme::Dark, 120, 36);
    let read = |opened: &Opened| opened.tree.store().read_counts().nodes;
    let at_first = read(&opened);
    press(&mut screen, "jjkk<Tab>jj<Tab>xxxx?<Esc>");
    assert_eq!(read(&opened), at_first, "nothing new came into sight");
    press(&mut screen, "<Ctrl-f>");
    let lines = u64::from(app(&mut screen).areas.outline_inside().height);
    assert!(read(&opened) - at_first <= lines, "at most one node a line");
    let after = read(&opened);
    press(&mut screen, "gg");
    assert_eq!(read(&opened), after, "what was read is kept");
}
