//! The bytes of a row group, read once by position: files opened by several threads share no offset.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use bytes::{Buf, Bytes};
use parquet::arrow::ProjectionMask;
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{ChunkReader, Length};

use crate::error::LakeError;

/// The compressed bytes of one row group's wanted columns, read once and then sliced without copying.
pub struct Chunks {
    parts: Vec<(u64, Bytes)>,
    end: u64,
}

impl Chunks {
    pub fn read(local: &Path, meta: &RowGroupMetaData, mask: &ProjectionMask) -> Result<Self, LakeError> {
        let file = File::open(local).map_err(LakeError::io("open", local))?;
        let end = file.metadata().map_err(LakeError::io("look at", local))?.len();
        let mut parts = Vec::new();
        for (leaf, column) in meta.columns().iter().enumerate() {
            if !mask.leaf_included(leaf) {
                continue;
            }
            let (start, length) = column.byte_range();
            // A truncated file is shorter than its footer says; the decoder then reports what is missing.
            let length = length.min(end.saturating_sub(start));
            let mut buffer = vec![0_u8; usize::try_from(length).unwrap_or(0)];
            file.read_exact_at(&mut buffer, start).map_err(LakeError::io("read", local))?;
            parts.push((start, Bytes::from(buffer)));
        }
        parts.sort_by_key(|(start, _)| *start);
        Ok(Self { parts, end })
    }

    fn slice(&self, start: u64, length: Option<usize>) -> Result<Bytes, ParquetError> {
        let index = self.parts.partition_point(|(s, _)| *s <= start);
        let outside = || ParquetError::EOF(format!("offset {start} lies outside the column chunks"));
        let (base, bytes) = index.checked_sub(1).and_then(|i| self.parts.get(i)).ok_or_else(outside)?;
        let from = usize::try_from(start - base).map_err(|_| outside())?;
        let to = length.map_or(Some(bytes.len()), |l| from.checked_add(l)).ok_or_else(outside)?;
        if from > bytes.len() || to > bytes.len() {
            return Err(outside());
        }
        Ok(bytes.slice(from..to))
    }
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.end
    }
}

impl ChunkReader for Chunks {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(self.slice(start, None)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        self.slice(start, Some(length))
    }
}

/// [`Chunks`] behind a reference count, which the reader builder takes by value.
pub struct SharedChunks(pub Arc<Chunks>);

impl Length for SharedChunks {
    fn len(&self) -> u64 {
        self.0.end
    }
}

impl ChunkReader for SharedChunks {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        self.0.get_read(start)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        self.0.get_bytes(start, length)
    }
}
