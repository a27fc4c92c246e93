//! Mean and variance of every row at every point, read back from the finished parts: what sensitivities are
//! computed from.

use std::io::Cursor;

use polars::prelude::*;

use super::parts::PartFile;
use crate::domain::Error;
use crate::table::{check_sizes, read_guarded};

/// More figures than this (points times rows) are not analysed: they would not fit in memory.
pub(super) const MAX_FIGURES: u64 = 1 << 20;

/// Mean and variance of every row at every point that did not fail.
#[derive(Debug)]
pub(super) struct Figures {
    /// By row and point.
    pub(super) means: Vec<Vec<f64>>,
    /// By row and point.
    pub(super) variances: Vec<Vec<f64>>,
    /// Number of points that failed.
    pub(super) failed: u64,
}

impl Figures {
    /// Reads the figures of `points` points, `rows` rows each, from part files in order.
    ///
    /// # Errors
    ///
    /// If a part cannot be read.
    pub(super) fn read(
        rows: usize,
        points: u64,
        parts: impl Iterator<Item = Result<PartFile, Error>>,
    ) -> Result<Figures, Error> {
        // Made in full at once: a list that grows is copied, and there twice while it is.
        let none = || (0..rows).map(|_| Vec::with_capacity(points as usize)).collect();
        let mut figures = Figures { means: none(), variances: none(), failed: 0 };
        for part in parts {
            let part = part?;
            let frame = read_part(&part, Some(&["point", "mean", "sd"]))?;
            read_guarded(&part.path, || figures.add(&frame))?;
        }
        Ok(figures)
    }

    fn add(&mut self, frame: &DataFrame) -> PolarsResult<()> {
        let points = frame.column("point")?.i64()?.into_no_null_iter();
        let (means, sds) = (frame.column("mean")?.f64()?, frame.column("sd")?.f64()?);
        let rows: Vec<_> = points.zip(means.iter().zip(sds.iter())).collect();
        for point in rows.chunk_by(|a, b| a.0 == b.0) {
            if point.iter().any(|(_, (mean, _))| mean.is_none()) {
                self.failed += 1;
                continue;
            }
            polars_ensure!(point.len() <= self.means.len(), ComputeError: "a point has {} rows", point.len());
            for (row, (_, (mean, sd))) in point.iter().enumerate() {
                let sd = sd.unwrap_or(0.0);
                self.means[row].extend(mean);
                self.variances[row].push(sd * sd);
            }
        }
        Ok(())
    }
}

/// The rows of a part's file, all of its columns or these.
///
/// # Errors
///
/// If they cannot be read.
pub(super) fn read_part(part: &PartFile, columns: Option<&[&str]>) -> Result<DataFrame, Error> {
    let columns = columns.map(|names| names.iter().map(ToString::to_string).collect());
    read_guarded(&part.path, || {
        check_sizes(&mut Cursor::new(&part.bytes))?;
        ParquetReader::new(Cursor::new(&part.bytes)).with_columns(columns).finish()
    })
}
