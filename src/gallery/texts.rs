//! Texts as they come from an agent API that wishes nobody well.

/// More than fits on a line.
pub const LONG: &str = "The data centre in the basement of the old exchange behind the harbour, \
    second door on the left, third rack from the wall";

/// Has no place where a line may break.
pub const UNBROKEN: &str = "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW";

/// Looks like markup, and ends in an override of the direction of writing.
pub const HOSTILE: &str = "</li><img src=x onerror=\"alert('hostile')\"> & \u{202e}gnirts";

/// Arabic: "Cairo data center, 3rd floor".
pub const RIGHT_TO_LEFT: &str = "مركز بيانات القاهرة، الطابق 3";
