//! The header of a Parquet page, in the compact protocol of Thrift, as far as it declares sizes. The reader
//! of polars keeps the number of dictionary entries to itself until it has allocated them.

/// What a page declares of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageHeader {
    pub(super) kind: PageKind,
    /// Bytes after unpacking.
    pub(super) unpacked: i64,
    /// Bytes in the file.
    pub(super) packed: i64,
    /// Values, or entries of a dictionary.
    pub(super) values: i64,
}

/// What a page holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PageKind {
    /// The values of a column.
    Data,
    /// The values that data pages refer to by number.
    Dictionary,
    /// Something else.
    Other,
}

/// Structures within structures deeper than this are not read.
const DEPTH: usize = 16;

impl PageHeader {
    /// Reads a header and gives what comes after it; nothing if it is damaged.
    pub(super) fn read(bytes: &[u8]) -> Option<(PageHeader, &[u8])> {
        let mut input = Input(bytes);
        let (mut page_type, mut unpacked, mut packed, mut values) = (-1, 0, 0, [0; 3]);
        let mut id = 0;
        while let Some(field) = input.field(&mut id)? {
            match (id, field) {
                (1, 5) => page_type = input.integer()?,
                (2, 5) => unpacked = input.integer()?,
                (3, 5) => packed = input.integer()?,
                (5, 12) => values[0] = input.first_integer()?,
                (7, 12) => values[1] = input.first_integer()?,
                (8, 12) => values[2] = input.first_integer()?,
                _ => input.skip(field, DEPTH)?,
            }
        }
        let (kind, values) = match page_type {
            0 => (PageKind::Data, values[0]),
            2 => (PageKind::Dictionary, values[1]),
            3 => (PageKind::Data, values[2]),
            _ => (PageKind::Other, 0),
        };
        Some((PageHeader { kind, unpacked, packed, values }, input.0))
    }
}

/// What is left to read.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn advance(&mut self, bytes: u64) -> Option<()> {
        self.0 = self.0.get(usize::try_from(bytes).ok()?..)?;
        Some(())
    }

    /// A number of seven bits a byte, the lowest first; all bytes but the last have the highest bit set.
    fn unsigned(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// A number with a sign, which is the lowest bit: 0, -1, 1, -2 are written as 0, 1, 2, 3.
    fn integer(&mut self) -> Option<i64> {
        let number = self.unsigned()?;
        Some((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// The type of the next field, whose number goes to `id`; inside it is nothing at the structure's end.
    fn field(&mut self, id: &mut i64) -> Option<Option<u8>> {
        let byte = self.byte()?;
        if byte == 0 {
            return Some(None);
        }
        *id = match byte >> 4 {
            0 => self.integer()?,
            difference => id.checked_add(i64::from(difference))?,
        };
        Some(Some(byte & 0x0f))
    }

    /// The integer in the first field of a structure, which is read to its end.
    fn first_integer(&mut self) -> Option<i64> {
        let (mut id, mut integer) = (0, 0);
        while let Some(field) = self.field(&mut id)? {
            match (id, field) {
                (1, 5) => integer = self.integer()?,
                _ => self.skip(field, DEPTH)?,
            }
        }
        Some(integer)
    }

    /// Passes over a field of this type. Headers have no maps.
    fn skip(&mut self, field: u8, depth: usize) -> Option<()> {
        match field {
            1 | 2 => Some(()),
            3 => self.advance(1),
            4..=6 => self.unsigned().map(drop),
            7 => self.advance(8),
            8 => {
                let bytes = self.unsigned()?;
                self.advance(bytes)
            }
            9 | 10 => self.skip_list(depth.checked_sub(1)?),
            12 => {
                let mut id = 0;
                while let Some(field) = self.field(&mut id)? {
                    self.skip(field, depth.checked_sub(1)?)?;
                }
                Some(())
            }
            _ => None,
        }
    }

    fn skip_list(&mut self, depth: usize) -> Option<()> {
        let byte = self.byte()?;
        let length = if byte >> 4 == 15 { self.unsigned()? } else { u64::from(byte >> 4) };
        for _ in 0..length {
            match byte & 0x0f {
                // In a list a truth value is a byte.
                1 | 2 => self.advance(1)?,
                field => self.skip(field, depth)?,
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_dictionary_that_asks_for_34_gb_is_seen_for_what_it_is() {
        // Type 2, 16 bytes unpacked, 16 packed, a dictionary of 2^31 - 1 values in encoding 0.
        let bytes =
            [0x15, 4, 0x15, 0x20, 0x15, 0x20, 0x4c, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0x15, 0, 0, 0, 7];
        let (header, rest) = PageHeader::read(&bytes).unwrap();
        let values = i64::from(i32::MAX);
        assert_eq!(header, PageHeader { kind: PageKind::Dictionary, unpacked: 16, packed: 16, values });
        assert_eq!(rest, [7]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Some((_, rest)) = PageHeader::read(&bytes) {
                prop_assert!(bytes.ends_with(rest));
            }
        }
    }
}
