//! Sums of a day's comment signals by listing: the mart `comment_sums`, from which windows are summed.

use std::collections::BTreeMap;
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

/// Sums that grow; the order in which rows come does not matter.
///
/// Rows are appended, and sorted and summed whenever there are twice as many as after the last time: that costs a row a
/// third of what a hash map with as many listings as rows does, and memory grows with listings, not with rows.
#[derive(Default)]
pub struct Sums {
    entries: Vec<Entry>,
    /// The first of them, which are sorted and summed.
    summed: usize,
    /// Evidence of allegations that say more than it, with the number of comments.
    words: BTreeMap<Owner, BTreeMap<String, i64>>,
}

/// Rows that are appended before they are first summed.
const APPENDED: usize = 1 << 17;

/// Some comments of one listing.
#[derive(Clone, Copy)]
struct Entry {
    merchant: i64,
    listing: i64,
    brand: i64,
    has_brand: bool,
    comments: u32,
    allegations: u32,
    affirmations: u32,
}

impl Entry {
    fn owner(&self) -> Owner {
        (self.merchant, self.listing, self.has_brand.then_some(self.brand))
    }

    /// A key that sorts like the owner; the two numbers that nearly always decide are compared as one.
    fn key(&self) -> (u128, bool, i64) {
        let unsigned = |n: i64| u128::from(n.cast_unsigned() ^ (1 << 63));
        (unsigned(self.merchant) << 64 | unsigned(self.listing), self.has_brand, self.brand)
    }

    /// The sum with another entry; `None` where a count would be too large.
    fn plus(&self, other: &Self) -> Option<Self> {
        Some(Self {
            comments: self.comments.checked_add(other.comments)?,
            allegations: self.allegations.checked_add(other.allegations)?,
            affirmations: self.affirmations.checked_add(other.affirmations)?,
            ..*self
        })
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
        top(&self.words, most)
    }
}

fn top(words: &BTreeMap<String, i64>, most: usize) -> Vec<(&str, i64)> {
    let mut words: Vec<(&str, i64)> = words.iter().map(|(w, n)| (w.as_str(), *n)).collect();
    words.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    words.truncate(most);
    words
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
            let has_brand = brands.is_valid(row);
            let label = Label::from_word(labels.value(row));
            let entry = Entry {
                merchant: merchants.value(row),
                listing: listings.value(row),
                // Under a null there may be anything.
                brand: if has_brand { brands.value(row) } else { 0 },
                has_brand,
                comments: 1,
                allegations: u32::from(label == Some(Label::Allege)),
                affirmations: u32::from(label == Some(Label::Affirm)),
            };
            self.entries.push(entry);
            if label == Some(Label::Allege) && evidence.is_valid(row) && parts.value(row) {
                let words = self.words.entry(entry.owner()).or_default();
                *words.entry(plain_words(evidence.value(row))).or_default() += 1;
            }
        }
        if self.entries.len() >= (2 * self.summed).max(APPENDED) {
            self.sum();
        }
        Ok(())
    }

    /// Adds other sums.
    pub fn merge(&mut self, other: Self) {
        if self.entries.is_empty() {
            *self = other;
            return;
        }
        self.entries.extend(other.entries);
        for (owner, words) in other.words {
            let own = self.words.entry(owner).or_default();
            for (words, comments) in words {
                *own.entry(words).or_default() += comments;
            }
        }
    }

    /// Sorts the entries and sums those of one owner.
    fn sum(&mut self) {
        // What has been sorted before is one run to a stable sort, and only merged.
        self.entries.sort_by_key(Entry::key);
        self.entries.dedup_by(|next, kept| match kept.plus(next) {
            Some(sum) if kept.key() == next.key() => {
                *kept = sum;
                true
            }
            _ => false,
        });
        self.summed = self.entries.len();
    }

    /// The sums over all listings, without words.
    pub fn totals(&self) -> Counts {
        let sum = |of: fn(&Entry) -> u32| self.entries.iter().map(|e| i64::from(of(e))).sum();
        Counts {
            comments: sum(|e| e.comments),
            allegations: sum(|e| e.allegations),
            affirmations: sum(|e| e.affirmations),
            words: BTreeMap::new(),
        }
    }

    /// The rows of the mart `comment_sums`, by merchant, listing and brand.
    pub fn batch(mut self) -> Result<RecordBatch, Failure> {
        self.sum();
        // Counts too large for one entry are in several that follow on each other.
        let sum = |entries: &[Entry], of: fn(&Entry) -> u32| entries.iter().map(|e| i64::from(of(e))).sum::<i64>();
        let owners: Vec<&[Entry]> = self.entries.chunk_by(|a, b| a.key() == b.key()).collect();
        let words = Fields::from(vec![
            Field::new("words", DataType::Utf8, false),
            Field::new("comments", DataType::Int64, false),
        ]);
        let item = Field::new("item", DataType::Struct(words.clone()), false);
        let builder = StructBuilder::new(words, vec![Box::new(StringBuilder::new()), Box::new(Int64Builder::new())]);
        let mut lists = ListBuilder::new(builder).with_field(item);
        // Every owner of words has an entry, and both come in the same order.
        let mut of_owners = self.words.iter().peekable();
        for entries in &owners {
            let words = of_owners.next_if(|(owner, _)| **owner == entries[0].owner());
            for (words, comments) in words.map(|(_, words)| top(words, WORDS)).unwrap_or_default() {
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
        let id = |of: fn(&Entry) -> i64| Arc::new(Int64Array::from_iter_values(owners.iter().map(|e| of(&e[0]))));
        let count = |of| Arc::new(Int64Array::from_iter_values(owners.iter().map(|e| sum(e, of))));
        RecordBatch::try_new(
            Arc::new(schema),
            vec![
                id(|e| e.merchant),
                id(|e| e.listing),
                Arc::new(owners.iter().map(|e| e[0].owner().2).collect::<Int64Array>()),
                count(|e| e.comments),
                count(|e| e.allegations),
                count(|e| e.affirmations),
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

#[cfg(test)]
mod tests {
    use arrow::array::{ArrayRef, BooleanArray, StringArray};

    use super::*;

    /// A row of the mart: merchant, listing, brand, label, evidence that is a part of the comment.
    type Row = (i64, i64, Option<i64>, &'static str, Option<&'static str>);

    fn rows(of: &[Row]) -> RecordBatch {
        let int = |of: Vec<i64>| Arc::new(Int64Array::from(of)) as ArrayRef;
        let text = |of: Vec<Option<&str>>| Arc::new(StringArray::from(of)) as ArrayRef;
        let columns = [
            ("merchant_id", int(of.iter().map(|r| r.0).collect())),
            ("listing_id", int(of.iter().map(|r| r.1).collect())),
            ("brand_id", Arc::new(of.iter().map(|r| r.2).collect::<Int64Array>()) as ArrayRef),
            ("label", text(of.iter().map(|r| Some(r.3)).collect())),
            ("evidence", text(of.iter().map(|r| r.4).collect())),
            ("evidence_is_part", Arc::new(BooleanArray::from(vec![true; of.len()])) as ArrayRef),
        ];
        RecordBatch::try_from_iter(columns).expect("six columns")
    }

    #[test]
    fn sums_do_not_depend_on_the_order_nor_on_when_they_are_summed() {
        let some = [
            (-5, 1, None, "other", None),
            (7, 2, Some(3), "allege", Some("假货")),
            (7, 2, Some(3), "allege", Some("假的")),
            (7, 2, Some(3), "allege", Some("假的")),
            (7, 2, None, "affirm", Some("正品")),
            (-5, 1, Some(0), "allege", None),
            (7, -1, Some(-3), "affirm", None),
        ];
        let mut one = Sums::default();
        let mut parts = [Sums::default(), Sums::default()];
        for round in 0..2 * APPENDED / some.len() {
            one.add_rows(&rows(&some)).expect("added");
            let mut other = some;
            other.rotate_left(round % some.len());
            parts[round % 2].add_rows(&rows(&other)).expect("added");
        }
        assert!(one.entries.len() < APPENDED, "rows of one listing are summed on the way");
        let [mut merged, other] = parts;
        merged.merge(other);
        assert_eq!(one.totals(), merged.totals());
        let (one, merged) = (one.batch().expect("a batch"), merged.batch().expect("a batch"));
        assert_eq!(one, merged);
        let times = (2 * APPENDED / some.len()) as i64;
        let found = listing_sums(&one).expect("rows of the mart");
        let owners: Vec<Owner> = found.iter().map(|r| (r.merchant_id, r.listing_id, r.brand_id)).collect();
        assert_eq!(owners, [(-5, 1, None), (-5, 1, Some(0)), (7, -1, Some(-3)), (7, 2, None), (7, 2, Some(3))]);
        let last = &found[4].counts;
        assert_eq!((last.comments, last.allegations, last.affirmations), (3 * times, 3 * times, 0));
        assert_eq!(last.top_words(20), [("假的", 2 * times), ("假货", times)]);
        assert_eq!(found[3].counts.affirmations, times);
    }

    #[test]
    fn counts_beyond_an_entry_are_summed_all_the_same() {
        let mut sums = Sums::default();
        sums.add_rows(&rows(&[(1, 1, None, "other", None); 3])).expect("added");
        for entry in &mut sums.entries {
            entry.comments = u32::MAX;
        }
        let found = listing_sums(&sums.batch().expect("a batch")).expect("rows of the mart");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].counts.comments, 3 * i64::from(u32::MAX));
    }
}
