//! What the map shows: places, the clusters they form at a zoom, and the markers for them.

mod bounds;
mod location;
mod marker_group;

pub use bounds::Bounds;
pub use location::{CLUSTER_RADIUS_PX, Cluster, Place, clusters, places, zoom_that_parts};
pub use marker_group::{Group, Groups};
