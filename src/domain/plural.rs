//! English plurals.

/// "1 agent", "12 agents": a count that is written out already, and its noun in the right number.
pub fn plural(number: usize, formatted: &str, noun: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{formatted} {noun}{s}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_is_singular() {
        let agents = |number: usize| plural(number, &number.to_string(), "agent");
        assert_eq!(agents(0), "0 agents");
        assert_eq!(agents(1), "1 agent");
        assert_eq!(agents(2), "2 agents");
        assert_eq!(plural(1_234, "1.234", "agent"), "1.234 agents");
    }
}
