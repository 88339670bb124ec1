//! What the map shows: locations, the clusters they form at a zoom, the markers for them and their
//! popups; and when it is fitted to them.

mod bounds;
mod cluster;
mod fit;
#[cfg(test)]
mod fixtures;
mod location;
mod marker_group;
mod mercator;
mod popup_content;

pub use bounds::Bounds;
pub use cluster::{CLUSTER_RADIUS_PX, Cluster, clusters, zoom_that_parts};
pub use fit::{Fit, FitBasis, MovedBy, is_fit_due};
pub use location::{Location, locations};
pub use marker_group::{MarkerGroup, MarkerGroups};
pub use mercator::nearest_copy;
pub use popup_content::PopupContent;
