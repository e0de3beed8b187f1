//! How far both sides have been read: counts, smoothed rates and the time that is left.

use std::time::Duration;

use crate::tables::SideProgress;

/// How fast an older rate is forgotten, in seconds.
const SMOOTHING: f64 = 3.0;
/// The time from which on a rate means something, in seconds.
const SETTLED: f64 = 0.5;
/// The share of a side from which on the time that is left is told.
const TELLING_SHARE: f64 = 0.02;

/// Both sides at a moment of the work.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(crate) struct Progress {
    /// The time since the work began.
    pub(crate) at: Duration,
    pub(crate) sides: [SideProgress; 2],
}

/// What is known of one side: its progress, and how fast it goes on.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(crate) struct Meter {
    pub(crate) progress: SideProgress,
    at: f64,
    /// Rows a second.
    rate: Option<f64>,
    /// The part of the side that is read in a second.
    share_rate: Option<f64>,
}

impl Meter {
    /// Takes in how far the side is at a moment after the start.
    pub(crate) fn take(&mut self, at: Duration, progress: SideProgress) {
        let at = at.as_secs_f64();
        if progress == self.progress && progress.is_done || at < SETTLED {
            self.progress = progress;
            return;
        }
        let rows = progress.rows as f64;
        let since = at - self.at;
        self.rate = smoothed(self.rate, rows - self.progress.rows as f64, since, rows / at);
        if let Some(share) = progress.share {
            let gained = share - self.progress.share.unwrap_or(0.0);
            self.share_rate = smoothed(self.share_rate, gained, since, share / at);
        }
        (self.at, self.progress) = (at, progress);
    }

    /// Rows a second, to two digits, so that the number does not flicker; none as long as it means nothing.
    pub(crate) fn rows_per_second(&self) -> Option<u64> {
        let rate = self.rate.filter(|_| !self.progress.is_done)?.max(0.0).round() as u64;
        let unit = 10_u64.pow(rate.checked_ilog10().unwrap_or(0).saturating_sub(1));
        Some(rate.div_euclid(unit) * unit)
    }

    /// The time until the side is read, if its size and a rate are known.
    pub(crate) fn left(&self) -> Option<Duration> {
        let share = self.progress.share.filter(|share| *share >= TELLING_SHARE && !self.progress.is_done)?;
        let rate = self.share_rate.filter(|rate| *rate > 0.0)?;
        Duration::try_from_secs_f64((1.0 - share).max(0.0) / rate).ok()
    }
}

/// A rate after `gained` in the last `since` seconds; at first the mean since the start.
fn smoothed(rate: Option<f64>, gained: f64, since: f64, mean: f64) -> Option<f64> {
    let Some(rate) = rate else { return Some(mean) };
    if since <= 0.0 {
        return Some(rate);
    }
    let old = (-since / SMOOTHING).exp();
    Some(rate * old + gained / since * (1.0 - old))
}

/// A time that is left: `8 s left`, `3 min left`, `2 h 5 min left`.
pub(crate) fn left_words(left: Duration) -> String {
    let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
    match seconds {
        0..=99 => format!("{seconds} s left"),
        100..=5999 => format!("{} min left", seconds.div_ceil(60)),
        _ => {
            let minutes = seconds.div_ceil(60);
            format!("{} h {} min left", minutes / 60, minutes % 60)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(rows: u64, share: Option<f64>) -> SideProgress {
        SideProgress { rows, share, is_done: false }
    }

    #[test]
    fn a_steady_read_has_its_rate_and_its_time_left() {
        let mut meter = Meter::default();
        for step in 0..=100_u64 {
            meter.take(Duration::from_millis(100 * step), side(1000 * step, Some(step as f64 / 1000.0)));
        }
        assert_eq!(meter.rows_per_second(), Some(10_000));
        let left = meter.left().unwrap().as_secs_f64();
        assert!((left - 90.0).abs() < 0.1, "{left}");
        meter.take(Duration::from_secs(11), SideProgress { is_done: true, ..side(100_000, Some(1.0)) });
        assert_eq!((meter.rows_per_second(), meter.left()), (None, None));
    }

    #[test]
    fn a_stutter_hardly_moves_the_rate() {
        let mut meter = Meter::default();
        let mut rates = Vec::new();
        for step in 0..200_u64 {
            // Rows come in lumps of ten steps.
            meter.take(Duration::from_millis(100 * step), side(step / 10 * 10_000, None));
            rates.extend(meter.rows_per_second().filter(|_| step > 100));
        }
        assert!(rates.iter().all(|rate| (8_000..=13_000).contains(rate)), "{rates:?}");
        assert_eq!(meter.left(), None, "the size is not known");
    }

    #[test]
    fn nothing_is_told_too_early_or_of_nothing() {
        let mut meter = Meter::default();
        meter.take(Duration::from_millis(10), side(5000, Some(0.001)));
        assert_eq!((meter.rows_per_second(), meter.left(), meter.progress.rows), (None, None, 5000));
        meter.take(Duration::from_secs(1), side(5000, Some(0.001)));
        assert_eq!((meter.rows_per_second(), meter.left()), (Some(5000), None));
        let mut stalled = Meter::default();
        stalled.take(Duration::from_secs(1), side(0, Some(0.0)));
        assert_eq!((stalled.rows_per_second(), stalled.left()), (Some(0), None));
    }

    #[test]
    fn times_are_short() {
        for (seconds, words) in [
            (0.0, "0 s left"),
            (7.2, "8 s left"),
            (99.0, "99 s left"),
            (100.0, "2 min left"),
            (3600.0, "60 min left"),
            (7500.0, "2 h 5 min left"),
        ] {
            assert_eq!(left_words(Duration::from_secs_f64(seconds)), words);
        }
    }
}
