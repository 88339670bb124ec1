//! Versions of kproxy, in the order of their release.

/// A version such as `7.48.0`, `7.27`, `7.49.0~rc3` (deb), `7.49.0-0.1.rc3` (rpm) or `2026.2.0`.
///
/// A release candidate comes before its release; a missing part counts as 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    numbers: [u32; 4],
    /// The number of the release candidate; [`RELEASE`]: none. Compared after the numbers.
    candidate: u32,
}

/// Comes after every release candidate.
const RELEASE: u32 = u32::MAX;

impl Version {
    /// `None` for what is no version, such as a git commit hash.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let end = text.find(['~', '-', '+']).unwrap_or(text.len());
        let (release, suffix) = text.split_at(end);
        let mut numbers = [0; 4];
        let mut slots = numbers.iter_mut();
        for part in release.split('.') {
            *slots.next()? = part.parse().ok()?;
        }
        // A lone number is as likely a hash's beginning.
        release.contains('.').then_some(())?;
        let candidate = match suffix.split_once("rc") {
            Some((_, number)) => number.parse().ok()?,
            None => RELEASE,
        };
        Some(Self { numbers, candidate })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // page.md#sorting/5
    #[test]
    fn versions_sort_by_release() {
        let sorted = [
            "7.5",
            "7.27",
            "7.48.0",
            "7.49.0~rc1",
            "7.49.0-0.1.rc3",
            "7.49.0",
            "2026.2.0",
        ];
        let parsed: Vec<_> = sorted
            .iter()
            .map(|text| Version::parse(text).unwrap())
            .collect();
        assert!(parsed.windows(2).all(|pair| pair[0] < pair[1]));
    }

    // page.md#sorting/5, agent-api.md#agent/8
    #[test]
    fn deb_and_rpm_spell_the_same_candidate() {
        assert_eq!(
            Version::parse("7.49.0~rc3"),
            Version::parse("7.49.0-0.1.rc3")
        );
    }

    #[test]
    fn a_missing_part_is_zero() {
        assert_eq!(Version::parse("7.27"), Version::parse("7.27.0"));
    }

    // page.md#sorting/7, agent-api.md#agent/8
    #[test]
    fn a_commit_hash_is_no_version() {
        for text in [
            "",
            "9f3c2ab",
            "1234567",
            "7.x",
            "7..1",
            "1.2.3.4.5",
            "99999999999.1",
        ] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }
}
