//! Local storage, and that of the tab. All keys begin with `kp-`.

use web_sys::{Storage, Window};

fn storage() -> Option<Storage> {
    // Blocked storage throws; the page then works without.
    web_sys::window()?.local_storage().ok()?
}

fn storage_of_tab() -> Option<Storage> {
    web_sys::window()
        .as_ref()
        .map(Window::session_storage)?
        .ok()?
}

/// A value kept earlier.
pub fn load(key: &str) -> Option<String> {
    storage()?.get_item(key).ok()?
}

/// Keeps a value. Full or blocked storage is no error: the choice then lasts for this visit.
pub fn save(key: &str, value: &str) {
    if let Some(storage) = storage() {
        storage.set_item(key, value).ok();
    }
}

/// A value kept earlier in this tab.
pub fn load_for_tab(key: &str) -> Option<String> {
    storage_of_tab()?.get_item(key).ok()?
}

/// Keeps a value for this tab, or forgets it. As with [`save`], it is no error if that fails.
pub fn save_for_tab(key: &str, value: Option<&str>) {
    if let Some(storage) = storage_of_tab() {
        match value {
            Some(value) => storage.set_item(key, value).ok(),
            None => storage.remove_item(key).ok(),
        };
    }
}
