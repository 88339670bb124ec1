//! The way out to the agent API: the wire types (shared with the mock server), how their text is
//! decoded, and the client.

#[cfg(target_arch = "wasm32")]
pub mod client;
pub mod decode;
pub mod error;
pub mod pause;
pub mod wire;

pub use error::ApiError;
