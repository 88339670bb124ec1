//! The text of a cell of the list.

/// A value as shown, or the placeholder where there is none. A site that is named
/// "Undefined" is a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellText<'a> {
    /// The organization's or the backend's.
    Value(&'a str),
    /// The page's own, such as "Undefined".
    Placeholder(&'static str),
}

impl<'a> CellText<'a> {
    /// The value, or the placeholder where it is empty.
    pub fn or(value: &'a str, placeholder: &'static str) -> Self {
        if value.is_empty() {
            Self::Placeholder(placeholder)
        } else {
            Self::Value(value)
        }
    }

    /// As on screen.
    pub fn as_str(self) -> &'a str {
        match self {
            Self::Value(text) | Self::Placeholder(text) => text,
        }
    }

    /// Whether there is no value.
    pub fn is_placeholder(self) -> bool {
        matches!(self, Self::Placeholder(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_reads_like_a_placeholder_is_a_value() {
        let named = CellText::or("Undefined", "Undefined");
        let unset = CellText::or("", "Undefined");
        assert_eq!(named.as_str(), unset.as_str());
        assert!(!named.is_placeholder());
        assert!(unset.is_placeholder());
    }
}
