//! Rosters: tables with one row for each prisoner. [`Study::generate`](crate::Study::generate) draws
//! one from a scenario; [`Texts::classify`](crate::study::Texts::classify) copies any, real ones too, and adds
//! the outcome of each proposal for the person of each row.
//!
//! [`Texts::words_of_roster`](crate::study::Texts::words_of_roster) lists the words of one that mean no level yet.
//!
//! All work batch by batch, so that memory does not grow with the number of rows.
//!
//! # How a row is classified
//!
//! A row's attributes are resolved by **adding integers, one per attribute**. The sum is a *partial
//! profile*: its low 16 bits are the index of a profile, with unknown levels counted as 0, and each bit
//! above them marks an attribute whose level is unknown. Take a setting with three attributes, whose 12
//! profiles are numbered `6 * captor + 2 * residence + wish`:
//!
//! | attribute | levels | terms | unknown |
//! |---|---|---|---|
//! | `captor` | `first`, `second` | 0, 6 | 2^16 |
//! | `residence` | `north`, `south`, `abroad` | 0, 2, 4 | 2^17 |
//! | `wish` | `home`, `none` | 0, 1 | 2^18 |
//!
//! The row `second, south, none` is 6 + 2 + 1 = 9, and its outcome under a proposal is entry 9 of a table.
//! The row `second, south` with a blank wish is 6 + 2 + 2^18: profile 8 or 9. If the proposal gives both
//! the same outcome, that is the row's; if not, it is `unknown`. A list has many rows but few different
//! partial profiles, so the answer is worked out once for each.
//!
//! # The way of a cell
//!
//! ```text
//! "Hwanghae " in the column `province`
//!     columns      the column holds `residence`, which is attribute 1
//!     resolve      the cell's term; a dictionary of words is looked up once, not once per row
//!       vocabulary   "Hwanghae" means `north`, and so does "HWANGHAE"; other words are counted as unrecognised
//!         spelling   when two texts are the same word
//!       partial_profile   `north` has the term 0
//!     classifier   the row's terms are summed; then, row by row,
//!       imputation   unknown levels are drawn, if that was asked for
//!       verdicts     the outcome of each proposal, or `unknown`
//!       level_column   a column of outcomes
//! ```
//!
//! Where a proposal has limits, an outcome depends on how many others there are. It is `unknown`, unless limits are
//! applied to the roster as a whole: `limits` counts its people in a reading of their own, and the classifier then draws
//! the outcome of each row from an urn.
//!
//! # Two lanes
//!
//! How rows get from one file to the other is the business of a `lane`. In the lane `by_page`, Parquet
//! stays Parquet: columns are copied as they lie in the file (`row_groups` reads, `page_copier` writes), and
//! only those that hold levels are decoded. In the lane `by_table`, rows are read from CSV (`csv_rows`) or
//! Parquet into tables, and written from them. In both, a thread reads the next batch meanwhile.

mod by_page;
mod by_table;
mod case_match;
mod cell_findings;
mod classifier;
mod classify;
mod columns;
mod csv_rows;
mod facts;
#[cfg(test)]
mod fixture;
mod generate;
mod imputation;
mod lane;
mod level_column;
mod limits;
mod options;
mod page_copier;
mod partial_profile;
mod report;
mod resolve;
mod roster_bytes;
mod row_groups;
mod spelling;
mod verdicts;
mod vocabulary;
mod word_list;

pub use case_match::CaseMatch;
pub use classify::Classified;
pub use generate::GenerateOptions;
pub use options::{ClassifyOptions, ImputeFrom};
pub use report::{Filled, Gap, LimitedProposal, LimitsApplied, Numbering, Report};
pub use vocabulary::{Occurrences, Unrecognised};
