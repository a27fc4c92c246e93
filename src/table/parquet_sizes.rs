//! The sizes that a Parquet file declares of itself, checked before anything is decoded: the decoder
//! allocates what a page's header asks for, and 135 bytes can ask for 34 GB.

use std::io::{Read, Seek, SeekFrom};

use polars::prelude::*;
use polars_parquet::read::{ColumnChunkMetadata, read_metadata};
use polars_parquet::write::FileMetadata;

use super::page_header::{PageHeader, PageKind};

/// So many rows are believed of any file, however small.
const ROWS_BELIEVED: u64 = 1 << 24;

/// Rows believed for each byte of a larger file: columns of one value take next to nothing.
const ROWS_PER_BYTE: u64 = 4_096;

/// A page that unpacks to no more bytes than this is believed.
const PAGE_BELIEVED: u64 = 1 << 26;

/// Bytes believed to be packed into one byte of a larger page.
const UNPACKED_PER_BYTE: u64 = 1_024;

/// Checks all sizes that a file declares.
///
/// # Errors
///
/// If it cannot be read or declares what cannot be.
pub(crate) fn check_sizes(file: &mut (impl Read + Seek)) -> PolarsResult<()> {
    let metadata = read_metadata(file)?;
    check_rows(&metadata, file.seek(SeekFrom::End(0))?)?;
    (0..metadata.row_groups.len()).try_for_each(|group| check_group(file, &metadata, group))
}

/// Checks that the rows of a file's row groups are all its rows, and that there are not more than a file
/// of this length can have.
///
/// # Errors
///
/// If there are others.
pub(crate) fn check_rows(metadata: &FileMetadata, file_length: u64) -> PolarsResult<()> {
    let groups = metadata.row_groups.iter().map(|group| group.num_rows());
    let sum = groups.into_iter().try_fold(0, usize::checked_add);
    let rows = metadata.num_rows;
    polars_ensure!(sum == Some(rows), ComputeError: "it declares {rows} rows, but its row groups have others");
    let most = ROWS_BELIEVED.max(file_length.saturating_mul(ROWS_PER_BYTE));
    polars_ensure!(rows as u64 <= most, ComputeError: "it declares {rows} rows in {file_length} bytes");
    Ok(())
}

/// Checks the pages of a row group.
///
/// # Errors
///
/// If they cannot be read or declare what cannot be.
pub(crate) fn check_group(
    file: &mut (impl Read + Seek),
    metadata: &FileMetadata,
    group: usize,
) -> PolarsResult<()> {
    let group = &metadata.row_groups[group];
    group.parquet_columns().iter().try_for_each(|column| {
        let bytes = read_chunk(file, column)?;
        check_pages(column, &bytes, group.num_rows())
    })
}

/// Reads a column of a row group as it lies in the file.
///
/// # Errors
///
/// If it cannot be read.
pub(crate) fn read_chunk(
    file: &mut (impl Read + Seek),
    column: &ColumnChunkMetadata,
) -> PolarsResult<Vec<u8>> {
    let place = column.byte_range();
    file.seek(SeekFrom::Start(place.start))?;
    let mut bytes = Vec::new();
    file.take(place.end - place.start).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Checks the pages of a column with this many rows: what their headers declare, before it is allocated.
///
/// # Errors
///
/// If a page declares more values than there are rows, more dictionary entries than bytes, or more bytes
/// than can have been packed into it.
pub(crate) fn check_pages(column: &ColumnChunkMetadata, bytes: &[u8], rows: usize) -> PolarsResult<()> {
    let name = column.descriptor().path_in_schema.join(".");
    let (mut rest, mut seen) = (bytes, 0);
    while seen < column.num_values() && !rest.is_empty() {
        let Some((header, after)) = PageHeader::read(rest) else {
            polars_bail!(ComputeError: "column `{name}` has a damaged page header");
        };
        let packed = usize::try_from(header.packed).ok().filter(|packed| *packed <= after.len());
        let Some(packed) = packed else {
            polars_bail!(ComputeError: "column `{name}` has a page of {} bytes where {} are left", header.packed, after.len());
        };
        check_page(&name, &header)?;
        if header.kind == PageKind::Data {
            seen += header.values;
        }
        rest = &after[packed..];
    }
    // A column of lists has more values than rows.
    let flat = column.descriptor().descriptor.max_rep_level == 0;
    let fits = !flat || usize::try_from(seen).is_ok_and(|seen| seen == rows);
    polars_ensure!(fits, ComputeError: "column `{name}` has {seen} values in {rows} rows");
    Ok(())
}

fn check_page(name: &str, header: &PageHeader) -> PolarsResult<()> {
    let PageHeader { kind, unpacked, packed, values } = *header;
    let believed = (packed as u64).saturating_mul(UNPACKED_PER_BYTE).max(PAGE_BELIEVED);
    let fits = u64::try_from(unpacked).is_ok_and(|unpacked| unpacked <= believed);
    polars_ensure!(fits, ComputeError: "column `{name}` has a page that would unpack {packed} bytes to {unpacked}");
    polars_ensure!(values >= 0, ComputeError: "column `{name}` has a page of {values} values");
    let fits = kind != PageKind::Dictionary || values <= unpacked;
    polars_ensure!(fits, ComputeError: "column `{name}` has a dictionary of {values} values in {unpacked} bytes");
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    /// A file of two row groups of texts and absent numbers, with dictionaries and without.
    #[test]
    fn sizes_of_sound_files_are_believed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.parquet");
        let few: Vec<String> = (0..50_000).map(|row| format!("level {}", row % 7)).collect();
        let many: Vec<String> = (0..50_000).map(|row| format!("name {row}")).collect();
        let numbers: Vec<Option<i64>> = (0..50_000).map(|row| (row % 3 == 0).then_some(row)).collect();
        let (few, many) = (Column::new("few".into(), few), Column::new("many".into(), many));
        let columns = vec![few, many, Column::new("numbers".into(), numbers)];
        let mut frame = DataFrame::new(50_000, columns).unwrap();
        for compression in [ParquetCompression::Zstd(None), ParquetCompression::Uncompressed] {
            let writer = ParquetWriter::new(File::create(&path).unwrap()).with_row_group_size(Some(30_000));
            writer.with_compression(compression).finish(&mut frame).unwrap();
            check_sizes(&mut File::open(&path).unwrap()).unwrap();
        }
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let header = |kind, unpacked, packed, values| PageHeader { kind, unpacked, packed, values };
        let refused = |header| check_page("wish", &header).is_err();
        assert!(!refused(header(PageKind::Dictionary, 16, 16, 4)));
        assert!(refused(header(PageKind::Dictionary, 16, 16, 17)));
        assert!(!refused(header(PageKind::Data, 100_000, 10, 1 << 20)));
        assert!(refused(header(PageKind::Data, 1 << 30, 176, 1)));
        assert!(refused(header(PageKind::Data, 16, 16, -1)) && refused(header(PageKind::Data, -1, 16, 1)));
    }
}
