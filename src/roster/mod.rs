//! Rosters: tables with one row for each prisoner. Synthetic ones are drawn from a scenario; to any, real
//! ones too, what each proposal does with the person of a row can be added. They are read and written
//! batch by batch, so that memory does not grow with their length.

mod carrier;
mod cells;
mod classify;
mod copy;
mod csv_rows;
mod damage;
mod file;
mod judge;
mod known;
mod level_column;
mod mapping;
mod microdata;
mod report;
mod row_groups;
mod said;
mod words;

pub use classify::Classifier;
pub use copy::Copy;
pub use damage::expect_damaged_files;
pub use file::{Batch, ReadAhead, RosterError, RosterFile};
pub use mapping::{Given, Mapping};
pub use microdata::MicrodataColumns;
pub use report::{Gap, Report, report_text};
pub use words::{Met, Strangers};
