//! Small widgets by the ARIA Authoring Practices: each does one thing and knows nothing of agents.
//!
//! Their every state is on show in the gallery (`/gallery`, in development builds).

mod combobox;
mod copy_button;
mod dialog;
mod disclosure;
mod field;
mod keyed;

pub use combobox::{Choice, Choices, Combobox};
pub use copy_button::CopyButton;
pub use dialog::{Dialog, DialogRole, DialogText, FocusLost};
pub use disclosure::{Disclosure, DisclosureGroup};
pub use field::{FieldError, TextArea, TextField};
pub use keyed::keep_children;

use std::cell::Cell;

thread_local! {
    static NEXT_ID: Cell<u32> = const { Cell::new(0) };
}

/// An id that no other element of the document has; ids tie labels and descriptions to fields.
fn unique_id() -> String {
    let number = NEXT_ID.get();
    NEXT_ID.set(number.wrapping_add(1));
    format!("kp-{number}")
}
