//! The headings under which the help of every command groups its options.

/// No heading of its own: what is asked without an option stands under clap's "Arguments".
pub(super) const ARGUMENTS: Option<&str> = None;

/// What a command is asked: the scenario, the proposals, the columns.
pub(super) const ASKED: &str = "What is asked";

/// What is assumed of the people, and how they are drawn.
pub(super) const ASSUMPTIONS: &str = "Assumptions";

/// Where a result goes, in what format, and how progress is shown.
pub(super) const OUTPUT: &str = "Output";
