//! Small widgets by the ARIA Authoring Practices. Each does one thing and knows nothing of agents.
//!
//! The gallery (`/gallery`, in development builds) shows each in every state.

mod combobox;
mod copy_button;
mod dialog;
mod disclosure;
mod field;
pub mod id;
mod keyed;
mod popover;
mod tip;

pub use combobox::{Choice, Choices, Combobox};
pub use copy_button::CopyButton;
pub use dialog::{Dialog, DialogRole, DialogText, FocusLost};
pub use disclosure::{Disclosure, DisclosureGroup};
pub use field::{TextArea, TextField};
pub use keyed::{ItemView, KeyedChild, KeyedChildren, keep_children};
pub use popover::{PopoverOptions, Width, show_beside};
pub use tip::{Tip, TipText};
