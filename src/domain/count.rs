//! Counts as they are written.

use std::sync::OnceLock;

/// Writes a count in the user's language.
pub type WriteCount = fn(usize) -> String;

static WRITE: OnceLock<WriteCount> = OnceLock::new();

/// Sets how counts are written. The browser knows the user's language; until it is set, they are
/// plain digits.
pub fn write_counts_with(write: WriteCount) {
    // Whoever was first has set the same.
    let _ = WRITE.set(write);
}

/// A count within a sentence.
pub fn count(number: usize) -> String {
    WRITE
        .get()
        .map_or_else(|| number.to_string(), |write| write(number))
}
