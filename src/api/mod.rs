//! The way out to the agent API: the wire types (shared with the mock server), how their text is
//! decoded, and the client.

pub mod wire;
