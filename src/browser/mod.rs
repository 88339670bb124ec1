//! The way out to the browser: its clock, its language, its storage, its events.

pub mod clipboard;
pub mod events;
pub mod history;
pub mod intl;
pub mod media;
pub mod pointer;
pub mod resize;
pub mod storage;
pub mod timers;
