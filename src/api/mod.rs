//! The way out to the agent API: the wire types (shared with the mock server), how their text is
//! decoded, the client, and whether the user is signed in.

#[cfg(target_arch = "wasm32")]
pub mod client;
pub mod decode;
#[cfg(test)]
mod decode_fuzz;
pub mod error;
mod json_path;
#[cfg(target_arch = "wasm32")]
pub mod rate_limit;
#[cfg(target_arch = "wasm32")]
pub mod session;
#[cfg(target_arch = "wasm32")]
mod transport;
pub mod wire;

pub use error::ApiError;
