//! Canonical text.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::broken::Broken;
use super::model::{Case, Rules};

/// The version of the Unicode tables in this program.
pub fn unicode_version() -> [u64; 3] {
    let of = |version: (u8, u8, u8)| [version.0.into(), version.1.into(), version.2.into()];
    let properties = unicode_properties::UNICODE_VERSION;
    // Two crates have tables: one for categories, one for normal forms. The older version counts.
    of(unicode_normalization::UNICODE_VERSION).min([properties.0, properties.1, properties.2])
}

/// A version as `15.1.0`.
pub(super) fn version_text(version: [u64; 3]) -> String {
    let [major, minor, patch] = version;
    format!("{major}.{minor}.{patch}")
}

/// Text under the rules: trimmed, normalized, in one case.
///
/// Characters that the tables do not know are refused if the tables matter. All versions of Unicode agree on the normal
/// form of the characters they know, so a newer program never produces different bytes than an older one.
pub(super) fn canonical<'a>(text: Cow<'a, str>, rules: &Rules) -> Result<Cow<'a, str>, Broken> {
    let text = match (rules.trim, text) {
        (false, text) => text,
        (true, Cow::Borrowed(text)) => Cow::Borrowed(text.trim()),
        (true, Cow::Owned(text)) => Cow::Owned(text.trim().to_owned()),
    };
    if text.is_ascii() {
        return Ok(match rules.case {
            Case::Lower if text.bytes().any(|byte| byte.is_ascii_uppercase()) => text.to_ascii_lowercase().into(),
            Case::Upper if text.bytes().any(|byte| byte.is_ascii_lowercase()) => text.to_ascii_uppercase().into(),
            _ => text,
        });
    }
    if !rules.nfc && rules.case == Case::Keep {
        return Ok(text);
    }
    if let Some(unknown) = text.chars().find(|c| c.general_category() == GeneralCategory::Unassigned) {
        return Err(Broken::Unassigned { code: unknown.into(), version: version_text(unicode_version()) });
    }
    let normal = |text: &str| text.nfc().collect::<String>();
    let cased = match rules.case {
        Case::Keep => return Ok(normal(&text).into()),
        // Texts with the same normal form must have the same case form, so the normal form is cased.
        case => {
            let text = if rules.nfc { normal(&text) } else { text.into_owned() };
            if case == Case::Lower { text.to_lowercase() } else { text.to_uppercase() }
        }
    };
    Ok(if rules.nfc { normal(&cased) } else { cased }.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_of_a_text_become_one() {
        let rules = Rules { trim: true, case: Case::Lower, nfc: true, ..Rules::default() };
        let canonical = |text: &str| canonical(Cow::Borrowed(text), &rules).map(Cow::into_owned);
        for text in ["Ångström", "A\u{30a}ngstro\u{308}m", " \u{212b}NGSTRÖM\u{a0}\t"] {
            assert_eq!(canonical(text).as_deref(), Ok("ångström"), "{text}");
        }
        assert_eq!(canonical("👩\u{200d}💻").as_deref(), Ok("👩\u{200d}💻"));
        assert!(matches!(canonical("\u{378}"), Err(Broken::Unassigned { code: 0x378, .. })));
        let kept = super::canonical(Cow::Borrowed(" A\u{30a}\u{378}"), &Rules::default());
        assert_eq!(kept.as_deref(), Ok(" A\u{30a}\u{378}"));
    }
}
