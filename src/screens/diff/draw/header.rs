//! The verdict and the counts.

use file_mst::diff::{Answer, Counts};
use ratatui::buffer::Buffer;
use ratatui::text::{Line, Span};

use super::role;
use crate::model::diff::entry::Kind;
use crate::model::diff::list::Progress;
use crate::model::diff::verdict;
use crate::model::text::{cut, thousands};
use crate::runtime::input::action::{Common, DiffAction};
use crate::runtime::input::keymap::key_of;
use crate::runtime::paint;
use crate::runtime::theme::Role;
use crate::screens::diff::DiffScreen;

/// Below this width, in columns, there is no room for words.
const NARROW: u16 = 72;

pub(crate) fn draw(screen: &DiffScreen, buf: &mut Buffer) {
    let area = screen.areas.header;
    if area.is_empty() {
        return;
    }
    let style = |role| screen.shared.theme.style(role);
    let counts = &screen.list.counts;
    let (words, standing) = words(screen);
    // The glyphs say which is which where there is no room for words.
    let narrow = area.width < NARROW;
    let mut left = vec![Span::styled(format!(" {words}"), style(standing))];
    let filter = screen.filter_words();
    if let Some(words) = &filter {
        left.extend([Span::raw(if narrow { "  " } else { "   " }), Span::styled(words.clone(), style(Role::Strong))]);
    }
    for (kind, number) in [
        (Kind::OnlyLeft, counts.only_left),
        (Kind::OnlyRight, counts.only_right),
        (Kind::Changed, counts.changed),
        (Kind::WithinTolerance, counts.within_tolerance),
        (Kind::Damage, counts.damaged.saturating_sub(screen.list.misfits)),
        (Kind::Misfit, screen.list.misfits),
        (Kind::NotCompared, counts.not_compared),
    ] {
        // Damage and the like are rare enough to be spoken of only where there is any. The others make room for the
        // filter.
        let is_rare = matches!(kind, Kind::WithinTolerance | Kind::Damage | Kind::Misfit | Kind::NotCompared);
        if if is_rare { number > 0 } else { filter.is_none() } {
            let looks = if number == 0 { Role::Dim } else { role(kind) };
            let text = format!("{} {}", kind.glyph(), thousands(number));
            let text = if narrow { text } else { format!("{text} {}", kind.name()) };
            left.extend([Span::raw(if narrow { " " } else { "   " }), Span::styled(text, style(looks))]);
        }
    }
    if filter.is_none() {
        left.push(Span::raw(format!("   = {}", equal(counts, screen.list.progress))));
    }
    if screen.rows.agree() > 0 {
        let words = if narrow { "=now" } else { "agree now" };
        let text = format!("   {} {words}", thousands(screen.rows.agree()));
        left.insert(1, Span::styled(text, style(Role::Good)));
    }
    let running = format!("comparing … {} stops ", key_of(Common::Cancel));
    let (note, looks) = match screen.list.progress {
        Progress::Running => (running.as_str(), Role::Doubtful),
        Progress::Stopped => ("stopped: not all compared ", Role::Doubtful),
        Progress::Failed => ("failed: not all compared ", Role::Bad),
        Progress::Done if counts.damaged > 0 => ("not all compared ", Role::Bad),
        Progress::Done if screen.pair.comparison.method() == "nothing" => ("nothing compared ", Role::Bad),
        Progress::Done if !screen.pair.comparison.is_whole() => ("not all compared ", Role::Bad),
        Progress::Done if screen.pair.roots_equal(screen.same_rule) => ("roots compared ", Role::Good),
        // Columns that are left out of a comparison are not compared, so that not all is.
        Progress::Done if !screen.pair.basis.is_empty() => ("all records compared ", Role::Good),
        Progress::Done => ("all compared ", Role::Good),
    };
    let note = match screen.list.cut {
        true => format!("the first {} listed, {note}", thousands(screen.list.differences())),
        false => note.to_owned(),
    };
    let (note, looks) = match screen.rows.progress() {
        Some(progress) => (format!("{progress} "), Role::Doubtful),
        None => (note, looks),
    };
    paint::two_ends(area, left, vec![Span::styled(note, style(looks))], buf);
}

/// The line below the verdict: what it rests on beside the trees, which T says in full, or what happens to their files.
pub(crate) fn draw_second_line(screen: &DiffScreen, buf: &mut Buffer) {
    let area = screen.areas.second_line;
    let basis = &screen.pair.basis;
    if area.is_empty() {
        return;
    }
    if basis.is_empty() {
        let mut words = Vec::new();
        for part in screen.live_parts() {
            words.extend([Span::raw(if words.is_empty() { " " } else { "   " }), part]);
        }
        return paint::two_ends(area, words, Vec::new(), buf);
    }
    let role = if basis.unconfirmed.is_empty() { Role::Plain } else { Role::Doubtful };
    let width = usize::from(area.width);
    let key = key_of(DiffAction::Doubts);
    let whole = format!(" {} ({key}: which)", basis.sentences().join(" · "));
    let brief = format!(" {} ({key}: which)", basis.brief().unwrap_or_default());
    let words = if whole.chars().count() <= width { whole } else { brief };
    let line = Line::from(Span::styled(cut(&words, width), screen.shared.theme.style(role)));
    buf.set_line(area.x, area.y, &line, area.width);
}

fn words(screen: &DiffScreen) -> (String, Role) {
    let counts = &screen.list.counts;
    if screen.list.progress != Progress::Done && counts.drifted() == 0 {
        let words = if screen.list.progress == Progress::Running { "COMPARING" } else { "NOT TOLD" };
        return (words.to_owned(), Role::Doubtful);
    }
    let how = screen.compared();
    let conclusion = verdict::conclusion(&screen.pair, counts, how);
    let answer = conclusion.answer;
    // A rule that nobody confirmed may have made different values equal.
    let good = if screen.pair.basis.unconfirmed.is_empty() { Role::Good } else { Role::Doubtful };
    if answer == Answer::Same {
        return (format!("SAME, {}", verdict::SAME), good);
    }
    let words = verdict::words(answer, how);
    let (verdict, more) = words.split_once(", ").map_or((words, String::new()), |(a, b)| (a, format!(", {b}")));
    // T shows the reasons for the uncertainty.
    let more =
        if conclusion.reasons.is_empty() { more } else { format!("{more} ({}: why)", key_of(DiffAction::Doubts)) };
    let role = match answer {
        Answer::Drifted | Answer::CouldNotTell => Role::Bad,
        Answer::Same | Answer::SameRecords | Answer::AgreesNow | Answer::WithinTolerance => good,
    };
    (verdict.to_uppercase() + &more, role)
}

/// `4,992 equal`, or as much of it as was counted. What could not be read is not equal.
fn equal(counts: &Counts, progress: Progress) -> String {
    match (counts.equal_is_exact, counts.equal) {
        (false, 0) if progress != Progress::Done => "not counted so far".to_owned(),
        (_, equal) if progress != Progress::Done => format!("{} equal so far", thousands(equal)),
        (false, 0) if counts.damaged > 0 => "what else could be read is equal".to_owned(),
        (_, equal) if counts.damaged > 0 => format!("{} equal of what could be read", thousands(equal)),
        (true, equal) => format!("{} equal", thousands(equal)),
        (false, 0) => "the rest equal".to_owned(),
        (false, equal) => format!("over {} equal", thousands(equal)),
    }
}
