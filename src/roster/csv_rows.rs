//! CSV files, row by row. Everything in them is text, and stays the text that it is.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use csv::{ByteRecord, ErrorKind};
use polars::prelude::*;

use super::resolve::RowNumbers;
use crate::domain::{Error, Problem};

/// Rows read at a time.
const ROWS: usize = 1 << 17;

/// Bytes of text read at a time: so long that only rows of more than 500 bytes end a batch early. A row
/// may not be longer.
const BATCH_BYTES: u64 = 1 << 26;

/// A CSV file that is read batch by batch.
#[derive(Debug)]
pub(super) struct CsvRows {
    path: PathBuf,
    reader: csv::Reader<LastChunk>,
    columns: Vec<String>,
    has_carriage_returns: bool,
    record: ByteRecord,
}

/// Rows of a CSV file.
#[derive(Debug)]
pub(super) struct CsvBatch {
    /// The rows, every cell as text.
    pub(super) table: DataFrame,
    /// The line on which each row begins.
    pub(super) lines: RowNumbers,
    /// Bytes of the file that have been read with them.
    pub(super) read: u64,
}

impl CsvRows {
    /// Reads the header of a file whose cells are separated by this byte.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, has no header, or seems to have another separator.
    pub(super) fn open(path: &Path, file: File, separator: u8) -> Result<CsvRows, Error> {
        let file = LastChunk { file, bytes: Vec::new(), end: 0, most: BATCH_BYTES, has_mark: false };
        let mut reader = csv::ReaderBuilder::new().delimiter(separator).from_reader(file);
        let header = reader.headers().map_err(|error| match error.kind() {
            ErrorKind::Utf8 { .. } => not_utf8(path, 1),
            ErrorKind::Io(why) if is_too_long(why) => too_long(path, 1),
            _ => unreadable(path, error),
        })?;
        let columns: Vec<String> = header.iter().map(|name| name.trim().to_string()).collect();
        if columns.iter().all(String::is_empty) {
            let help = "its first line must name the columns";
            return Err(Problem::new(format!("{}: is empty", path.display())).help(help).into());
        }
        if let [only] = &columns[..]
            && separator != b'\t'
        {
            refuse_other_separator(path, only)?;
        }
        let has_carriage_returns = has_carriage_return(&reader);
        Ok(CsvRows { path: path.into(), reader, columns, has_carriage_returns, record: ByteRecord::new() })
    }

    /// The names of the columns.
    pub(super) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Whether the file begins with a byte order mark.
    pub(super) fn has_mark(&self) -> bool {
        self.reader.get_ref().has_mark
    }

    /// Whether its header ends in a carriage return and a line feed.
    pub(super) fn has_carriage_returns(&self) -> bool {
        self.has_carriage_returns
    }

    /// Reads the next rows, if there are more.
    fn read_batch(&mut self) -> Result<Option<CsvBatch>, Error> {
        let names = self.columns.iter();
        let mut texts: Vec<StringChunkedBuilder> =
            names.map(|name| StringChunkedBuilder::new(name.into(), 0)).collect();
        let (mut lines, begin) = (Vec::new(), self.reader.position().byte());
        let mut read = begin;
        while lines.len() < ROWS && read - begin < BATCH_BYTES && self.read_record()? {
            self.append_cells(&mut texts)?;
            lines.push(self.line());
            read = self.reader.position().byte();
        }
        if lines.is_empty() {
            return Ok(None);
        }
        let columns = texts.into_iter().map(|texts| texts.finish().into_column()).collect();
        let table = DataFrame::new(lines.len(), columns).map_err(|error| unreadable(&self.path, error))?;
        Ok(Some(CsvBatch { table, lines: RowNumbers::Each(lines), read }))
    }

    /// Reads the next row into `record`, if there is one.
    fn read_record(&mut self) -> Result<bool, Error> {
        let begin = self.reader.position();
        let (line, most) = (begin.line(), begin.byte() + BATCH_BYTES);
        self.reader.get_mut().most = most;
        let read = self.reader.read_byte_record(&mut self.record);
        read.map_err(|error| match error.kind() {
            ErrorKind::Io(why) if is_too_long(why) => too_long(&self.path, line),
            ErrorKind::UnequalLengths { expected_len, len, .. } => {
                unequal_lengths(&self.path, self.line(), *expected_len, *len)
            }
            _ => unreadable(&self.path, error),
        })
    }

    /// Appends the cells of the row just read to their columns; an empty cell is absent.
    fn append_cells(&self, texts: &mut [StringChunkedBuilder]) -> Result<(), Error> {
        let not_utf8 = || not_utf8(&self.path, self.line());
        // All cells are checked at once; a cell that ends within a character has no text.
        let row = std::str::from_utf8(self.record.as_slice()).map_err(|_| not_utf8())?;
        for (column, texts) in texts.iter_mut().enumerate() {
            let cell = self.record.range(column).and_then(|cell| row.get(cell)).ok_or_else(not_utf8)?;
            texts.append_option((!cell.is_empty()).then_some(cell));
        }
        Ok(())
    }

    /// The line of the file on which the row just read begins.
    ///
    /// The reader's own position is of no use: it lies before blank lines, and before the line feed that
    /// ends the row before. But it counts line feeds. Of those before its present position one may end
    /// this row, and some stand in its quoted cells:
    ///
    /// ```text
    /// name,wish\n              line 1
    /// \n                       line 2
    /// "Lee,\nB",home\n         line 3: four line feeds have been read, one ends the row, one is in it
    /// ```
    fn line(&self) -> u64 {
        let position = self.reader.position();
        let ends_row = self.reader.get_ref().byte_before(position.byte()) == Some(b'\n');
        let within = self.record.as_slice().iter().filter(|byte| **byte == b'\n').count();
        position.line() - u64::from(ends_row) - within as u64
    }
}

impl Iterator for CsvRows {
    type Item = Result<CsvBatch, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read_batch().transpose()
    }
}

/// A file, and the bytes that were read from it last.
#[derive(Debug)]
struct LastChunk {
    file: File,
    bytes: Vec<u8>,
    /// Where these bytes end in the file.
    end: u64,
    /// Where a row must have ended.
    most: u64,
    /// Whether the file begins with a byte order mark.
    has_mark: bool,
}

/// UTF-8's byte order mark.
const MARK: &[u8] = "\u{feff}".as_bytes();

impl LastChunk {
    /// The byte before this place, which lies within the last chunk or at its end.
    fn byte_before(&self, place: u64) -> Option<u8> {
        let after = (self.end - place) as usize;
        self.bytes.len().checked_sub(after + 1).map(|index| self.bytes[index])
    }

    /// The byte at this place, if it has been read.
    fn byte_at(&self, place: u64) -> Option<u8> {
        if place < self.end { self.byte_before(place + 1) } else { None }
    }
}

impl Read for LastChunk {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.end > self.most {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let read = self.file.read(buffer)?;
        if self.end == 0 {
            self.has_mark = buffer[..read].starts_with(MARK);
        }
        if read > 0 {
            self.bytes.clear();
            self.bytes.extend_from_slice(&buffer[..read]);
            self.end += read as u64;
        }
        Ok(read)
    }
}

/// Whether the row just read ends in a carriage return before a line feed. The reader stops between them; where no
/// more has been read, the line feed is taken for granted.
fn has_carriage_return(reader: &csv::Reader<LastChunk>) -> bool {
    let (file, place) = (reader.get_ref(), reader.position().byte());
    file.byte_before(place) == Some(b'\r') && file.byte_at(place).is_none_or(|next| next == b'\n')
}

/// A header of one column may be several columns with another separator.
fn refuse_other_separator(path: &Path, only: &str) -> Result<(), Error> {
    let Some(other) = [';', '\t', ',', '|'].into_iter().find(|separator| only.contains(*separator)) else {
        return Ok(());
    };
    let what = format!("{}: has one column, `{only}`", path.display());
    let effect = format!("'{}' splits it into several", other.escape_default());
    Err(Problem::new(what).help_option("separator", effect).into())
}

fn unequal_lengths(path: &Path, line: u64, expected: u64, cells: u64) -> Error {
    let noun = if cells == 1 { "cell" } else { "cells" };
    let what =
        format!("{}: line {line} of the file has {cells} {noun}, the first line {expected}", path.display());
    Problem::new(what)
        .help("put cells that contain the separator in quotes, and complete lines cut short")
        .into()
}

/// Whether reading stopped because a row does not end.
fn is_too_long(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::FileTooLarge
}

fn too_long(path: &Path, line: u64) -> Error {
    let megabytes = BATCH_BYTES >> 20;
    let what =
        format!("{}: a row near line {line} of the file is longer than {megabytes} MB", path.display());
    Problem::new(what).help("look for a quotation mark that is not closed").into()
}

fn not_utf8(path: &Path, line: u64) -> Error {
    Problem::new(format!("{}: line {line} of the file is not valid UTF-8", path.display()))
        .help("save it as UTF-8 (in a spreadsheet: as CSV UTF-8)")
        .into()
}

fn unreadable(path: &Path, why: impl std::fmt::Display) -> Error {
    Problem::new(format!("{}: cannot be read: {why}", path.display())).help("check the path").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(text: impl AsRef<[u8]>, separator: u8) -> Result<CsvRows, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv");
        std::fs::write(&path, text).unwrap();
        CsvRows::open(&path, File::open(&path).unwrap(), separator)
    }

    /// The lines on which the rows begin.
    fn lines(text: &str) -> Vec<u64> {
        let batches = open(text, b',').unwrap();
        let lines = batches.flat_map(|batch| match batch.unwrap().lines {
            RowNumbers::Each(lines) => lines,
            RowNumbers::From(_) => unreachable!("every row has its own line"),
        });
        lines.collect()
    }

    fn error(text: impl AsRef<[u8]>) -> String {
        match open(text, b',') {
            Ok(mut rows) => rows.find_map(Result::err).unwrap().to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn rows_begin_on_the_lines_that_an_editor_shows() {
        let text = "a,b\n1,2\n\n\"x\ny\",4\n5,6";
        assert_eq!(lines(text), [2, 4, 6]);
        assert_eq!(lines(&text.replace('\n', "\r\n")), [2, 4, 6]);
        assert_eq!(lines(&format!("\u{feff}{text}\n")), [2, 4, 6]);
        assert_eq!(lines("\n\na,b\n1,2\n"), [4]);
    }

    #[test]
    fn lines_are_counted_across_chunks_of_the_file() {
        let row = format!("{},\"{}\n\"\r\n\r\n", "x".repeat(700), "y".repeat(500));
        let expected: Vec<u64> = (0..1_000).map(|row| 2 + 3 * row).collect();
        assert_eq!(lines(&format!("a,b\r\n{}", row.repeat(1_000))), expected);
    }

    #[test]
    fn errors_name_the_line() {
        assert!(error("a,b\r\n1,2\r\n\r\n3\r\n").contains("line 4 of the file has 1 cell, the first line 2"));
        assert!(
            error("a,b\n\"x\ny\",2\n1,2,3\n").contains("line 4 of the file has 3 cells, the first line 2")
        );
        assert!(error(b"a,b\n\"x\ny\",2\ns\xfcd,3\n").contains("line 4 of the file is not valid UTF-8"));
        assert!(error(b"a,s\xfcd\n").contains("line 1 of the file is not valid UTF-8"));
    }

    #[test]
    fn the_mark_and_the_line_ends_are_those_of_the_file() {
        let layout = |text: &str| {
            let rows = open(text, b',').unwrap();
            (rows.has_mark(), rows.has_carriage_returns())
        };
        assert_eq!(layout("a,b\n1,\"x\r\ny\"\n"), (false, false));
        assert_eq!(layout("a,\"b\nc\"\r\n1,2\r\n"), (false, true));
        assert_eq!(layout("\u{feff}a,b\n1,2\n"), (true, false));
        assert_eq!(layout("\u{feff}\r\na,b\r\n"), (true, true));
        assert_eq!(layout("a,b\r1,2\r"), (false, false));
        assert_eq!(layout("a,b"), (false, false));
    }

    #[test]
    fn another_separator_is_suggested() {
        assert!(error("a;b\n1;2\n").contains("separator ';' splits it"));
        assert!(error("a\tb\n").contains("separator '\\t' splits it"));
        assert!(open("a\n1\n", b',').is_ok());
    }

    #[test]
    fn batches_of_long_rows_end_at_64_mb() {
        let row = format!("{},\"{}\"\n", "x".repeat(1 << 19), "y".repeat(1 << 19));
        let rows = open(format!("a,b\n{}", row.repeat(150)), b',').unwrap();
        let heights: Vec<usize> = rows.map(|batch| batch.unwrap().table.height()).collect();
        assert_eq!(heights, [64, 64, 22]);
    }

    #[test]
    fn a_row_without_an_end_is_refused() {
        let endless = "x".repeat(70 << 20);
        let message = error(format!("a,b\n1,2\n\"{endless}"));
        assert!(message.contains("a row near line 3 of the file is longer than 64 MB"), "{message}");
        assert!(message.contains("a quotation mark that is not closed"), "{message}");
        assert!(error(endless).contains("a row near line 1 of the file is longer"));
    }

    #[test]
    fn a_file_without_a_header_is_refused() {
        assert!(error("").contains("is empty") && error("\n\n").contains("is empty"));
    }
}
