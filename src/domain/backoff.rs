//! How long to wait before trying again.

/// The first pause, before jitter.
const FIRST_MS: u32 = 1_000;
/// No pause is longer.
const LONGEST_MS: u32 = 60_000;

/// The pause before the next try after `attempt` failures in a row beyond the first (0 after the
/// first failure): it doubles up to a minute. `random`, from 0 to 1, takes away up to half, so that
/// pages that failed together do not come back together.
pub fn retry_pause_ms(attempt: u32, random: f64) -> u32 {
    let longest = FIRST_MS
        .saturating_mul(2_u32.saturating_pow(attempt))
        .min(LONGEST_MS);
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
    fn pauses_grow_up_to_a_minute() {
        let longest: Vec<_> = (0..8).map(|attempt| retry_pause_ms(attempt, 1.0)).collect();
        assert_eq!(
            longest,
            [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]
        );
        assert_eq!(retry_pause_ms(u32::MAX, 1.0), 60_000);
        assert_eq!(retry_pause_ms(0, f64::NAN), 750);
    }

    proptest! {
        #[test]
        fn jitter_takes_away_up_to_half(attempt in any::<u32>(), random in 0.0..=1.0_f64) {
            let pause = retry_pause_ms(attempt, random);
            let longest = retry_pause_ms(attempt, 1.0);
            prop_assert!(longest / 2 <= pause && pause <= longest);
        }
    }
}
