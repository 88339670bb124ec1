//! The browser: clipboard, events, history, locale, storage, timers and the like, each ending with its
//! owner.

pub mod clipboard;
pub mod events;
pub mod focus;
pub mod history;
pub mod intersection;
pub mod intl;
pub mod js_object;
pub mod lasting;
pub mod pointer;
pub mod resize;
pub mod storage;
pub mod tasks;
pub mod timers;
pub mod visibility;
