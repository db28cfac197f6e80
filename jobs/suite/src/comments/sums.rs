//! Sums of a day's comment signals by listing: the mart `comment_sums`, from which windows are summed.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use arrow::array::{Array, AsArray, Int64Array, Int64Builder, ListBuilder, StringBuilder, StructBuilder};
use arrow::datatypes::{DataType, Field, Fields, Int64Type, Schema};
use arrow::record_batch::RecordBatch;
use mirrorlake_model::ExitStatus;
use mirrorlake_model::comment::Label;
use mirrorlake_signals::plain_words;

use crate::catalogue::{Cells, required};
use crate::failure::Failure;

/// Different evidence words kept for a listing and day: the most frequent ones.
const WORDS: usize = 20;

/// Whose comments: merchant, listing, brand.
type Owner = (i64, i64, Option<i64>);

/// Counts of comments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All comments.
    pub comments: i64,
    /// Those labelled `allege`.
    pub allegations: i64,
    /// Those labelled `affirm`.
    pub affirmations: i64,
    /// Evidence of allegations that say more than it, with the number of comments.
    pub words: BTreeMap<String, i64>,
}

/// The comments of one listing on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListingSums {
    /// Merchant.
    pub merchant_id: i64,
    /// Listing.
    pub listing_id: i64,
    /// Brand of the listing when the comments were written.
    pub brand_id: Option<i64>,
    /// Counts.
    pub counts: Counts,
}

/// Sums that grow; their order does not matter.
#[derive(Default)]
pub struct Sums(HashMap<Owner, Counts, BuildHasherDefault<Mixer>>);

/// Hashes numbers by multiplication: keys are numbers of our own tables, and the default hasher, which defends against
/// crafted keys, took a quarter of the job's time.
#[derive(Default)]
struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(26) ^ n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_i64(&mut self, n: i64) {
        self.write_u64(n.cast_unsigned());
    }

    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }

    fn write_isize(&mut self, n: isize) {
        self.write_u64(n.cast_unsigned() as u64);
    }
}

impl Counts {
    /// Adds other counts.
    pub fn add(&mut self, other: Self) {
        self.comments += other.comments;
        self.allegations += other.allegations;
        self.affirmations += other.affirmations;
        for (words, comments) in other.words {
            *self.words.entry(words).or_default() += comments;
        }
    }

    /// Adds the words of other counts.
    pub fn add_words(&mut self, other: &Self) {
        for (words, comments) in &other.words {
            match self.words.get_mut(words) {
                Some(own) => *own += comments,
                None => drop(self.words.insert(words.clone(), *comments)),
            }
        }
    }

    /// The most frequent words, of equals the first by their bytes.
    pub fn top_words(&self, most: usize) -> Vec<(&str, i64)> {
        let mut words: Vec<(&str, i64)> = self.words.iter().map(|(w, n)| (w.as_str(), *n)).collect();
        words.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        words.truncate(most);
        words
    }
}

impl Sums {
    /// Adds rows of the mart `comment_signals`.
    pub fn add_rows(&mut self, rows: &RecordBatch) -> Result<(), Failure> {
        let int = |name: &str| -> Result<&Int64Array, Failure> {
            rows.column_by_name(name).and_then(|c| c.as_primitive_opt::<Int64Type>()).ok_or_else(|| missing(name))
        };
        let text =
            |name: &str| rows.column_by_name(name).and_then(|c| c.as_string_opt::<i32>()).ok_or_else(|| missing(name));
        let (merchants, listings, brands) = (int("merchant_id")?, int("listing_id")?, int("brand_id")?);
        let (labels, evidence) = (text("label")?, text("evidence")?);
        let parts = rows.column_by_name("evidence_is_part").and_then(|c| c.as_boolean_opt());
        let parts = parts.ok_or_else(|| missing("evidence_is_part"))?;
        for row in 0..rows.num_rows() {
            let brand = brands.is_valid(row).then(|| brands.value(row));
            let counts = self.0.entry((merchants.value(row), listings.value(row), brand)).or_default();
            counts.comments += 1;
            match Label::from_word(labels.value(row)) {
                Some(Label::Allege) => {
                    counts.allegations += 1;
                    if evidence.is_valid(row) && parts.value(row) {
                        *counts.words.entry(plain_words(evidence.value(row))).or_default() += 1;
                    }
                }
                Some(Label::Affirm) => counts.affirmations += 1,
                _ => {}
            }
        }
        Ok(())
    }

    /// Adds other sums.
    pub fn merge(&mut self, other: Self) {
        if self.0.is_empty() {
            self.0 = other.0;
            return;
        }
        #[expect(clippy::iter_over_hash_type, reason = "sums of integers do not depend on the order")]
        for (owner, counts) in other.0 {
            self.0.entry(owner).or_default().add(counts);
        }
    }

    /// The sums over all listings, without words.
    pub fn totals(&self) -> Counts {
        let sum = |of: fn(&Counts) -> i64| self.0.values().map(of).sum();
        Counts {
            comments: sum(|c| c.comments),
            allegations: sum(|c| c.allegations),
            affirmations: sum(|c| c.affirmations),
            words: BTreeMap::new(),
        }
    }

    /// The rows of the mart `comment_sums`, by merchant, listing and brand.
    pub fn batch(self) -> Result<RecordBatch, Failure> {
        let mut rows: Vec<(Owner, Counts)> = self.0.into_iter().collect();
        rows.sort_unstable_by_key(|(owner, _)| *owner);
        let words = Fields::from(vec![
            Field::new("words", DataType::Utf8, false),
            Field::new("comments", DataType::Int64, false),
        ]);
        let item = Field::new("item", DataType::Struct(words.clone()), false);
        let builder = StructBuilder::new(words, vec![Box::new(StringBuilder::new()), Box::new(Int64Builder::new())]);
        let mut lists = ListBuilder::new(builder).with_field(item);
        for (_, counts) in &rows {
            for (words, comments) in counts.top_words(WORDS) {
                let item = lists.values();
                if let Some(field) = item.field_builder::<StringBuilder>(0) {
                    field.append_value(words);
                }
                if let Some(field) = item.field_builder::<Int64Builder>(1) {
                    field.append_value(comments);
                }
                item.append(true);
            }
            lists.append(true);
        }
        let lists = lists.finish();
        let int = |name: &str| Field::new(name, DataType::Int64, false);
        let schema = Schema::new(vec![
            int("merchant_id"),
            int("listing_id"),
            Field::new("brand_id", DataType::Int64, true),
            int("comments"),
            int("allegations"),
            int("affirmations"),
            Field::new("evidence", lists.data_type().clone(), false),
        ]);
        let column = |of: fn(&(Owner, Counts)) -> i64| Arc::new(Int64Array::from_iter_values(rows.iter().map(of)));
        RecordBatch::try_new(
            Arc::new(schema),
            vec![
                column(|r| r.0.0),
                column(|r| r.0.1),
                Arc::new(rows.iter().map(|r| r.0.2).collect::<Int64Array>()),
                column(|r| r.1.comments),
                column(|r| r.1.allegations),
                column(|r| r.1.affirmations),
                Arc::new(lists),
            ],
        )
        .map_err(|e| Failure::new(ExitStatus::Failed, format!("internal: {e}")))
    }
}

fn missing(column: &str) -> Failure {
    Failure::new(ExitStatus::Failed, format!("internal: comment signals without the column {column}"))
}

/// Rows of the mart `comment_sums`.
pub fn listing_sums(batch: &RecordBatch) -> Result<Vec<ListingSums>, Failure> {
    let cells = Cells(batch);
    let (merchants, listings) = (cells.ints("merchant_id")?, cells.ints("listing_id")?);
    let brands = cells.ints("brand_id")?;
    let (comments, allegations) = (cells.ints("comments")?, cells.ints("allegations")?);
    let affirmations = cells.ints("affirmations")?;
    let evidence = cells.counted_texts("evidence", "words", "comments")?;
    let mut rows = Vec::with_capacity(batch.num_rows());
    for (i, words) in evidence.into_iter().enumerate() {
        rows.push(ListingSums {
            merchant_id: required("merchant_id", merchants[i])?,
            listing_id: required("listing_id", listings[i])?,
            brand_id: brands[i],
            counts: Counts {
                comments: required("comments", comments[i])?,
                allegations: required("allegations", allegations[i])?,
                affirmations: required("affirmations", affirmations[i])?,
                words: words.into_iter().collect(),
            },
        });
    }
    Ok(rows)
}
