//! How long to wait before trying again.

/// The first pause after a failure that may pass by itself, before jitter.
const FIRST_MS: u32 = 1_000;
/// No pause is longer in the first ten minutes.
const LONGEST_MS: u32 = 30_000;
/// Once it has failed for so long, the trouble lasts.
const LONG_TROUBLE_MS: u64 = 10 * 60_000;
/// The pause after a failure that will hardly pass by itself, at first and at most.
const FIRST_LASTING_MS: u32 = 5_000;
/// The longest of all pauses.
const LONGEST_LASTING_MS: u32 = 2 * 60_000;

/// The pause after so many `failures` in a row, at least 1, the first of them `failing_ms` ago. It
/// doubles up to 30 s; after ten minutes it is two. `random`, from 0 to 1, takes away up to half, so
/// that pages that failed together do not come back together.
pub fn retry_pause_ms(failures: u32, failing_ms: u64, random: f64) -> u32 {
    let longest = if failing_ms >= LONG_TROUBLE_MS {
        LONGEST_LASTING_MS
    } else {
        doubled(FIRST_MS, failures).min(LONGEST_MS)
    };
    jittered(longest, random)
}

/// The pause after so many failures in a row that will hardly pass by themselves: it doubles from 5 s
/// up to two minutes.
pub fn lasting_pause_ms(failures: u32, random: f64) -> u32 {
    jittered(
        doubled(FIRST_LASTING_MS, failures).min(LONGEST_LASTING_MS),
        random,
    )
}

fn doubled(first_ms: u32, failures: u32) -> u32 {
    first_ms.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1)))
}

fn jittered(longest: u32, random: f64) -> u32 {
    let random = if random.is_finite() {
        random.clamp(0.0, 1.0)
    } else {
        0.5
    };
    (f64::from(longest) * (0.5 + random / 2.0)) as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // agent-api.md#errors/9
    #[test]
    fn pauses_grow_up_to_half_a_minute() {
        let longest: Vec<_> = (1..8)
            .map(|failures| retry_pause_ms(failures, 0, 1.0))
            .collect();
        assert_eq!(
            longest,
            [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]
        );
        assert_eq!(retry_pause_ms(u32::MAX, 0, 1.0), 30_000);
        assert_eq!(retry_pause_ms(1, 0, f64::NAN), 750);
    }

    // agent-api.md#errors/14
    #[test]
    fn after_ten_minutes_of_failures_a_pause_is_two_minutes() {
        assert_eq!(retry_pause_ms(30, 599_999, 1.0), 30_000);
        assert_eq!(retry_pause_ms(30, 600_000, 1.0), 120_000);
    }

    #[test]
    fn pauses_after_a_lasting_failure_grow_to_two_minutes() {
        let longest: Vec<_> = (1..8)
            .map(|failures| lasting_pause_ms(failures, 1.0))
            .collect();
        assert_eq!(
            longest,
            [5_000, 10_000, 20_000, 40_000, 80_000, 120_000, 120_000]
        );
    }

    proptest! {
        #[test]
        fn jitter_takes_away_up_to_half(
            failures in any::<u32>(), failing_ms in any::<u64>(), random in 0.0..=1.0_f64,
        ) {
            let pause = retry_pause_ms(failures, failing_ms, random);
            let longest = retry_pause_ms(failures, failing_ms, 1.0);
            prop_assert!(longest / 2 <= pause && pause <= longest && pause >= 500);
        }
    }
}
