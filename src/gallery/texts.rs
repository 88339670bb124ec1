//! Difficult texts, as from a hostile agent API.

/// Too long for a line.
pub const LONG: &str = "The data centre in the basement of the old exchange behind the harbour, \
    second door on the left, third rack from the wall";

/// Has no place for a line break.
pub const UNBROKEN: &str = "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW";

/// Looks like markup, and ends with an override of the text direction.
pub const HOSTILE: &str = "</li><img src=x onerror=\"alert('hostile')\"> & \u{202e}gnirts";

/// Arabic: "Cairo data center, 3rd floor".
pub const RIGHT_TO_LEFT: &str = "مركز بيانات القاهرة، الطابق 3";
