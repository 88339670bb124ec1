//! `conformance`: see `README.md`, or `--help`.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::Parser;
use conformance::{Api, CannotRun, Finding, Header, Options, Teller, headers_of, run};

/// Could not run: a bad URL, nobody there, not allowed to look.
const COULD_NOT_RUN: u8 = 2;

/// Runs the contract of the agent API against a backend and says in plain words what does not hold.
///
/// Only reads, unless it is told what it may change. Exits with 0 where all that was looked at
/// holds, with 1 where something does not, with 2 where nothing could be looked at or the run was
/// interrupted.
///
/// Secrets belong in the environment (`AUTH_EMAIL` and `AUTH_TOKEN`, or `HEADER`) or in a file
/// (`HEADERS_FILE`), never on the command line, where others on the machine can read them. None of
/// them is ever printed.
#[derive(Parser)]
#[command(
    name = "conformance",
    version,
    after_help = "AUTH_EMAIL and AUTH_TOKEN, in the environment only, are sent as \
                  X-CH-Auth-Email and X-CH-Auth-API-Token."
)]
struct Args {
    /// Base URL of the API, such as `https://portal.example.com/api`
    #[arg(long, env = "API", hide_env_values = true, value_name = "URL")]
    api: String,

    /// Sent with every request; several in HEADER are one a line
    #[arg(
        long = "header",
        env = "HEADER",
        hide_env_values = true,
        value_delimiter = '\n',
        value_name = "NAME: VALUE"
    )]
    headers: Vec<String>,

    /// File of such headers, one a line
    #[arg(long, env = "HEADERS_FILE", value_name = "FILE")]
    headers_file: Option<String>,

    /// An agent that may be edited; it is put back as it was
    #[arg(long, env = "AGENT", value_name = "ID")]
    agent: Option<String>,

    /// An agent that may be removed
    #[arg(long, env = "DISPOSABLE_AGENT", value_name = "ID")]
    disposable_agent: Option<String>,

    /// A site may be made, which the API cannot remove
    #[arg(long, env = "CREATE_SITE", value_parser = is_yes)]
    create_site: bool,

    /// Look whether pages of this origin may call the API
    #[arg(long, env = "ORIGIN", value_name = "URL")]
    origin: Option<String>,

    /// How long an answer may take, in seconds
    #[arg(long, env = "TIME_LIMIT", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=600), value_name = "SECONDS")]
    time_limit: u64,
}

/// Reads a permission; what is empty is none.
fn is_yes(text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "1" | "yes" | "true" => Ok(true),
        "" | "0" | "no" | "false" => Ok(false),
        _ => Err("say 1 or 0".to_owned()),
    }
}

fn main() -> ExitCode {
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupted);
    // Without a handler the run just ends where it is: no reason not to begin.
    let _ = ctrlc::set_handler(move || {
        flag.store(true, Ordering::Relaxed);
        let _ = writeln!(
            std::io::stderr(),
            "Ending; what was edited is put back first."
        );
    });
    match options(Args::parse(), interrupted).and_then(look) {
        Ok(code) => code,
        Err(CannotRun(why)) => {
            eprintln!("{why}.");
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

/// Runs all checks and prints each finding as it comes.
fn look(options: Options) -> Result<ExitCode, CannotRun> {
    let mut teller = Teller::default();
    let mut heading = Some(format!(
        "The contract of the agent API, as {} keeps it",
        options.api
    ));
    let report = run(options, &mut |finding: &Finding| {
        if let Some(heading) = heading.take() {
            print(&format!("{heading}\n"));
        }
        print(&teller.tell(finding));
    })?;
    print(&format!("\n{}\n", report.summary()));
    let (_, failed, _) = report.counts();
    Ok(match (report.interrupted, failed) {
        (true, _) => ExitCode::from(COULD_NOT_RUN),
        (false, 0) => ExitCode::SUCCESS,
        (false, _) => ExitCode::FAILURE,
    })
}

/// Prints, if anybody reads it still: `conformance | head` must not end before all is put back.
fn print(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
}

fn options(args: Args, interrupted: Arc<AtomicBool>) -> Result<Options, CannotRun> {
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let mut headers = headers_of(&args.headers.join("\n"))?;
    if let Some(file) = given(args.headers_file) {
        let text = std::fs::read_to_string(&file)
            .map_err(|error| CannotRun(format!("HEADERS_FILE {file} cannot be read: {error}")))?;
        headers.extend(headers_of(&text)?);
    }
    for (variable, name) in [
        ("AUTH_EMAIL", "X-CH-Auth-Email"),
        ("AUTH_TOKEN", "X-CH-Auth-API-Token"),
    ] {
        if let Some(value) = given(std::env::var(variable).ok()) {
            headers.push(Header::new(name, &value)?);
        }
    }
    Ok(Options {
        headers,
        agent: given(args.agent),
        disposable_agent: given(args.disposable_agent),
        create_site: args.create_site,
        origin: given(args.origin),
        time_limit: Duration::from_secs(args.time_limit),
        interrupted,
        ..Options::new(Api::parse(&args.api)?)
    })
}
