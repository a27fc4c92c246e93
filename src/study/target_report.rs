//! Targets beside the numbers simulated, as a table with verdicts.

use std::sync::Arc;

use super::columns::{self, column, estimate_columns, names};
use crate::domain::{Estimate, Setting};
use crate::proposal::ProposalName;
use crate::scenario::Target;
use crate::table::{Column, DEFAULT, Provenance, Show, Style, Table, Values, grouped};

/// What a target and the simulation say of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The mean is within the tolerance.
    Agrees,
    /// It is not.
    Misses,
    /// The number recorded set a size or a parameter of the scenario: agreement is no evidence.
    Fitted,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Verdict; 3] = [Verdict::Agrees, Verdict::Misses, Verdict::Fitted];

    /// The verdict's name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Agrees => "agrees",
            Verdict::Misses => "misses",
            Verdict::Fitted => "fitted",
        }
    }
}

/// A target beside the number simulated.
#[derive(Debug, Clone)]
pub struct TargetRow {
    /// The target.
    pub target: Target,
    /// The proposal applied; absent where people are counted whatever their outcome.
    pub proposal: Option<Arc<ProposalName>>,
    /// The number simulated.
    pub simulated: Estimate,
    /// How far the mean is off, as a part of the number recorded.
    pub deviation: f64,
    /// What that says.
    pub verdict: Verdict,
}

/// Every target of a setting beside the number simulated.
#[derive(Debug, Clone)]
pub struct TargetReport {
    pub(super) setting: Arc<Setting>,
    /// The targets, in declared order.
    pub rows: Vec<TargetRow>,
    /// What every output says of them.
    pub notes: Vec<String>,
    /// What they rest on.
    pub provenance: Provenance,
}

/// How many targets agree, miss and are fitted.
pub(super) fn summary(rows: &[TargetRow]) -> String {
    let count = |verdict: Verdict| rows.iter().filter(|row| row.verdict == verdict).count();
    let [agree, miss, fitted] = Verdict::ALL.map(count);
    format!(
        "Figures that set nothing in their scenario: {agree} agree within their tolerance, {miss} do not. Fitted \
         figures, which set a size or a parameter, so that agreement is no evidence: {fitted}."
    )
}

impl TargetReport {
    /// The targets as a tidy table: a row for each, the number recorded beside the one simulated.
    pub fn table(&self) -> Table {
        let estimates: Vec<Estimate> = self.rows.iter().map(|row| row.simulated).collect();
        let mut columns = self.columns_of_record();
        columns.extend(self.columns_of_comparison());
        let recorded = Values::Count(self.rows.iter().map(|row| Some(row.target.number)).collect());
        columns.push(column(columns::RECORDED, recorded, Show::measure("recorded", Style::Whole)));
        columns.extend(estimate_columns(&estimates));
        columns.extend(self.columns_of_deviation());
        Table {
            title: format!(
                "{}: figures from the record beside means of {} replicates by counts, seed {}",
                self.setting.title,
                grouped(self.provenance.replicates.unwrap_or_default()),
                self.provenance.seed.unwrap_or_default(),
            ),
            columns,
            notes: self.notes.clone(),
            provenance: self.provenance.clone(),
            ..Table::default()
        }
    }

    fn text(&self, of: impl Fn(&TargetRow) -> Option<String>) -> Values {
        Values::Text(self.rows.iter().map(of).collect())
    }

    fn share(&self, of: fn(&TargetRow) -> f64) -> Values {
        Values::Number(self.rows.iter().map(|row| Some(of(row))).collect())
    }

    /// What was counted, by whom and when.
    fn columns_of_record(&self) -> Vec<Column> {
        let scenarios = names(self.rows.iter().map(|row| row.target.scenario.clone()));
        vec![
            column(columns::TARGET, self.text(|row| Some(row.target.id.clone())), Show::InFiles),
            column(
                columns::WHAT,
                self.text(|row| Some(row.target.what.clone())),
                Show::Heading { before: "" },
            ),
            column(columns::DATE, self.text(|row| row.target.date.clone()), Show::InFiles),
            column(columns::COUNTED_BY, self.text(|row| row.target.by.clone()), Show::InFiles),
            column(columns::SCENARIO, scenarios, Show::HeadingDetail),
        ]
    }

    /// What it is compared with, and what that says.
    fn columns_of_comparison(&self) -> Vec<Column> {
        let verdicts = self.rows.iter().map(|row| row.verdict.name());
        let verdicts = Values::categories(Verdict::ALL.map(|verdict| verdict.name().to_string()), verdicts);
        let proposals = |of: fn(&ProposalName) -> String, none: &str| {
            names(self.rows.iter().map(|row| row.proposal.as_deref().map_or(none.to_string(), of)))
        };
        vec![
            column(columns::VERDICT, verdicts, Show::Label),
            column(columns::PROPOSAL, proposals(|name| name.id.clone(), "everybody"), Show::Label),
            column(columns::READING, proposals(ProposalName::reading, DEFAULT), Show::Label),
            column(columns::WHEN, self.text(|row| Some(self.condition(&row.target))), Show::InFiles),
            column(columns::OUTCOMES, self.text(|row| self.outcomes(&row.target)), Show::InFiles),
        ]
    }

    /// How far off the mean is and may be, and where the figure is found.
    fn columns_of_deviation(&self) -> Vec<Column> {
        let deviation = Show::measure("off by", Style::SignedPercent);
        let tolerance = Show::measure("tolerance", Style::Percent);
        vec![
            column(columns::DEVIATION, self.share(|row| row.deviation), deviation),
            column(columns::TOLERANCE, self.share(|row| row.target.tolerance), tolerance),
            column(columns::BECAUSE, self.text(|row| Some(row.target.because.clone())), Show::InFiles),
            column(columns::SOURCE, self.text(|row| row.target.basis.source.clone()), Show::InFiles),
            column(
                columns::STATUS,
                self.text(|row| Some(row.target.basis.status.name().into())),
                Show::InFiles,
            ),
            column(columns::NOTE, self.text(|row| row.target.basis.note.clone()), Show::InFiles),
        ]
    }

    fn condition(&self, target: &Target) -> String {
        let variables = self.setting.space.variables();
        let words = target.when.iter().map(|condition| condition.words(variables));
        words.collect::<Vec<_>>().join(" or ")
    }

    fn outcomes(&self, target: &Target) -> Option<String> {
        let outcomes = target.outcomes.as_ref()?;
        let names = outcomes.iter().map(|outcome| self.setting.outcomes.name(*outcome));
        Some(names.collect::<Vec<_>>().join(" or "))
    }
}
