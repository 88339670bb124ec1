//! Local storage. All keys begin with `kp-`.

fn storage() -> Option<web_sys::Storage> {
    // Blocked storage throws; the page then works without.
    web_sys::window()?.local_storage().ok()?
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
