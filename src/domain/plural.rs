//! English plurals.

/// "1 agent", "12 agents have no location": a count, already formatted, and what follows it in the
/// singular or the plural.
pub fn plural(number: usize, formatted: &str, singular: &str, plural: &str) -> String {
    let noun = if number == 1 { singular } else { plural };
    format!("{formatted} {noun}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_is_singular() {
        let agents = |number: usize| plural(number, &number.to_string(), "agent", "agents");
        assert_eq!(agents(0), "0 agents");
        assert_eq!(agents(1), "1 agent");
        assert_eq!(agents(2), "2 agents");
        assert_eq!(plural(1_234, "1.234", "agent", "agents"), "1.234 agents");
    }
}
