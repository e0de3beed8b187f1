//! The notations of times that a draft knows.

use crate::cell::Cell;
use crate::mapping::with_pattern;

/// How a time is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TimeText {
    /// A cell that is a time already.
    Typed,
    /// ISO 8601.
    Iso,
    /// A count since 1970 in the unit of this name, which lasts so many nanoseconds.
    Unix(&'static str, i128),
    /// A pattern of strptime.
    Pattern(&'static str),
}

/// How moments are written.
pub(super) const MOMENTS: [TimeText; 7] = [
    TimeText::Typed,
    TimeText::Iso,
    TimeText::Unix("unix-s", 1_000_000_000),
    TimeText::Unix("unix-ms", 1_000_000),
    TimeText::Unix("unix-us", 1_000),
    TimeText::Unix("unix-ns", 1),
    TimeText::Pattern("%d.%m.%Y %H:%M:%S %z"),
];

/// How times without zone are written.
pub(super) const LOCALS: [TimeText; 12] = [
    TimeText::Typed,
    TimeText::Iso,
    TimeText::Pattern("%d.%m.%Y %H:%M:%S"),
    TimeText::Pattern("%d.%m.%Y %H:%M"),
    TimeText::Pattern("%d/%m/%Y %H:%M:%S"),
    TimeText::Pattern("%d/%m/%Y %H:%M"),
    TimeText::Pattern("%m/%d/%Y %H:%M:%S"),
    TimeText::Pattern("%m/%d/%Y %H:%M"),
    TimeText::Pattern("%Y/%m/%d %H:%M:%S"),
    TimeText::Pattern("%d.%m.%Y %H:%M:%S%.f"),
    TimeText::Pattern("%m/%d/%Y %I:%M:%S %p"),
    TimeText::Pattern("%Y%m%d%H%M%S"),
];

/// How days are written.
pub(super) const DATES: [TimeText; 7] = [
    TimeText::Typed,
    TimeText::Iso,
    TimeText::Pattern("%d.%m.%Y"),
    TimeText::Pattern("%d/%m/%Y"),
    TimeText::Pattern("%m/%d/%Y"),
    TimeText::Pattern("%Y/%m/%d"),
    TimeText::Pattern("%Y%m%d"),
];

/// The seconds since 1970 between which a count is taken for a time: the years 1980 to 2100.
const PLAUSIBLE: std::ops::Range<i128> = 315_532_800..4_102_444_800;

impl TimeText {
    /// The value of the setting `format`; `None` if none is needed.
    pub(super) fn format(self) -> Option<&'static str> {
        match self {
            Self::Typed => None,
            Self::Iso => Some("iso"),
            Self::Unix(name, _) => Some(name),
            Self::Pattern(pattern) => Some(pattern),
        }
    }

    /// Reads a time.
    pub(super) fn read(self, cell: &Cell<'static>) -> Option<Cell<'static>> {
        match (self, cell) {
            (Self::Typed, Cell::Date(_) | Cell::Local(_) | Cell::Instant(_)) => Some(cell.clone()),
            (Self::Iso, Cell::Text(text)) => Cell::of_iso(text),
            (Self::Unix(_, nanos), Cell::Int(count)) => moment(*count, nanos),
            (Self::Unix(_, nanos), Cell::Text(text)) => {
                let is_count = !text.starts_with(['0', '+']) && text.bytes().all(|byte| byte.is_ascii_digit());
                moment(text.parse().ok().filter(|_| is_count)?, nanos)
            }
            (Self::Pattern(pattern), Cell::Text(text)) => {
                text.starts_with(|c: char| c.is_ascii_digit()).then(|| with_pattern(pattern, text).ok()).flatten()
            }
            (Self::Pattern(pattern), Cell::Int(count)) if pattern == "%Y%m%d" => {
                (19_000_101..=21_001_231).contains(count).then(|| with_pattern(pattern, &count.to_string()).ok())?
            }
            _ => None,
        }
    }
}

fn moment(count: i128, nanos: i128) -> Option<Cell<'static>> {
    let moment = count.checked_mul(nanos)?;
    PLAUSIBLE.contains(&(moment / 1_000_000_000)).then_some(Cell::Instant(moment))
}
