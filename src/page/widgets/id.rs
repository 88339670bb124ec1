//! Ids, which link labels and descriptions to fields.

use std::cell::Cell;

thread_local! {
    static NEXT_ID: Cell<u32> = const { Cell::new(0) };
}

/// An id that no other element in the document has.
pub fn unique_id() -> String {
    let number = NEXT_ID.get();
    NEXT_ID.set(number.wrapping_add(1));
    format!("kp-{number}")
}
