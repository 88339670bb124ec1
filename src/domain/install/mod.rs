//! How to install kproxy: steps with the exact commands, filled in with the organization's values.
//!
//! Source: Kentik's knowledge base, kproxy (May 2026).

mod quoting;

use std::fmt;

use quoting::{environment_file_value, shell_word};

/// Shown in place of the token while it is unknown.
const TOKEN_PLACEHOLDER: &str = "API_TOKEN";
/// Shown in place of the account while it is unknown.
const EMAIL_PLACEHOLDER: &str = "API_EMAIL";
/// Shown in place of a token that is hidden.
const MASK: &str = "••••••••••••";

/// The organization's API token, or a stand-in for it. `Debug` does not show the token.
#[derive(Clone, Default, PartialEq, Eq)]
enum Token {
    /// The token is unknown.
    #[default]
    Placeholder,
    /// The real token, even one that reads like a placeholder.
    Secret(String),
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Placeholder => TOKEN_PLACEHOLDER,
            Self::Secret(_) => MASK,
        })
    }
}

impl Token {
    /// The token as a command contains it, quoted by `quote`.
    fn quoted(&self, quote: fn(&str) -> String) -> Self {
        match self {
            Self::Placeholder => Self::Placeholder,
            Self::Secret(token) => Self::Secret(quote(token)),
        }
    }

    fn as_str(&self) -> &str {
        match self {
            Self::Placeholder => TOKEN_PLACEHOLDER,
            Self::Secret(token) => token,
        }
    }

    fn masked(&self) -> &'static str {
        match self {
            Self::Placeholder => TOKEN_PLACEHOLDER,
            Self::Secret(_) => MASK,
        }
    }
}

/// The region that an organization's flow goes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FlowRegion {
    /// kproxy's default.
    #[default]
    Us,
    /// kproxy needs the option `-region eu`.
    Eu,
}

/// The values that fill in the commands; placeholders by default. `Debug` does not show the token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstallValues {
    email: Option<String>,
    token: Token,
    region: FlowRegion,
}

impl InstallValues {
    /// The organization's values. `None` if they cannot be used in a command: one is empty, or
    /// contains a line break or another control character.
    pub fn new(email: &str, token: &str, region: FlowRegion) -> Option<Self> {
        let is_usable = |text: &str| !text.is_empty() && !text.chars().any(char::is_control);
        (is_usable(email) && is_usable(token)).then(|| Self {
            email: Some(email.to_owned()),
            token: Token::Secret(token.to_owned()),
            region,
        })
    }

    /// The account, quoted by `quote`.
    fn email(&self, quote: fn(&str) -> String) -> String {
        self.email
            .as_deref()
            .map_or_else(|| EMAIL_PLACEHOLDER.to_owned(), quote)
    }

    /// The options of a kproxy command, in the style of the manual.
    fn options(&self) -> String {
        let region = match self.region {
            FlowRegion::Us => "",
            FlowRegion::Eu => " -region eu",
        };
        format!(
            "-api_email {} -host 0.0.0.0{region}",
            self.email(shell_word)
        )
    }
}

/// One way to install kproxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the labels say it")]
pub enum Platform {
    Debian,
    Rpm,
    Docker,
}

impl Platform {
    /// All platforms, in the order of the dialog.
    pub const ALL: [Self; 3] = [Self::Debian, Self::Rpm, Self::Docker];

    /// The name on screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Debian => "Debian/Ubuntu",
            Self::Rpm => "RPM",
            Self::Docker => "Docker",
        }
    }

    /// The systems that it is for.
    pub fn systems(self) -> &'static str {
        match self {
            Self::Debian => "Ubuntu 20.04, 22.04, 24.04; Debian 11, 12",
            Self::Rpm => "Red Hat Enterprise Linux 8, 9",
            Self::Docker => "any Linux with Docker",
        }
    }

    /// The steps, in order.
    pub fn steps(self, values: &InstallValues) -> Vec<Step> {
        match self {
            Self::Debian => packaged("deb", "apt-get", values),
            Self::Rpm => packaged("rpm", "yum", values),
            Self::Docker => vec![
                Step::new(
                    "Get the image",
                    InstallCommand::plain("docker pull kentik/kproxy:latest"),
                ),
                Step::new("Put the token into the environment", export_token(values)),
                Step::new(
                    "Start kproxy",
                    InstallCommand::plain(&format!(
                        "docker run --name kproxy -d --net=host -e KENTIK_API_TOKEN kentik/kproxy {}",
                        values.options()
                    )),
                ),
            ],
        }
    }

    /// The steps that make systemd run kproxy, in place of the last two of [`Self::steps`]; none for
    /// Docker.
    pub fn service_steps(self, values: &InstallValues) -> Vec<Step> {
        match self {
            Self::Debian | Self::Rpm => service(values),
            Self::Docker => Vec::new(),
        }
    }
}

/// One step of an installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it does, in a few words.
    pub title: &'static str,
    /// The shell command.
    pub command: InstallCommand,
}

impl Step {
    fn new(title: &'static str, command: InstallCommand) -> Self {
        Self { title, command }
    }
}

/// A shell command that may contain the token. `Debug` does not show the token.
#[derive(Clone, PartialEq, Eq)]
pub struct InstallCommand {
    before: String,
    /// Quoted as the command needs it.
    token: Option<Token>,
    after: String,
}

impl fmt::Debug for InstallCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl InstallCommand {
    fn plain(text: &str) -> Self {
        Self {
            before: text.to_owned(),
            token: None,
            after: String::new(),
        }
    }

    fn with_token(before: &str, token: Token, after: &str) -> Self {
        Self {
            before: before.to_owned(),
            token: Some(token),
            after: after.to_owned(),
        }
    }

    /// The complete command, with the token: secret.
    pub fn whole(&self) -> String {
        self.with(self.token.as_ref().map_or("", Token::as_str))
    }

    /// The command with the token hidden.
    pub fn masked(&self) -> String {
        self.with(self.token.as_ref().map_or("", Token::masked))
    }

    /// Whether [`Self::masked`] hides a token.
    pub fn is_masked(&self) -> bool {
        matches!(self.token, Some(Token::Secret(_)))
    }

    fn with(&self, token: &str) -> String {
        format!("{}{token}{}", self.before, self.after)
    }
}

fn packaged(kind: &str, tool: &str, values: &InstallValues) -> Vec<Step> {
    vec![
        Step::new(
            "Add the package repository",
            InstallCommand::plain(&format!(
                "curl -s https://packagecloud.io/install/repositories/kentik/kproxy/script.{kind}.sh | sudo bash"
            )),
        ),
        Step::new(
            "Install the package",
            InstallCommand::plain(&format!("sudo {tool} install kproxy")),
        ),
        Step::new("Put the token into the environment", export_token(values)),
        Step::new(
            "Start kproxy",
            InstallCommand::plain(&format!("kproxy {}", values.options())),
        ),
    ]
}

/// `export` is a builtin of the shell, so the token appears in no process list.
fn export_token(values: &InstallValues) -> InstallCommand {
    InstallCommand::with_token(
        "export KENTIK_API_TOKEN=",
        values.token.quoted(shell_word),
        "",
    )
}

fn service(values: &InstallValues) -> Vec<Step> {
    let token = values.token.quoted(environment_file_value);
    let email = values.email(environment_file_value);
    let region = match values.region {
        FlowRegion::Us => "",
        FlowRegion::Eu => " -region=eu",
    };
    vec![
        Step::new(
            "Write account and token to a file that only root can read",
            InstallCommand::with_token(
                "sudo install -m 600 /dev/null /etc/default/kentik.env\n\
                 sudo tee /etc/default/kentik.env >/dev/null <<'EOF'\n\
                 KENTIK_API_TOKEN=",
                token,
                &format!("\nKENTIK_API_EMAIL={email}\nEOF"),
            ),
        ),
        Step::new(
            "Let it listen on all interfaces",
            InstallCommand::plain(&format!(
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
            InstallCommand::plain(
                "sudo systemctl daemon-reload\nsudo systemctl enable --now kproxy",
            ),
        ),
        Step::new(
            "Check that it runs",
            InstallCommand::plain("systemctl status kproxy -l"),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    fn values(region: FlowRegion) -> InstallValues {
        InstallValues::new("kproxy-agent+1234@kentik.com", "3f1c0a9b", region).unwrap()
    }

    fn commands(steps: &[Step]) -> Vec<String> {
        steps.iter().map(|step| step.command.whole()).collect()
    }

    // page.md#add-dialog/3, kproxy-facts.md#install/1, #install/2, #install/4
    #[test]
    fn debian_and_rpm_install_the_package_and_run_it() {
        assert_eq!(
            commands(&Platform::Debian.steps(&values(FlowRegion::Us))),
            [
                "curl -s https://packagecloud.io/install/repositories/kentik/kproxy/script.deb.sh | sudo bash",
                "sudo apt-get install kproxy",
                "export KENTIK_API_TOKEN=3f1c0a9b",
                "kproxy -api_email kproxy-agent+1234@kentik.com -host 0.0.0.0",
            ]
        );
        assert_eq!(
            commands(&Platform::Rpm.steps(&values(FlowRegion::Eu))),
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
            commands(&Platform::Docker.steps(&values(FlowRegion::Eu))),
            [
                "docker pull kentik/kproxy:latest",
                "export KENTIK_API_TOKEN=3f1c0a9b",
                "docker run --name kproxy -d --net=host -e KENTIK_API_TOKEN kentik/kproxy \
                 -api_email kproxy-agent+1234@kentik.com -host 0.0.0.0 -region eu",
            ]
        );
        assert!(
            Platform::Docker
                .service_steps(&values(FlowRegion::Eu))
                .is_empty()
        );
    }

    // page.md#add-dialog/6, kproxy-facts.md#systemd/1, #systemd/2, #systemd/3
    #[test]
    fn the_service_gets_a_file_and_a_drop_in() {
        let steps = commands(&Platform::Debian.service_steps(&values(FlowRegion::Eu)));
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
        let us = commands(&Platform::Rpm.service_steps(&values(FlowRegion::Us)));
        assert!(us[1].contains("-host=0.0.0.0\nEOF"));
    }

    // page.md#add-dialog/7
    #[test]
    fn a_token_that_the_shell_would_read_differently_is_quoted() {
        let export = |token: &str| {
            let values = InstallValues::new("a@b", token, FlowRegion::Us).unwrap();
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
            let values = values(FlowRegion::Us);
            for step in [platform.steps(&values), platform.service_steps(&values)].concat() {
                assert!(!step.command.masked().contains("3f1c0a9b"));
                assert!(!format!("{step:?}{values:?}").contains("3f1c0a9b"));
            }
        }
        assert_eq!(
            export_token(&values(FlowRegion::Us)).masked(),
            format!("export KENTIK_API_TOKEN={MASK}")
        );
    }

    // page.md#add-dialog/12
    #[test]
    fn a_real_token_that_reads_like_the_placeholder_is_hidden_nevertheless() {
        let values = InstallValues::new("a@b", TOKEN_PLACEHOLDER, FlowRegion::Us).unwrap();
        let command = export_token(&values);
        assert!(command.is_masked());
        assert_eq!(command.masked(), format!("export KENTIK_API_TOKEN={MASK}"));
        assert_eq!(format!("{command:?}"), command.masked());
        assert!(!format!("{values:?}").contains(TOKEN_PLACEHOLDER));
    }

    #[test]
    fn only_a_command_with_a_real_token_is_masked() {
        let masked = |values: &InstallValues| -> Vec<bool> {
            let steps = Platform::Debian.steps(values);
            steps.iter().map(|step| step.command.is_masked()).collect()
        };
        assert_eq!(masked(&values(FlowRegion::Us)), [false, false, true, false]);
        assert_eq!(masked(&InstallValues::default()), [false; 4]);
    }

    #[test]
    fn without_values_the_commands_contain_placeholders() {
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
    fn values_that_cannot_be_used_in_a_command_are_refused() {
        for (email, token) in [
            ("", "t"),
            ("e", ""),
            ("e", "t\nEOF\nrm -rf ~"),
            ("e\r", "t"),
            ("e", "\u{1b}[A"),
        ] {
            assert_eq!(InstallValues::new(email, token, FlowRegion::Us), None);
        }
    }

    // page.md#add-dialog/10
    #[test]
    fn debugging_shows_the_mask_for_the_token() {
        let shown = format!("{:?}", values(FlowRegion::Us));
        assert!(
            shown.contains(MASK) && !shown.contains("3f1c0a9b"),
            "{shown}"
        );
        let shown = format!("{:?}", InstallValues::default());
        assert!(shown.contains(TOKEN_PLACEHOLDER), "{shown}");
    }

    // page.md#add-dialog/1
    #[test]
    fn each_platform_says_what_it_is_for() {
        let words = Platform::ALL.map(|platform| (platform.label(), platform.systems()));
        assert_eq!(
            words,
            [
                ("Debian/Ubuntu", "Ubuntu 20.04, 22.04, 24.04; Debian 11, 12"),
                ("RPM", "Red Hat Enterprise Linux 8, 9"),
                ("Docker", "any Linux with Docker"),
            ]
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_real_shell_reads_the_same_token(token in "[ -~é💡]{1,20}") {
            let values = InstallValues::new("a@b", &token, FlowRegion::Us).unwrap();
            let script = format!("{}; printf %s \"$KENTIK_API_TOKEN\"", export_token(&values).whole());
            let output = Command::new("sh").arg("-c").arg(script).output().unwrap();
            prop_assert_eq!(String::from_utf8(output.stdout).unwrap(), token);
        }
    }
}
