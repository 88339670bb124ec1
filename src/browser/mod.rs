//! The way out to the browser: its clock, its language, its storage, its events.

pub mod clock;
pub mod events;
pub mod intl;
pub mod observe;
pub mod storage;
