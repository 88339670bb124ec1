//! The dialog, and how focus enters and leaves it.

use leptos::html;
use leptos::prelude::*;

use super::specimen::Specimen;
use super::texts;
use crate::page::widgets::{Dialog, DialogRole, DialogText, TextField};

const ALERT_TEXT: &str = "kp-gallery-alert-text";

pub fn page() -> impl IntoView {
    view! {
        <div class="kp-specimens">
            <Specimen title="Short"><Opens words="Open the short dialog" dialog=short /></Specimen>
            <Specimen title="With a field"><Opens words="Open the dialog with a field" dialog=with_field /></Specimen>
            <Specimen title="Long"><Opens words="Open the long dialog" dialog=long /></Specimen>
            <Specimen title="Odd texts"><Opens words="Open the dialog of odd texts" dialog=odd /></Specimen>
            <Specimen title="Alert"><Opens words="Open the alert" dialog=alert /></Specimen>
            <Specimen title="Asks before it closes"><Opens words="Open the dialog that asks" dialog=asking /></Specimen>
            <Specimen title="Its button goes away"><GoingButton /></Specimen>
        </div>
    }
}

/// A button, and the dialog that it opens.
#[component]
fn Opens(
    /// The button's text.
    words: &'static str,
    /// Creates the dialog, given the callback that closes it.
    dialog: fn(Callback<()>) -> AnyView,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let close = Callback::new(move |()| open.set(false));
    view! {
        <div class="kp-specimen-line">
            <button type="button" class="kp-button" on:click=move |_| open.set(true)>{words}</button>
        </div>
        {move || open.get().then(|| dialog(close))}
    }
}

fn actions(close: Callback<()>) -> impl IntoView {
    view! {
        <footer class="kp-dialog-actions">
            <button type="button" class="kp-button" on:click=move |_| close.run(())>"Cancel"</button>
            <button type="button" class="kp-button kp-primary" on:click=move |_| close.run(())>"Save"</button>
        </footer>
    }
}

fn short(close: Callback<()>) -> AnyView {
    view! {
        <Dialog title="Short" on_close=close>
            <div class="kp-dialog-body"><p>"A dialog of one line."</p></div>
            {actions(close)}
        </Dialog>
    }
    .into_any()
}

fn with_field(close: Callback<()>) -> AnyView {
    view! {
        <Dialog title="With a field" on_close=close>
            <div class="kp-dialog-body">
                <TextField
                    label="Name"
                    value=RwSignal::new(String::new())
                    placeholder="Auto Generated"
                    autofocus=true
                    error=Signal::stored(None::<String>)
                />
            </div>
            {actions(close)}
        </Dialog>
    }
    .into_any()
}

fn long(close: Callback<()>) -> AnyView {
    let lines = (1..=40)
        .map(|line| view! { <p>{format!("{line}. {}", texts::LONG)}</p> })
        .collect_view();
    view! {
        <Dialog title="Long" on_close=close>
            <DialogText>{lines}</DialogText>
            {actions(close)}
        </Dialog>
    }
    .into_any()
}

fn odd(close: Callback<()>) -> AnyView {
    view! {
        <Dialog title="Odd texts" on_close=close>
            <div class="kp-dialog-body">
                <p>{texts::UNBROKEN}</p>
                <p>{texts::HOSTILE}</p>
                <p dir="auto">{texts::RIGHT_TO_LEFT}</p>
            </div>
            {actions(close)}
        </Dialog>
    }
    .into_any()
}

fn alert(close: Callback<()>) -> AnyView {
    view! {
        <Dialog title="Alert" role=DialogRole::AlertDialog described_by=ALERT_TEXT on_close=close>
            <div class="kp-dialog-body"><p id=ALERT_TEXT>"Something is about to be lost."</p></div>
            <footer class="kp-dialog-actions">
                <button type="button" class="kp-button" autofocus on:click=move |_| close.run(())>"Keep"</button>
                <button type="button" class="kp-button kp-danger" on:click=move |_| close.run(())>"Lose"</button>
            </footer>
        </Dialog>
    }
    .into_any()
}

fn asking(close: Callback<()>) -> AnyView {
    let asks = RwSignal::new(false);
    let keep = Callback::new(move |()| asks.set(false));
    view! {
        <Dialog title="Asks before it closes" on_close=Callback::new(move |()| asks.set(true))>
            <div class="kp-dialog-body"><p>"Close, Esc and Cancel all ask first."</p></div>
            {actions(Callback::new(move |()| asks.set(true)))}
        </Dialog>
        <Show when=move || asks.get()>
            <Dialog title="Really?" role=DialogRole::AlertDialog described_by=ALERT_TEXT on_close=keep>
                <div class="kp-dialog-body"><p id=ALERT_TEXT>"The dialog below is about to close."</p></div>
                <footer class="kp-dialog-actions">
                    <button type="button" class="kp-button" autofocus on:click=move |_| keep.run(())>"Stay"</button>
                    <button type="button" class="kp-button kp-danger" on:click=move |_| close.run(())>"Leave"</button>
                </footer>
            </Dialog>
        </Show>
    }
    .into_any()
}

/// A button that is gone when its dialog closes, so that the owner has to move focus.
#[component]
fn GoingButton() -> impl IntoView {
    let open = RwSignal::new(false);
    let close = Callback::new(move |()| open.set(false));
    let is_there = RwSignal::new(true);
    let back = NodeRef::<html::Button>::new();
    let focus_back = move || {
        if let Some(back) = back.get_untracked() {
            // A button on screen can take focus.
            back.focus().ok();
        }
    };
    let open_it = move |_| {
        open.set(true);
        request_animation_frame(move || is_there.set(false));
    };
    view! {
        <div class="kp-specimen-line">
            <Show when=move || is_there.get()>
                <button type="button" class="kp-button" on:click=open_it>"Open, and go away"</button>
            </Show>
            <button type="button" class="kp-button" node_ref=back on:click=move |_| is_there.set(true)>
                "Bring it back"
            </button>
        </div>
        {move || open.get().then(|| view! {
            <Dialog title="Its button went away" on_close=close on_focus_lost=Box::new(focus_back)>
                <div class="kp-dialog-body"><p>"Focus goes to “Bring it back” afterwards."</p></div>
                {actions(close)}
            </Dialog>
        })}
    }
}
