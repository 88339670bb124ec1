//! The markers: buttons on the map, kept in place while they stand for the same places.

use std::collections::HashMap;

use wasm_bindgen::prelude::*;
use web_sys::Element;

use super::groups::{Group, Groups};
use super::nearest_copy;
use crate::browser::intl;
use crate::domain::{Coordinates, Status};
use crate::leaflet::{Leaflet, Map, Marker, lat_lng, object};
use crate::page::icons::status_shape;
use crate::page::lit::Lit;

/// The side of a marker's box.
const SIZE_PX: f64 = 36.0;

/// All markers on one map.
pub struct Markers {
    leaflet: Leaflet,
    map: Map,
    by_key: HashMap<String, Entry>,
}

struct Entry {
    marker: Marker,
    button: Element,
    at: Coordinates,
    look: (Status, usize),
}

impl Markers {
    /// No markers yet.
    pub fn new(leaflet: Leaflet, map: Map) -> Self {
        Self {
            leaflet,
            map,
            by_key: HashMap::new(),
        }
    }

    /// Shows these groups: changes what changed, adds what is new, takes off what is gone.
    pub fn draw(&mut self, groups: &Groups) {
        let mut before = std::mem::take(&mut self.by_key);
        for group in groups.iter() {
            let entry = match before.remove(&group.key) {
                Some(entry) => Some(entry),
                None => self.add(&group),
            };
            if let Some(mut entry) = entry {
                entry.show(&group);
                self.by_key.insert(group.key, entry);
            }
        }
        for gone in before.into_values() {
            gone.marker.remove();
        }
        self.follow_view();
    }

    /// Puts each marker onto the copy of the world that is in view.
    pub fn follow_view(&mut self) {
        let center = self.map.center().lng();
        for entry in self.by_key.values() {
            let lon = nearest_copy(entry.at.lon, center);
            entry.marker.set_lat_lng(&lat_lng(entry.at.lat, lon));
        }
    }

    /// Lights the markers that stand for what is lit.
    pub fn light(&self, groups: &Groups, lit: Option<&Lit>) {
        for group in groups.iter() {
            let Some(entry) = self.by_key.get(&group.key) else {
                continue;
            };
            let is_lit = lit.is_some_and(|lit| lit.has_place(group.places()));
            // A class that cannot be set is a class of another name: these can.
            let _ = entry
                .button
                .class_list()
                .toggle_with_force("kp-lit", is_lit);
        }
    }

    fn add(&self, group: &Group<'_>) -> Option<Entry> {
        let document = web_sys::window()?.document()?;
        let button = document.create_element("button").ok()?;
        button.set_attribute("type", "button").ok()?;
        button.set_attribute("data-marker", &group.key).ok()?;
        let icon = self.leaflet.div_icon(&object([
            ("className", "kp-marker-holder".into()),
            ("html", button.clone().into()),
            (
                "iconSize",
                js_sys::Array::of2(&SIZE_PX.into(), &SIZE_PX.into()).into(),
            ),
        ]));
        let marker = self.leaflet.marker(
            &lat_lng(group.at.lat, group.at.lon),
            &object([
                ("icon", icon),
                ("keyboard", false.into()),
                ("interactive", false.into()),
            ]),
        );
        marker
            .unchecked_ref::<crate::leaflet::Layer>()
            .add_to(&self.map);
        Some(Entry {
            marker,
            button,
            at: group.at,
            look: (Status::Healthy, 0),
        })
    }
}

impl Entry {
    fn show(&mut self, group: &Group<'_>) {
        self.at = group.at;
        let name = group.name();
        if self.button.get_attribute("aria-label").as_ref() != Some(&name) {
            // Setting an attribute of a valid name does not fail.
            let _ = self.button.set_attribute("aria-label", &name);
        }
        let look = (group.worst(), group.counts.total());
        if self.look == look {
            return;
        }
        self.look = look;
        let (worst, count) = look;
        self.button
            .set_class_name(&format!("kp-marker kp-{}", worst.key()));
        let badge = match count {
            1 => String::new(),
            _ => format!(
                "<span class=\"kp-marker-count\">{}</span>",
                intl::count(count)
            ),
        };
        self.button.set_inner_html(&format!(
            "<svg viewBox=\"0 0 16 16\" width=\"22\" height=\"22\" aria-hidden=\"true\">{}</svg>{badge}",
            status_shape(worst),
        ));
        // The worst on top.
        let rank = Status::WORST_FIRST
            .iter()
            .rev()
            .position(|&status| status == worst);
        self.marker
            .set_z_index_offset(rank.unwrap_or_default() as f64 * 1000.0);
    }
}
