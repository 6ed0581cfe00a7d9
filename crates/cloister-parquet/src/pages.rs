//! Footers and pages, looked at before their reader believes them.

use std::io::{self, Read};

use parquet::basic::Compression;
use parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};
use parquet::file::reader::ChunkReader;

use crate::broken;
use crate::thrift::{Compact, Wrong};

/// The longest footer: 64 MiB.
const FOOTER: usize = 64 << 20;
/// Open pages of all columns of a group, unpacked: 512 MiB.
const MOST_OPEN: u64 = 512 << 20;
/// Values of a column of lists in one group: one row may hold them all.
const MOST_LISTED: i64 = 4 << 20;
/// Values of one page.
const MOST_VALUES: i64 = 64 << 20;
/// So much of a head of a page is read first, and at most.
const HEAD: usize = 512;
const LONGEST_HEAD: usize = 1 << 20;

/// Whether a file ends with a footer that is what it says.
pub fn check_footer(file: &impl ChunkReader) -> io::Result<()> {
    let length = file.len();
    let tail = length.checked_sub(8).ok_or_else(|| broken("it is too short"))?;
    let tail = file.get_bytes(tail, 8).map_err(|_| broken("its end cannot be read"))?;
    let (footer, magic) = tail.split_first_chunk::<4>().ok_or_else(|| broken("it is too short"))?;
    match magic {
        b"PAR1" => {}
        b"PARE" => return Err(broken("its footer is encrypted")),
        _ => return Err(broken("it does not end as Parquet does: it is cut short")),
    }
    let footer = u32::from_le_bytes(*footer) as usize;
    let start = length.checked_sub(8 + footer as u64).filter(|_| footer <= FOOTER);
    let start = start.ok_or_else(|| broken("its footer is longer than it can be"))?;
    let bytes = file.get_bytes(start, footer).map_err(|_| broken("its footer cannot be read"))?;
    Compact::new(&bytes).skip_structure(0).map_err(|Wrong| broken("its footer is not what it says"))
}

/// What the head of a page says.
#[derive(Clone, Copy, Debug, Default)]
struct Page {
    kind: i64,
    unpacked: i64,
    packed: i64,
    values: i64,
    head: usize,
}

const DICTIONARY: i64 = 2;

impl Page {
    fn read(bytes: &[u8]) -> Result<Page, Wrong> {
        let mut page = Page::default();
        let mut compact = Compact::new(bytes);
        compact.structure(0, &mut |compact, number, kind| {
            match (number, kind) {
                (1, 5) => page.kind = compact.signed()?,
                (2, 5) => page.unpacked = compact.signed()?,
                (3, 5) => page.packed = compact.signed()?,
                // The heads of data, of a dictionary, and of data in the second version begin with their values.
                (5 | 7 | 8, 12) => compact.structure(1, &mut |compact, number, kind| {
                    let values = number == 1 && kind == 5;
                    if values {
                        page.values = compact.signed()?;
                    }
                    Ok(values)
                })?,
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        page.head = compact.position();
        Ok(page)
    }

    /// Whether its numbers can be true.
    fn is_sound(&self) -> bool {
        let most = if self.kind == DICTIONARY { self.unpacked } else { MOST_VALUES };
        self.unpacked >= 0 && self.packed >= 0 && (0..=most).contains(&self.values)
    }
}

/// Whether the pages of a group can be read one after the other without holding more than is bounded.
pub fn check_group(file: &impl ChunkReader, group: &RowGroupMetaData) -> io::Result<()> {
    let mut open = 0u64;
    for column in group.columns() {
        let (data, dictionary) = check_column(file, column)?;
        open = open.saturating_add(data).saturating_add(dictionary);
    }
    if open > MOST_OPEN {
        return Err(broken(format!("its columns have pages of {} MiB that must be open at once", open >> 20)));
    }
    Ok(())
}

/// The largest page, and the dictionary, of one column of a group.
fn check_column(file: &impl ChunkReader, column: &ColumnChunkMetaData) -> io::Result<(u64, u64)> {
    let wrong = || broken("its pages are not where its footer says");
    let codec = column.compression();
    if !matches!(
        codec,
        Compression::UNCOMPRESSED
            | Compression::SNAPPY
            | Compression::GZIP(_)
            | Compression::ZSTD(_)
            | Compression::LZ4_RAW
    ) {
        return Err(broken("a column is packed with Brotli, LZO or the LZ4 of Hadoop"));
    }
    if column.column_descr().max_rep_level() > 0 && column.num_values() > MOST_LISTED {
        return Err(broken("a column of lists has more than 4,194,304 values in one group of rows"));
    }
    let first =
        column.dictionary_page_offset().map_or(column.data_page_offset(), |at| at.min(column.data_page_offset()));
    let mut at = u64::try_from(first).map_err(|_| wrong())?;
    let length = u64::try_from(column.compressed_size()).map_err(|_| wrong())?;
    let end = at.checked_add(length).filter(|end| *end <= file.len()).ok_or_else(wrong)?;
    let (mut data, mut dictionary, mut values) = (0, 0, 0i64);
    while at < end && values < column.num_values() {
        let page = head(file, at, end)?;
        let packed = page.packed.unsigned_abs();
        let body = at + page.head as u64;
        let next = body.checked_add(packed).filter(|next| *next <= end).ok_or_else(wrong)?;
        if let Compression::GZIP(_) = codec {
            check_gzip(file, body, &page)?;
        }
        let size = page.unpacked.unsigned_abs().max(packed);
        if page.kind == DICTIONARY {
            dictionary = size.max(dictionary);
        } else {
            data = size.max(data);
            values = values.saturating_add(page.values);
        }
        at = next;
    }
    if column.column_descr().max_rep_level() > 0 && values > MOST_LISTED {
        return Err(broken("a column of lists has more values than its footer says"));
    }
    Ok((data, dictionary))
}

fn head(file: &impl ChunkReader, at: u64, end: u64) -> io::Result<Page> {
    let mut length = HEAD;
    loop {
        let near = usize::try_from(end - at).unwrap_or(usize::MAX).min(length);
        let bytes = file.get_bytes(at, near).map_err(|_| broken("its pages cannot be read"))?;
        match Page::read(&bytes) {
            Ok(page) if page.is_sound() => return Ok(page),
            Err(Wrong) if near == length && length < LONGEST_HEAD => length *= 8,
            _ => return Err(broken("the head of a page is not what it says")),
        }
    }
}

/// The decoder of gzip knows no bound: what comes out is counted before.
fn check_gzip(file: &impl ChunkReader, at: u64, page: &Page) -> io::Result<()> {
    let (packed, unpacked) = (usize::try_from(page.packed), u64::try_from(page.unpacked));
    let (Ok(packed), Ok(unpacked)) = (packed, unpacked) else { return Err(broken("a page is not as long as it says")) };
    if packed as u64 > MOST_OPEN {
        return Err(broken("a page is longer than it can be"));
    }
    let bytes = file.get_bytes(at, packed).map_err(|_| broken("its pages cannot be read"))?;
    let mut decoder = flate2::read::MultiGzDecoder::new(&*bytes).take(unpacked + 1);
    // Errors are told by who reads the page, and pages of the second version begin with what is not packed.
    match io::copy(&mut decoder, &mut io::sink()) {
        Ok(length) if length > unpacked => Err(broken("a page expands to more than it says")),
        _ => Ok(()),
    }
}
