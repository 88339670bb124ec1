//! What a run found, in plain text.

use std::fmt;

/// What was found in one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The part of the contract that the check belongs to.
    pub part: &'static str,
    /// What should hold, as a sentence.
    pub check: &'static str,
    /// Where the contract says so, and how.
    pub contract: &'static str,
    /// Whether it does.
    pub outcome: Outcome,
}

/// Whether something holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It does.
    Holds,
    /// It does not.
    Fails(Vec<Fault>),
    /// That was not looked at, for this reason.
    Skipped(String),
}

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong, in plain words.
    pub wrong: String,
    /// What was asked; may be empty.
    pub asked: String,
    /// What came; may be empty.
    pub came: String,
}

/// Tells findings one after the other, and nothing twice in a row.
#[derive(Clone, Debug, Default)]
pub struct Teller {
    part: &'static str,
    skipped_because: String,
}

impl Teller {
    /// The lines for the next finding, with the heading of its part where that is another.
    pub fn tell(&mut self, finding: &Finding) -> String {
        let mut lines = Vec::new();
        if finding.part != self.part {
            self.part = finding.part;
            self.skipped_because.clear();
            lines.push(finding.part.to_owned());
        }
        match &finding.outcome {
            Outcome::Holds => lines.push(format!("  ok       {}", finding.check)),
            Outcome::Skipped(why) => {
                lines.push(format!("  skipped  {}", finding.check));
                if *why != self.skipped_because {
                    lines.push(format!("             because   {why}"));
                    self.skipped_because.clone_from(why);
                }
            }
            Outcome::Fails(faults) => {
                lines.push(format!("  FAILS    {}", finding.check));
                let told = faults.iter().flat_map(|fault| {
                    [
                        ("wrong", &fault.wrong),
                        ("asked", &fault.asked),
                        ("came", &fault.came),
                    ]
                });
                let contract = finding.contract.to_owned();
                lines.extend(
                    told.chain([("contract", &contract)])
                        .filter(|(_, text)| !text.is_empty())
                        .map(|(what, text)| format!("             {what:<8}  {text}")),
                );
            }
        }
        lines.push(String::new());
        lines.join("\n")
    }
}

/// What a run found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// One for each check, in order.
    pub findings: Vec<Finding>,
    /// What the run changed, or left behind.
    pub notes: Vec<String>,
    /// Whether it was ended before all was looked at.
    pub interrupted: bool,
}

impl Report {
    /// How many checks held, did not hold, were skipped.
    pub fn counts(&self) -> (usize, usize, usize) {
        let count = |is: fn(&Outcome) -> bool| {
            let outcomes = self.findings.iter().map(|finding| &finding.outcome);
            outcomes.filter(|outcome| is(outcome)).count()
        };
        (
            count(|outcome| matches!(outcome, Outcome::Holds)),
            count(|outcome| matches!(outcome, Outcome::Fails(_))),
            count(|outcome| matches!(outcome, Outcome::Skipped(_))),
        )
    }

    /// What stands beneath the findings: what was changed, and the counts.
    pub fn summary(&self) -> String {
        let mut lines = self.notes.clone();
        if self.interrupted {
            lines.push("The run was interrupted; not all was looked at.".to_owned());
        }
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let (passed, failed, skipped) = self.counts();
        lines.push(format!(
            "{passed} passed, {failed} failed, {skipped} skipped"
        ));
        lines.join("\n")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut teller = Teller::default();
        for finding in &self.findings {
            f.write_str(&teller.tell(finding))?;
        }
        writeln!(f, "\n{}", self.summary())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(check: &'static str, outcome: Outcome) -> Finding {
        Finding {
            part: "Part",
            check,
            contract: "Table: it is so",
            outcome,
        }
    }

    #[test]
    fn a_report_reads_as_plain_text() {
        let fault = |wrong: &str, asked: &str| Fault {
            wrong: wrong.into(),
            asked: asked.into(),
            came: String::new(),
        };
        let report = Report {
            findings: vec![
                finding("One", Outcome::Holds),
                finding("Two", Outcome::Skipped("not permitted".into())),
                finding("Three", Outcome::Skipped("not permitted".into())),
                finding(
                    "Four",
                    Outcome::Fails(vec![fault("a is 7", ""), fault("b is 8", "GET /x")]),
                ),
            ],
            notes: vec!["The agent was removed.".into()],
            interrupted: false,
        };
        let expected = "\
Part
  ok       One
  skipped  Two
             because   not permitted
  skipped  Three
  FAILS    Four
             wrong     a is 7
             wrong     b is 8
             asked     GET /x
             contract  Table: it is so

The agent was removed.

1 passed, 1 failed, 2 skipped
";
        assert_eq!(report.to_string(), expected);
    }
}
