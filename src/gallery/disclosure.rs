//! Disclosures, alone and in groups with one open at a time.

use leptos::prelude::*;

use super::specimen::Specimen;
use super::texts;
use crate::page::widgets::{Disclosure, DisclosureGroup};

pub fn page() -> impl IntoView {
    let panes = DisclosureGroup::with_open(0);
    let odd = DisclosureGroup::with_open(0);
    // No pane has this index, so all are closed.
    let closed = DisclosureGroup::with_open(2);
    view! {
        <div class="kp-specimens">
            <Specimen title="One open">
                <Disclosure group=panes index=0 title="Debian/Ubuntu" detail="Ubuntu 20.04, 22.04, 24.04; Debian 11, 12">
                    <p>"The first pane. "<a class="kp-link" href="#first">"A link in it"</a></p>
                </Disclosure>
                <Disclosure group=panes index=1 title="RPM" detail="RHEL 8, 9"><p>"The second pane."</p></Disclosure>
                <Disclosure group=panes index=2 title="Docker"><p>"The third pane, without a detail."</p></Disclosure>
            </Specimen>
            <Specimen title="None open">
                <Disclosure group=closed index=0 title="Closed"><p>"Was closed."</p></Disclosure>
                <Disclosure group=closed index=1 title="Closed, too"><p>"Was closed, too."</p></Disclosure>
            </Specimen>
            <Specimen title="Odd texts">
                <Disclosure group=odd index=0 title=texts::LONG detail=texts::LONG>
                    <p>{texts::UNBROKEN}</p>
                    <p>{texts::HOSTILE}</p>
                    <p dir="auto">{texts::RIGHT_TO_LEFT}</p>
                </Disclosure>
                <Disclosure group=odd index=1 title=texts::RIGHT_TO_LEFT detail=texts::HOSTILE><p>"Odd, too."</p></Disclosure>
            </Specimen>
        </div>
    }
}
