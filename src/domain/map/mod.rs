//! What the map shows: locations, the clusters they form at a zoom, the markers for them and their
//! popups; and when it is fitted to them.

mod bounds;
mod cluster;
mod fit;
mod fit_view;
#[cfg(test)]
mod fixtures;
mod location;
mod marker_group;
mod mercator;
mod popup_content;
mod tab_stop;
mod view;

pub use bounds::Bounds;
pub use cluster::{CLUSTER_RADIUS_PX, Cluster, clusters, zoom_that_parts};
pub use fit::{FitBasis, Fitting, MovedBy, Resized};
pub use fit_view::fit_view;
pub use location::{Location, locations};
pub use marker_group::{MarkerGroup, MarkerGroups};
pub use mercator::nearest_copy;
pub use popup_content::PopupContent;
pub use tab_stop::{MarkerStep, PlacedMarker, nearest_marker, step, tab_stop};
pub use view::{MapPoint, MapView};
