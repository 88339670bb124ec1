//! The way out to the browser: its clock, its language, its storage, its events.

pub mod clipboard;
pub mod clock;
pub mod events;
pub mod history;
pub mod intl;
pub mod observe;
pub mod press;
pub mod storage;
