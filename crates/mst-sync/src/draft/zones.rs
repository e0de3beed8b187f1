//! Finding the zone of a clock from the moments that its times mean.

use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

use super::reading::Value;
use mst_types::civil::{DAY, NANOS, Shown, offset_at, shown};

/// One zone for each set of rules that is common.
const NAMES: [&str; 15] = [
    "UTC",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Athens",
    "Europe/Istanbul",
    "Europe/Moscow",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Sydney",
];

/// The largest offset of a zone, in nanoseconds.
const MAX_OFFSET: i128 = 14 * 3600 * NANOS;
/// Offsets are multiples of this, in nanoseconds.
const OFFSET_STEP: i128 = 900 * NANOS;
/// A zone of other rules that fits this share of the rows of the best one is told.
const RIVAL_SHARE: f64 = 0.93;

/// A zone that fits.
#[derive(Clone, Debug)]
pub(super) struct ZoneFit {
    /// Its name or offset, as in a mapping.
    pub(super) name: String,
    /// Whether it has one offset all year.
    pub(super) is_fixed: bool,
    /// The moments that the times mean.
    pub(super) moments: Vec<Value>,
    /// How times that clocks showed twice are read, if there are any, and their number.
    pub(super) fold: Option<(&'static str, usize)>,
    /// The next best zone and its rows, if it fits nearly as many.
    pub(super) rival: Option<(String, usize)>,
}

struct Zone {
    name: String,
    zone: TimeZone,
    is_fixed: bool,
}

fn zones(offsets: &[i128]) -> Vec<Zone> {
    let named = NAMES.iter().filter_map(|name| {
        let zone = TimeZoneDatabase::bundled().get(name).ok()?;
        Some(Zone { name: (*name).to_owned(), zone, is_fixed: *name == "UTC" })
    });
    let fixed = offsets.iter().filter(|offset| **offset != 0).filter_map(|offset| {
        let seconds = i32::try_from(offset / NANOS).ok()?;
        let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() / 60 % 60);
        let sign = if seconds < 0 { '-' } else { '+' };
        let zone = TimeZone::fixed(Offset::from_seconds(seconds).ok()?);
        Some(Zone { name: format!("{sign}{hours:02}:{minutes:02}"), zone, is_fixed: true })
    });
    named.chain(fixed).collect()
}

/// The zone in which the most local times mean the moments beside them.
pub(super) fn fit(local: &[Value], moments: &[Value]) -> Option<ZoneFit> {
    let pairs: Vec<(i128, i128)> = local.iter().zip(moments).filter_map(counts).collect();
    let mut offsets: Vec<i128> = pairs.iter().map(|(local, moment)| local - moment).collect();
    offsets.retain(|offset| offset.abs() <= MAX_OFFSET && offset % OFFSET_STEP == 0);
    offsets.sort_unstable();
    let common: Vec<i128> = offsets
        .chunk_by(|a, b| a == b)
        .filter(|rows| rows.len() * 10 >= pairs.len())
        .filter_map(|rows| rows.first().copied())
        .collect();
    if pairs.is_empty() || common.is_empty() {
        return None;
    }
    let fits = |zone: &Zone, pairs: &[(i128, i128)]| {
        pairs.iter().filter(|(local, moment)| candidates(&zone.zone, *local).contains(&Some(*moment))).count()
    };
    let probe = pairs.get(..pairs.len().min(100)).unwrap_or_default();
    let mut ranked: Vec<(usize, Zone)> = zones(&common)
        .into_iter()
        .filter(|zone| fits(zone, probe) * 10 >= probe.len() * 3)
        .map(|zone| (fits(&zone, &pairs), zone))
        .collect();
    // UTC and zones with rules before bare offsets that fit as many rows.
    ranked.sort_by_key(|(rows, zone)| (std::cmp::Reverse(*rows), zone.is_fixed && zone.name != "UTC"));
    let mut ranked = ranked.into_iter();
    let (best_rows, best) = ranked.next()?;
    let is_rival = |(rows, _): &(usize, Zone)| *rows as f64 >= best_rows as f64 * RIVAL_SHARE;
    let rival = ranked.next().filter(is_rival).map(|(rows, zone)| (zone.name, rows));
    let (mut earlier, mut later) = (0, 0);
    for (local, moment) in &pairs {
        if let [Some(before), Some(after)] = candidates(&best.zone, *local) {
            earlier += usize::from(before == *moment);
            later += usize::from(after == *moment);
        }
    }
    let fold = (earlier + later > 0).then_some((if earlier >= later { "earlier" } else { "later" }, earlier + later));
    let place = usize::from(earlier < later);
    let moment = |value: &Value| match value {
        Value::Count(local) => match (candidates(&best.zone, *local), fold) {
            ([Some(moment), None], _) => Value::Count(moment),
            (both @ [Some(_), Some(_)], Some(_)) => both.get(place).copied().flatten().map_or(Value::Bad, Value::Count),
            // Clocks never showed it, or it is not known which of two moments is meant: the program refuses it.
            _ => Value::Bad,
        },
        other => other.clone(),
    };
    Some(ZoneFit { moments: local.iter().map(moment).collect(), name: best.name, is_fixed: best.is_fixed, fold, rival })
}

/// The zones of two clocks that show the same moments: that of the left one, and the best fit for the right one.
pub(super) fn fit_two(left: &[Value], right: &[Value]) -> Option<(ZoneFit, ZoneFit)> {
    let first = |values: &[Value]| values.get(..values.len().min(100)).unwrap_or_default().to_vec();
    let fits = |name: &str, left: &[Value], right: &[Value]| {
        let zone = TimeZoneDatabase::bundled().get(name).ok()?;
        // A time that clocks showed twice or never is left out: it cannot tell the zones apart.
        let moment = |value: &Value| match value {
            Value::Count(local) => match candidates(&zone, *local) {
                [Some(moment), None] => Value::Count(moment),
                _ => Value::Bad,
            },
            other => other.clone(),
        };
        let moments: Vec<Value> = left.iter().map(moment).collect();
        let fit = fit(right, &moments)?;
        let rows = fit.moments.iter().zip(&moments).filter(|(l, r)| l == r && matches!(l, Value::Count(_))).count();
        let is_fixed = zone.to_fixed_offset().is_ok();
        Some((rows, ZoneFit { name: name.to_owned(), is_fixed, moments, fold: None, rival: None }, fit))
    };
    let probed: Vec<&str> =
        NAMES.into_iter().filter(|name| fits(name, &first(left), &first(right)).is_some()).collect();
    let all = probed.into_iter().filter_map(|name| fits(name, left, right)).collect::<Vec<_>>();
    // The first of several that fit as many rows, and zones with rules before fixed ones.
    let best = all.into_iter().rev().max_by_key(|(rows, left, right)| (*rows, !left.is_fixed, !right.is_fixed))?;
    Some((best.1, best.2))
}

/// A zone in which moments fall on the days beside them.
#[derive(Clone, Debug)]
pub(super) struct DayFit {
    /// Its name.
    pub(super) name: &'static str,
    /// The days of the moments in it.
    pub(super) days: Vec<Value>,
    /// The next best zone and its rows, if it fits nearly as many.
    pub(super) rival: Option<(&'static str, usize)>,
}

/// The zone in which the most moments fall on the days beside them. UTC is the first of several that fit alike.
pub(super) fn fit_days(days: &[Value], moments: &[Value]) -> Option<DayFit> {
    let pairs: Vec<(i128, i128)> = days.iter().zip(moments).filter_map(counts).collect();
    // Whatever the zone is, a moment is within a day of its day.
    let is_near = |(day, moment): &&(i128, i128)| (day - moment.div_euclid(DAY)).abs() <= 1;
    if pairs.is_empty() || pairs.iter().filter(is_near).count() * 2 < pairs.len() {
        return None;
    }
    let day_of = |zone: &TimeZone, moment: i128| (moment + i128::from(offset_at(zone, moment)) * NANOS).div_euclid(DAY);
    let mut best: Vec<(usize, &'static str, TimeZone)> = Vec::new();
    for name in NAMES {
        let Ok(zone) = TimeZoneDatabase::bundled().get(name) else { continue };
        let rows = pairs.iter().filter(|(day, moment)| day_of(&zone, *moment) == *day).count();
        best.push((rows, name, zone));
    }
    // The sort is stable: the order of the names decides among those that fit alike.
    best.sort_by_key(|(rows, ..)| std::cmp::Reverse(*rows));
    let mut best = best.into_iter();
    let (rows, name, zone) = best.next()?;
    let is_rival = |(other, ..): &(usize, &str, TimeZone)| *other as f64 >= rows as f64 * RIVAL_SHARE;
    let rival = best.next().filter(is_rival).map(|(rows, name, _)| (name, rows));
    let day = |value: &Value| match value {
        Value::Count(moment) => Value::Count(day_of(&zone, *moment)),
        other => other.clone(),
    };
    Some(DayFit { name, days: moments.iter().map(day).collect(), rival })
}

fn counts((local, moment): (&Value, &Value)) -> Option<(i128, i128)> {
    match (local, moment) {
        (Value::Count(local), Value::Count(moment)) => Some((*local, *moment)),
        _ => None,
    }
}

/// The moments that a local time can mean: none, one, or the earlier and the later.
fn candidates(zone: &TimeZone, local: i128) -> [Option<i128>; 2] {
    let at = |offset: i32| Some(local - i128::from(offset) * NANOS);
    match shown(zone, local) {
        Shown::Once(offset) => [at(offset), None],
        Shown::Twice(before, after) => [at(before), at(after)],
        Shown::Never => [None, None],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zone_is_found_from_a_summer_and_a_winter() {
        let berlin = TimeZoneDatabase::bundled().get("Europe/Berlin").unwrap();
        let moments: Vec<i128> = (0..300).map(|day| (1_767_225_600 + day * 86_400) * NANOS).collect();
        let local: Vec<Value> =
            moments.iter().map(|at| Value::Count(at + i128::from(offset_at(&berlin, *at)) * NANOS)).collect();
        let all: Vec<Value> = moments.iter().map(|at| Value::Count(*at)).collect();
        let found = fit(&local, &all).unwrap();
        assert_eq!((found.name.as_str(), found.is_fixed, &found.rival), ("Europe/Berlin", false, &None));
        assert_eq!(found.moments, all);
        // The summer alone could be Athens or a fixed offset too.
        let found = fit(&local[100..200], &all[100..200]).unwrap();
        assert!(found.rival.is_some());
        let unrelated: Vec<Value> = (0..300).map(|row| Value::Count(row * 7_777_777 * NANOS)).collect();
        assert!(fit(&unrelated, &all).is_none());
    }
}
