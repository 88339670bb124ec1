//! One run: which checks there are, in which order, and what becomes of each.

use std::fmt;
use std::rc::Rc;

use crate::Options;
use crate::backend::{Ask, Backend};
use crate::calls::{self, AGENTS_PATH};
use crate::checks;
use crate::report::{Fault, Finding, Outcome, Report};

/// No more faults are told of one check.
const MOST_FAULTS: usize = 5;

/// Why a check ends before its end.
#[derive(Clone, Debug)]
pub enum Stop {
    /// Something does not hold.
    Fails(Vec<Fault>),
    /// It cannot, or may not, be looked at.
    Skipped(String),
}

/// What a check comes to.
pub type Checked<T = ()> = Result<T, Stop>;

/// Why there can be no run at all; reads as a sentence without its full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CannotRun(pub String);

impl fmt::Display for CannotRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CannotRun {}

/// A run under way.
pub struct Run<'a> {
    /// Whom to ask.
    pub backend: Backend,
    part: &'static str,
    report: Report,
    observe: &'a mut dyn FnMut(&Finding),
}

impl Run<'_> {
    /// From now on the checks are of this part of the contract.
    pub fn part(&mut self, part: &'static str) {
        self.part = part;
    }

    /// Looks whether something holds; `None` where it does not, or could not be looked at.
    pub fn check<T>(
        &mut self,
        check: &'static str,
        contract: &'static str,
        look: impl FnOnce(&Backend) -> Checked<T>,
    ) -> Option<T> {
        let (outcome, found) = match look(&self.backend) {
            Ok(found) => (Outcome::Holds, Some(found)),
            Err(Stop::Skipped(why)) => (Outcome::Skipped(self.backend.tell(&why)), None),
            Err(Stop::Fails(faults)) => (Outcome::Fails(self.tell(faults)), None),
        };
        let finding = Finding {
            part: self.part,
            check,
            contract,
            outcome,
        };
        (self.observe)(&finding);
        self.report.findings.push(finding);
        found
    }

    /// Tells what the run changed, or left behind.
    pub fn note(&mut self, text: &str) {
        let text = self.backend.tell(text);
        self.report.notes.push(text);
    }

    fn tell(&self, faults: Vec<Fault>) -> Vec<Fault> {
        let more = faults.len().saturating_sub(MOST_FAULTS);
        let mut told: Vec<_> = faults
            .into_iter()
            .take(MOST_FAULTS)
            .map(|Fault { wrong, asked, came }| Fault {
                wrong: self.backend.tell(&wrong),
                asked: self.backend.tell(&asked),
                came: self.backend.tell(&came),
            })
            .collect();
        // What was asked and what came is told once for all that is wrong with it.
        let exchanges: Vec<_> = told
            .iter()
            .map(|fault| (fault.asked.clone(), fault.came.clone()))
            .collect();
        for (fault, next) in told.iter_mut().zip(exchanges.iter().skip(1)) {
            if (&fault.asked, &fault.came) == (&next.0, &next.1) {
                fault.asked.clear();
                fault.came.clear();
            }
        }
        if more > 0
            && let Some(last) = told.last_mut()
        {
            last.wrong = format!("{} (and {more} more such)", last.wrong);
        }
        told
    }
}

/// Runs every check. `observe` is told each finding as soon as it is there.
///
/// # Errors
/// Where the backend cannot be reached or does not let this account look, or where an agent that
/// the options name is not there: nothing was changed then.
pub fn run(options: Options, observe: &mut dyn FnMut(&Finding)) -> Result<Report, CannotRun> {
    let mut run = Run {
        backend: Backend::new(Rc::new(options)),
        part: "",
        report: Report::default(),
        observe,
    };
    get_ready(&run.backend)?;
    // Trouble while getting ready is for the checks to tell.
    run.backend.forgive();
    checks::all(&mut run);
    run.report.interrupted = run.backend.is_interrupted();
    Ok(run.report)
}

/// Looks whether there can be a run.
fn get_ready(backend: &Backend) -> Result<(), CannotRun> {
    let options = backend.options();
    let first = backend.reach(&Ask::get(format!("{AGENTS_PATH}?pageSize=1")));
    let first = first.map_err(|why| {
        CannotRun(format!(
            "{} cannot be reached: {}",
            options.api,
            backend.tell(&why)
        ))
    })?;
    match first.map(|answer| answer.status) {
        Some(401) if options.headers.is_empty() => {
            return Err(CannotRun(
                "The backend asks to sign in (401): give AUTH_EMAIL and AUTH_TOKEN, or HEADER"
                    .to_owned(),
            ));
        }
        Some(401) => {
            return Err(CannotRun(
                "The backend does not take the headers that were given for signing in (401)"
                    .to_owned(),
            ));
        }
        Some(403) => {
            return Err(CannotRun(
                "The backend does not let this account look at the agents (403)".to_owned(),
            ));
        }
        _ => {}
    }
    if options.agent.is_some() && options.agent == options.disposable_agent {
        return Err(CannotRun(
            "AGENT and DISPOSABLE_AGENT have to be two".to_owned(),
        ));
    }
    let named = [
        ("AGENT", &options.agent),
        ("DISPOSABLE_AGENT", &options.disposable_agent),
    ];
    for (variable, id) in named {
        if let Some(id) = id
            && calls::is_absent(backend, id)
        {
            return Err(CannotRun(backend.tell(&format!(
                "There is no agent {id:?}, which {variable} names"
            ))));
        }
    }
    Ok(())
}
