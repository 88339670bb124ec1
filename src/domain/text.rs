//! Text as it is compared, typed and shown: what looks alike is found alike, and what cannot be seen
//! does no harm.

use std::borrow::Cow;
use std::sync::OnceLock;

/// What takes tables of Unicode to do. The browser has them, so that they need not be part of the page.
#[derive(Clone, Copy, Debug)]
pub struct TextForms {
    /// Takes a text apart by Unicode's form NFKD.
    pub decompose: fn(&str) -> String,
    /// Writes it in capitals, then in small letters.
    pub fold_case: fn(&str) -> String,
}

impl TextForms {
    /// What does for ASCII.
    const OF_ASCII: Self = Self {
        decompose: str::to_owned,
        fold_case: str::to_ascii_lowercase,
    };
}

static FORMS: OnceLock<TextForms> = OnceLock::new();

/// Sets who does it. Until then, texts stay as they are but for the case of ASCII.
pub fn use_text_forms(forms: TextForms) {
    // Whoever was first has set the same.
    let _ = FORMS.set(forms);
}

#[cfg_attr(
    test,
    allow(unused_qualifications, reason = "`tests/layers.rs` goes by paths")
)]
fn forms() -> TextForms {
    #[cfg(test)]
    use_text_forms(self::stand_in::FORMS);
    FORMS.get().copied().unwrap_or(TextForms::OF_ASCII)
}

/// Appends a text as it is searched and sorted: without case, accents, the width of letters and what
/// cannot be seen; all blanks are alike. It goes by Unicode's case folding, so that `ß` is `ss`, and
/// `İ` and `ı` are `i`.
pub(super) fn push_folded(folded: &mut String, text: &str) {
    if is_plain(text) {
        let start = folded.len();
        folded.push_str(text);
        if let Some(pushed) = folded.get_mut(start..) {
            pushed.make_ascii_lowercase();
        }
        return;
    }
    let forms = forms();
    let letters: String = (forms.decompose)(text)
        .chars()
        .filter(|c| c.is_whitespace() || !(is_invisible(*c) || is_accent(*c)))
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .collect();
    // By way of the capital, as some letters have two small ones; one of them is written at the end of words.
    let folded_case = (forms.fold_case)(&letters);
    folded.extend(folded_case.chars().map(|c| if c == 'ς' { 'σ' } else { c }));
}

/// As by [`push_folded`].
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    push_folded(&mut folded, text);
    folded
}

/// A text typed by the user without the blanks around it, some of which cannot be seen. One of which
/// nothing can be seen is empty.
pub fn trim_blanks(text: &str) -> &str {
    if text.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
        return "";
    }
    // The others may be part of a letter or an emoji.
    text.trim_matches(|c: char| c.is_whitespace() || (is_invisible(c) && !is_joiner(c)))
}

/// A text without anything that cannot be seen, and without blanks around it.
pub fn only_visible(text: &str) -> String {
    text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
        .chars()
        .filter(|c| !is_invisible(*c))
        .collect()
}

/// A text as it may stand beside others: without control characters, among them those that would
/// turn the text around it. Line breaks and tabs stay.
pub fn display_text(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let is_harmful = |c: char| {
        let is_blank = matches!(c, '\n' | '\r' | '\t');
        (c.is_control() && !is_blank) || is_turning(c)
    };
    if text.contains(is_harmful) {
        Cow::Owned(text.chars().filter(|&c| !is_harmful(c)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether it holds nothing but the usual characters of ASCII, as most texts do.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// A control that embeds, overrides or isolates a direction, or ends that.
fn is_turning(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What leaves no mark on the screen, and is no blank.
fn is_invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || is_turning(c)
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// What joins letters, or tells which form one takes.
fn is_joiner(c: char) -> bool {
    matches!(
        c,
        '\u{200c}'..='\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0020}'..='\u{e01ef}'
    )
}

/// A mark on a letter of a European script.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Stands in for the browser.
#[cfg(test)]
mod stand_in {
    use icu_normalizer::DecomposingNormalizerBorrowed;

    use super::TextForms;

    pub(super) const FORMS: TextForms = TextForms {
        decompose: |text| {
            let nfkd = DecomposingNormalizerBorrowed::new_nfkd();
            nfkd.normalize(text).into_owned()
        },
        fold_case: |text| text.to_uppercase().to_lowercase(),
    };
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // page.md#controls/13
    #[test]
    fn what_looks_alike_is_alike() {
        for (a, b) in [
            ("İstanbul", "istanbul"),
            ("ISTANBUL", "ıstanbul"),
            ("ΟΔΟΣ", "οδος"),
            ("ΟΔΟΣ", "οδοσ"),
            ("Zürich", "ZU\u{308}RICH"),
            ("Zürich", "zurich"),
            ("Straße", "STRASSE"),
            ("ＥＤＧＥ－１", "edge-1"),
            ("ﬁber", "FIBER"),
            ("Ålesund", "A\u{30a}LESUND"),
            ("a\u{a0}b", "a b"),
            ("a\tb", "a b"),
            ("a\nb", "A B"),
            ("ed\u{ad}ge\u{200b}", "\u{feff}edge"),
            ("\u{202e}edge\u{202c}\u{e0041}\u{7}", "edge"),
        ] {
            assert_eq!(folded(a), folded(b), "{a:?} {b:?}");
        }
        assert_ne!(folded("a b"), folded("ab"));
        assert_ne!(folded("о"), folded("o"));
    }

    // page.md#controls/14
    #[test]
    fn blanks_around_a_text_do_not_count() {
        for text in [
            " \tedge 1\u{a0}\n",
            "\u{200b}edge 1\u{feff}",
            "\u{3000}edge 1\u{2028}\u{200e}",
        ] {
            assert_eq!(trim_blanks(text), "edge 1", "{text:?}");
            assert_eq!(only_visible(text), "edge 1", "{text:?}");
        }
        for nothing in [
            "",
            " ",
            "\u{200d}",
            "\u{ad}\u{2060} \u{e0061}",
            "\u{85}\u{7f}\0",
        ] {
            assert_eq!(trim_blanks(nothing), "", "{nothing:?}");
            assert_eq!(only_visible(nothing), "", "{nothing:?}");
        }
        // The flag of Wales, which ends in a tag; a heart that is asked to be an emoji.
        for emoji in [
            "\u{1f3f4}\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
            "\u{2764}\u{fe0f}",
        ] {
            assert_eq!(trim_blanks(emoji), emoji);
        }
    }

    // page.md#texts/5
    #[test]
    fn nothing_turns_what_stands_beside_it() {
        assert_eq!(display_text("\u{2069}\u{202e}prod-1\u{202d}x"), "prod-1x");
        assert_eq!(display_text("a\0b\u{9b}c\n\td"), "abc\n\td");
        let kept = "עברית\u{200f} नहीं\u{200d} 👩\u{200d}💻";
        assert!(matches!(display_text(kept), Cow::Borrowed(text) if text == kept));
    }

    proptest! {
        #[test]
        fn a_part_folded_is_part_of_the_whole_folded(
            a in "[\\p{L}\\p{N}\\p{P}\\p{Z}]*", b in "[\\p{L}\\p{N}\\p{P}\\p{Z}]*",
        ) {
            prop_assert_eq!(folded(&a) + &folded(&b), folded(&(a + &b)));
        }

        #[test]
        fn folding_is_done_once(text in any::<String>()) {
            let once = folded(&text);
            prop_assert!(!once.contains(is_invisible) && !once.contains('\n'));
            prop_assert_eq!(trim_blanks(&once).trim(), trim_blanks(&once));
        }

        #[test]
        fn trimming_twice_changes_nothing(text in any::<String>()) {
            let trimmed = trim_blanks(&text);
            prop_assert_eq!(trim_blanks(trimmed), trimmed);
            let visible = only_visible(&text);
            prop_assert_eq!(only_visible(&visible), visible);
        }
    }
}
