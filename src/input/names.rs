//! What a name may not be: that of a column which tables have already, or a formula.

use super::problems::Problems;
use crate::domain::{Place, Problem, is_reserved};

/// Refuses an attribute, parameter or axis named like a column of the tables that it would become a column of.
pub(super) fn refuse_reserved_name(kind: &str, name: &str, place: &Place, problems: &Problems) {
    if is_reserved(name) {
        let what = format!("{kind} `{name}` has the name of a column that tables have already");
        let problem = Problem::at(place, what).label("a reserved name");
        problems.add(problem.help("rename it, here and wherever it is referred to"));
    }
}

/// Refuses a name that a spreadsheet would take for a formula.
pub(super) fn refuse_formula(name: &str, place: &Place, problems: &Problems) {
    if name.starts_with(['=', '+', '-', '@']) {
        let what = format!("`{name}` begins as a formula does");
        let problem = Problem::at(place, what).label("a spreadsheet would run it");
        problems.add(problem.help("begin it with a letter or digit"));
    }
}
