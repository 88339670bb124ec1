//! The markers: buttons on the map. Each keeps its node while it shows the same locations.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, Event, Node};

use crate::browser::intl;
use crate::browser::js_object::object;
use crate::domain::{Coordinates, MarkerGroup, MarkerGroups, Status, nearest_copy};
use crate::leaflet::{Leaflet, Map, Marker, lat_lng};
use crate::page::status_badge::status_shape;
use crate::state::highlight::Highlight;

/// The width and height of a marker's box.
const SIZE_PX: f64 = 36.0;

/// All markers on one map.
pub struct Markers {
    leaflet: Leaflet,
    map: Map,
    by_key: HashMap<String, Entry>,
    shapes: Shapes,
}

/// One marker, and what it currently shows.
struct Entry {
    marker: Marker,
    button: Element,
    at: Coordinates,
    /// The longitude in the copy of the world that it is in.
    lon: f64,
    name: String,
    worst: Status,
    badge: Option<Element>,
    count: usize,
    is_highlighted: bool,
}

/// The shape of each status, drawn once, because copying nodes is faster than parsing markup.
#[derive(Default)]
struct Shapes(HashMap<Status, Element>);

impl Markers {
    /// No markers yet.
    pub fn new(leaflet: Leaflet, map: Map) -> Self {
        Self {
            leaflet,
            map,
            by_key: HashMap::new(),
            shapes: Shapes::default(),
        }
    }

    /// Shows these groups: updates changed markers, adds new ones and removes old ones.
    pub fn draw(&mut self, groups: &MarkerGroups) {
        let center = self.map.center().lng();
        let mut before = std::mem::take(&mut self.by_key);
        for group in groups.iter() {
            let entry = match before.remove_entry(group.key) {
                Some((key, mut entry)) => {
                    entry.update(&group, center, &mut self.shapes);
                    Some((key, entry))
                }
                None => self
                    .add(&group, center)
                    .map(|entry| (group.key.to_owned(), entry)),
            };
            self.by_key.extend(entry);
        }
        for gone in before.into_values() {
            gone.marker.remove();
        }
    }

    /// Moves each marker to the copy of the world that is in view.
    pub fn follow_view(&mut self) {
        let center = self.map.center().lng();
        for entry in self.by_key.values_mut() {
            entry.move_to(entry.at, center);
        }
    }

    /// Highlights the markers of the highlighted agents.
    pub fn highlight(&mut self, groups: &MarkerGroups, highlight: Option<&Highlight>) {
        for group in groups.iter() {
            let Some(entry) = self.by_key.get_mut(group.key) else {
                continue;
            };
            let is_highlighted =
                highlight.is_some_and(|highlight| highlight.has_location(group.coordinates()));
            if entry.is_highlighted != is_highlighted {
                entry.is_highlighted = is_highlighted;
                // `kp-highlighted` is a valid class name, so this cannot fail.
                entry
                    .button
                    .class_list()
                    .toggle_with_force("kp-highlighted", is_highlighted)
                    .ok();
            }
        }
    }

    fn add(&mut self, group: &MarkerGroup<'_>, center: f64) -> Option<Entry> {
        let document = web_sys::window()?.document()?;
        let button = document.create_element("button").ok()?;
        button.set_attribute("type", "button").ok()?;
        button.set_attribute("data-marker", group.key).ok()?;
        let icon = self.leaflet.div_icon(&object([
            ("className", "kp-marker-holder".into()),
            ("html", button.clone().into()),
            (
                "iconSize",
                js_sys::Array::of2(&SIZE_PX.into(), &SIZE_PX.into()).into(),
            ),
        ]));
        let (worst, count, name) = (group.worst(), group.counts.total(), group.name());
        let lon = nearest_copy(group.at.lon, center);
        let marker = self.leaflet.flat_marker(
            &lat_lng(group.at.lat, lon),
            &object([
                ("icon", icon),
                ("keyboard", false.into()),
                ("interactive", false.into()),
                ("zIndexOffset", z_index_offset(worst).into()),
            ]),
        );
        let mut entry = Entry {
            marker,
            button,
            at: group.at,
            lon,
            name: String::new(),
            worst,
            badge: None,
            count: 0,
            is_highlighted: false,
        };
        entry.set_name(name);
        entry.draw_shape(&mut self.shapes);
        entry.draw_count(count);
        entry
            .marker
            .unchecked_ref::<crate::leaflet::Layer>()
            .add_to(&self.map);
        Some(entry)
    }
}

impl Entry {
    fn update(&mut self, group: &MarkerGroup<'_>, center: f64, shapes: &mut Shapes) {
        self.move_to(group.at, center);
        self.set_name(group.name());
        let worst = group.worst();
        if self.worst != worst {
            self.worst = worst;
            self.draw_shape(shapes);
            self.marker.set_z_index_offset(z_index_offset(worst));
        }
        self.draw_count(group.counts.total());
    }

    fn move_to(&mut self, at: Coordinates, center: f64) {
        let lon = nearest_copy(at.lon, center);
        #[allow(
            clippy::float_cmp,
            reason = "a marker at exactly this longitude need not be moved"
        )]
        let is_there = self.lon == lon && self.at == at;
        if !is_there {
            (self.at, self.lon) = (at, lon);
            self.marker.set_lat_lng(&lat_lng(at.lat, lon));
        }
    }

    fn set_name(&mut self, name: String) {
        if self.name != name {
            // Setting an attribute with a valid name does not fail.
            self.button.set_attribute("aria-label", &name).ok();
            self.name = name;
        }
    }

    fn draw_shape(&mut self, shapes: &mut Shapes) {
        let highlight = if self.is_highlighted {
            " kp-highlighted"
        } else {
            ""
        };
        self.button
            .set_class_name(&format!("kp-marker kp-{}{highlight}", self.worst.slug()));
        let Some(shape) = shapes.copy(self.worst) else {
            return;
        };
        // Neither fails between nodes of one document.
        match self.button.first_child() {
            Some(before) => self.button.replace_child(&shape, &before),
            None => self.button.append_child(&shape),
        }
        .ok();
    }

    /// Shows the number of agents if it is more than one.
    fn draw_count(&mut self, count: usize) {
        if self.count == count {
            return;
        }
        self.count = count;
        if count == 1 {
            if let Some(badge) = self.badge.take() {
                badge.remove();
            }
            return;
        }
        if self.badge.is_none() {
            self.badge = self.button.owner_document().and_then(|document| {
                let badge = document.create_element("span").ok()?;
                badge.set_class_name("kp-marker-count");
                self.button.append_child(&badge).ok()?;
                Some(badge)
            });
        }
        if let Some(badge) = &self.badge {
            badge.set_text_content(Some(&intl::count(count)));
        }
    }
}

impl Shapes {
    fn copy(&mut self, status: Status) -> Option<Node> {
        let shape = match self.0.entry(status) {
            Slot::Occupied(known) => known.into_mut(),
            Slot::Vacant(slot) => slot.insert(draw(status)?),
        };
        shape.clone_node_with_deep(true).ok()
    }
}

fn draw(status: Status) -> Option<Element> {
    let document: Document = web_sys::window()?.document()?;
    let holder = document.create_element("div").ok()?;
    holder.set_inner_html(&format!(
        "<svg viewBox=\"0 0 16 16\" width=\"22\" height=\"22\" aria-hidden=\"true\">{}</svg>",
        status_shape(status),
    ));
    holder.first_element_child()
}

/// The key of the marker that an event happened on.
pub fn marker_key(event: &Event) -> Option<String> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target
        .closest("[data-marker]")
        .ok()??
        .get_attribute("data-marker")
}

/// Puts the worst status on top.
fn z_index_offset(worst: Status) -> f64 {
    let rank = Status::WORST_FIRST
        .iter()
        .rev()
        .position(|&status| status == worst);
    rank.unwrap_or_default() as f64 * 1000.0
}
