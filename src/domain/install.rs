//! How to install kproxy: steps with the exact commands, filled in with the organisation's values.
//!
//! Source: Kentik's knowledge base, kproxy (May 2026).

/// What stands for the token in a command until the real one is known.
const TOKEN_PLACEHOLDER: &str = "API_TOKEN";
/// What stands for the account in a command until the real one is known.
const EMAIL_PLACEHOLDER: &str = "API_EMAIL";
/// What stands in the place of a token that is not shown.
const MASK: &str = "••••••••••••";

/// How the commands are filled in. `Debug` leaves the token out.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct InstallValues {
    email: Option<String>,
    token: Option<String>,
    is_eu: bool,
}

impl std::fmt::Debug for InstallValues {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InstallValues")
            .field("is_eu", &self.is_eu)
            .finish_non_exhaustive()
    }
}

impl InstallValues {
    /// The organisation's values. `None` where they cannot stand in a command: something is
    /// missing, or has a line break or another control character in it.
    pub fn new(email: &str, token: &str, is_eu: bool) -> Option<Self> {
        let is_fit = |text: &str| !text.is_empty() && !text.chars().any(char::is_control);
        (is_fit(email) && is_fit(token)).then(|| Self {
            email: Some(email.to_owned()),
            token: Some(token.to_owned()),
            is_eu,
        })
    }

    fn email(&self) -> String {
        self.email
            .as_deref()
            .map_or_else(|| EMAIL_PLACEHOLDER.to_owned(), shell_word)
    }

    /// A kproxy command's options, in the style of the manual.
    fn options(&self) -> String {
        let region = if self.is_eu { " -region eu" } else { "" };
        format!("-api_email {} -host 0.0.0.0{region}", self.email())
    }
}

/// One way to install kproxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the titles say it")]
pub enum Platform {
    Debian,
    Rpm,
    Docker,
}

impl Platform {
    /// All of them, as they stand in the dialog.
    pub const ALL: [Self; 3] = [Self::Debian, Self::Rpm, Self::Docker];

    /// The title on screen.
    pub fn title(self) -> &'static str {
        match self {
            Self::Debian => "Debian/Ubuntu",
            Self::Rpm => "RPM",
            Self::Docker => "Docker",
        }
    }

    /// Which systems it is for.
    pub fn systems(self) -> &'static str {
        match self {
            Self::Debian => "Ubuntu 20.04, 22.04, 24.04; Debian 11, 12",
            Self::Rpm => "Red Hat Enterprise Linux 8, 9",
            Self::Docker => "any Linux with Docker",
        }
    }

    /// The steps, in the order in which they are taken.
    pub fn steps(self, values: &InstallValues) -> Vec<Step> {
        match self {
            Self::Debian => packaged("deb", "apt-get", values),
            Self::Rpm => packaged("rpm", "yum", values),
            Self::Docker => vec![
                Step::new(
                    "Get the image",
                    Command::plain("docker pull kentik/kproxy:latest"),
                ),
                Step::new("Put the token into the environment", export_token(values)),
                Step::new(
                    "Start kproxy",
                    Command::plain(&format!(
                        "docker run --name kproxy -d --net=host -e KENTIK_API_TOKEN kentik/kproxy {}",
                        values.options()
                    )),
                ),
            ],
        }
    }

    /// How to have systemd run it, instead of the last two of [`Self::steps`]; none for Docker.
    pub fn service_steps(self, values: &InstallValues) -> Vec<Step> {
        match self {
            Self::Debian | Self::Rpm => service(values),
            Self::Docker => Vec::new(),
        }
    }
}

/// One step: what it does, and the command that does it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it does, in a few words.
    pub title: &'static str,
    /// How.
    pub command: Command,
}

impl Step {
    fn new(title: &'static str, command: Command) -> Self {
        Self { title, command }
    }
}

/// A command, with the place of the token known. `Debug` leaves the token out.
#[derive(Clone, PartialEq, Eq)]
pub struct Command {
    before: String,
    /// As it stands in the command, quoted where needed.
    token: Option<String>,
    after: String,
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.masked())
    }
}

impl Command {
    fn plain(text: &str) -> Self {
        Self {
            before: text.to_owned(),
            token: None,
            after: String::new(),
        }
    }

    fn with_token(before: &str, token: String, after: &str) -> Self {
        Self {
            before: before.to_owned(),
            token: Some(token),
            after: after.to_owned(),
        }
    }

    /// The whole command, token and all: secret.
    pub fn whole(&self) -> String {
        self.with(self.token.as_deref().unwrap_or_default())
    }

    /// The command to look at, the token hidden.
    pub fn masked(&self) -> String {
        self.with(match self.token.as_deref() {
            None => "",
            Some(TOKEN_PLACEHOLDER) => TOKEN_PLACEHOLDER,
            Some(_) => MASK,
        })
    }

    fn with(&self, token: &str) -> String {
        format!("{}{token}{}", self.before, self.after)
    }
}

fn packaged(kind: &str, tool: &str, values: &InstallValues) -> Vec<Step> {
    vec![
        Step::new(
            "Add the package repository",
            Command::plain(&format!(
                "curl -s https://packagecloud.io/install/repositories/kentik/kproxy/script.{kind}.sh | sudo bash"
            )),
        ),
        Step::new(
            "Install the package",
            Command::plain(&format!("sudo {tool} install kproxy")),
        ),
        Step::new("Put the token into the environment", export_token(values)),
        Step::new(
            "Start kproxy",
            Command::plain(&format!("kproxy {}", values.options())),
        ),
    ]
}

/// `export` is the shell's own: the token stands in no process list.
fn export_token(values: &InstallValues) -> Command {
    let token = values
        .token
        .as_deref()
        .map_or_else(|| TOKEN_PLACEHOLDER.to_owned(), shell_word);
    Command::with_token("export KENTIK_API_TOKEN=", token, "")
}

fn service(values: &InstallValues) -> Vec<Step> {
    let quoted = |value: &Option<String>, placeholder: &str| {
        value
            .as_deref()
            .map_or_else(|| placeholder.to_owned(), environment_file_value)
    };
    let token = quoted(&values.token, TOKEN_PLACEHOLDER);
    let email = quoted(&values.email, EMAIL_PLACEHOLDER);
    let region = if values.is_eu { " -region=eu" } else { "" };
    vec![
        Step::new(
            "Write account and token to a file that root alone can read",
            Command::with_token(
                "sudo install -m 600 /dev/null /etc/default/kentik.env\n\
                 sudo tee /etc/default/kentik.env >/dev/null <<'EOF'\n\
                 KENTIK_API_TOKEN=",
                token,
                &format!("\nKENTIK_API_EMAIL={email}\nEOF"),
            ),
        ),
        Step::new(
            "Let it listen on all interfaces",
            Command::plain(&format!(
                "sudo mkdir -p /etc/systemd/system/kproxy.service.d\n\
                 sudo tee /etc/systemd/system/kproxy.service.d/override.conf >/dev/null <<'EOF'\n\
                 [Service]\n\
                 ExecStart=\n\
                 ExecStart=/usr/bin/kproxy -api_email=${{KENTIK_API_EMAIL}} -host=0.0.0.0{region}\n\
                 EOF"
            )),
        ),
        Step::new(
            "Start it, now and at every boot",
            Command::plain("sudo systemctl daemon-reload\nsudo systemctl enable --now kproxy"),
        ),
        Step::new(
            "See that it runs",
            Command::plain("systemctl status kproxy -l"),
        ),
    ]
}

/// A text as one word of a POSIX shell: single-quoted where the shell would see more in it.
fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "%+,-./:=@_".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// A value in a systemd environment file: double-quoted where systemd would see more in it.
fn environment_file_value(text: &str) -> String {
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
    use std::process::Command as Process;

    use proptest::prelude::*;

    use super::*;

    fn values(is_eu: bool) -> InstallValues {
        InstallValues::new("kproxy-agent+1234@kentik.com", "3f1c0a9b", is_eu).unwrap()
    }

    fn commands(steps: &[Step]) -> Vec<String> {
        steps.iter().map(|step| step.command.whole()).collect()
    }

    // page.md#add-dialog/3, kproxy-facts.md#install/1, #install/2, #install/4
    #[test]
    fn debian_and_rpm_install_the_package_and_run_it() {
        assert_eq!(
            commands(&Platform::Debian.steps(&values(false))),
            [
                "curl -s https://packagecloud.io/install/repositories/kentik/kproxy/script.deb.sh | sudo bash",
                "sudo apt-get install kproxy",
                "export KENTIK_API_TOKEN=3f1c0a9b",
                "kproxy -api_email kproxy-agent+1234@kentik.com -host 0.0.0.0",
            ]
        );
        assert_eq!(
            commands(&Platform::Rpm.steps(&values(true))),
            [
                "curl -s https://packagecloud.io/install/repositories/kentik/kproxy/script.rpm.sh | sudo bash",
                "sudo yum install kproxy",
                "export KENTIK_API_TOKEN=3f1c0a9b",
                "kproxy -api_email kproxy-agent+1234@kentik.com -host 0.0.0.0 -region eu",
            ]
        );
    }

    // page.md#add-dialog/3, kproxy-facts.md#install/3, #install/7
    #[test]
    fn docker_gets_the_token_through_the_environment() {
        assert_eq!(
            commands(&Platform::Docker.steps(&values(true))),
            [
                "docker pull kentik/kproxy:latest",
                "export KENTIK_API_TOKEN=3f1c0a9b",
                "docker run --name kproxy -d --net=host -e KENTIK_API_TOKEN kentik/kproxy \
                 -api_email kproxy-agent+1234@kentik.com -host 0.0.0.0 -region eu",
            ]
        );
        assert!(Platform::Docker.service_steps(&values(true)).is_empty());
    }

    // page.md#add-dialog/6, kproxy-facts.md#systemd/1, #systemd/2, #systemd/3
    #[test]
    fn the_service_gets_a_file_and_a_drop_in() {
        let steps = commands(&Platform::Debian.service_steps(&values(true)));
        assert_eq!(
            steps[0],
            "sudo install -m 600 /dev/null /etc/default/kentik.env\n\
             sudo tee /etc/default/kentik.env >/dev/null <<'EOF'\n\
             KENTIK_API_TOKEN=3f1c0a9b\n\
             KENTIK_API_EMAIL=kproxy-agent+1234@kentik.com\n\
             EOF"
        );
        assert!(steps[1].contains(
            "[Service]\nExecStart=\nExecStart=/usr/bin/kproxy -api_email=${KENTIK_API_EMAIL} -host=0.0.0.0 -region=eu\nEOF"
        ));
        assert_eq!(
            steps[2],
            "sudo systemctl daemon-reload\nsudo systemctl enable --now kproxy"
        );
        let us = commands(&Platform::Rpm.service_steps(&values(false)));
        assert!(us[1].contains("-host=0.0.0.0\nEOF"));
    }

    // page.md#add-dialog/7
    #[test]
    fn a_token_that_the_shell_would_read_differently_is_quoted() {
        let export = |token: &str| {
            let values = InstallValues::new("a@b", token, false).unwrap();
            export_token(&values).whole()
        };
        assert_eq!(export("ab/C+d="), "export KENTIK_API_TOKEN=ab/C+d=");
        assert_eq!(export("a b$c"), "export KENTIK_API_TOKEN='a b$c'");
        assert_eq!(export("it's"), r"export KENTIK_API_TOKEN='it'\''s'");
    }

    // page.md#add-dialog/9
    #[test]
    fn a_masked_command_does_not_hold_the_token() {
        for platform in Platform::ALL {
            let values = values(false);
            for step in [platform.steps(&values), platform.service_steps(&values)].concat() {
                assert!(!step.command.masked().contains("3f1c0a9b"));
                assert!(!format!("{step:?}{values:?}").contains("3f1c0a9b"));
            }
        }
        assert_eq!(
            export_token(&values(false)).masked(),
            format!("export KENTIK_API_TOKEN={MASK}")
        );
    }

    // page.md#add-dialog/12
    #[test]
    fn without_values_placeholders_stand_in_the_commands() {
        let values = InstallValues::default();
        let steps = commands(&Platform::Debian.steps(&values));
        assert_eq!(steps[2], "export KENTIK_API_TOKEN=API_TOKEN");
        assert_eq!(steps[3], "kproxy -api_email API_EMAIL -host 0.0.0.0");
        assert_eq!(
            export_token(&values).masked(),
            "export KENTIK_API_TOKEN=API_TOKEN"
        );
    }

    #[test]
    fn values_that_cannot_stand_in_a_command_are_refused() {
        for (email, token) in [
            ("", "t"),
            ("e", ""),
            ("e", "t\nEOF\nrm -rf ~"),
            ("e\r", "t"),
            ("e", "\u{1b}[A"),
        ] {
            assert_eq!(InstallValues::new(email, token, false), None);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_real_shell_reads_the_very_token(token in "[ -~é💡]{1,20}") {
            let values = InstallValues::new("a@b", &token, false).unwrap();
            let script = format!("{}; printf %s \"$KENTIK_API_TOKEN\"", export_token(&values).whole());
            let output = Process::new("sh").arg("-c").arg(script).output().unwrap();
            prop_assert_eq!(String::from_utf8(output.stdout).unwrap(), token);
        }

        #[test]
        fn systemd_reads_the_very_value(text in "[ -~é💡]{1,20}") {
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
