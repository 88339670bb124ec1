//! Quoting of values in shell commands and systemd environment files.

/// Quotes a text as one word of a POSIX shell, in single quotes where the shell would read it
/// differently.
pub(super) fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "%+,-./:=@_".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// Quotes a value of a systemd environment file, in double quotes where systemd would read it
/// differently.
pub(super) fn environment_file_value(text: &str) -> String {
    let is_plain = |c: char| !c.is_whitespace() && !"\"'\\`$#;".contains(c);
    if text.chars().all(is_plain) {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        if "\"\\`$".contains(c) {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_words_are_not_quoted() {
        assert_eq!(shell_word("ab/C+d="), "ab/C+d=");
        assert_eq!(shell_word(""), "''");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
        assert_eq!(environment_file_value("ab/C+d="), "ab/C+d=");
        assert_eq!(environment_file_value("a b"), "\"a b\"");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_real_shell_reads_the_same_text(text in "[ -~é💡]{1,20}") {
            let script = format!("printf %s {}", shell_word(&text));
            let output = Command::new("sh").arg("-c").arg(script).output().unwrap();
            prop_assert_eq!(String::from_utf8(output.stdout).unwrap(), text);
        }

        #[test]
        fn systemd_reads_the_same_value(text in "[ -~é💡]{1,20}") {
            let value = environment_file_value(&text);
            // As systemd.exec(5) says: inside double quotes a backslash escapes " \ ` and $.
            let read = match value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
                None => value.clone(),
                Some(inside) => {
                    let mut read = String::new();
                    let mut chars = inside.chars();
                    while let Some(c) = chars.next() {
                        read.push(if c == '\\' { chars.next().unwrap() } else { c });
                    }
                    read
                }
            };
            prop_assert_eq!(read, text);
        }
    }
}
