//! Rows of the table `comments` to rows of the mart `comment_signals`, and their sums.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{Array, ArrayRef, AsArray, BooleanBuilder, Float64Builder, StringBuilder};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use mirrorlake_lake::LakeError;
use mirrorlake_lake::check::RowMap;
use mirrorlake_lake::contract::Table;
use mirrorlake_model::ExitStatus;
use mirrorlake_signals::{Detector, Scratch, visible_words};

use super::sums::Sums;
use crate::failure::Failure;
use crate::job::{Computed, ComputedMart, Mapping};

thread_local! {
    /// The detector's buffers, kept from batch to batch.
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::default());
}

/// Judges comments while they are checked.
pub struct CommentMapping {
    detector: &'static Detector,
    schema: SchemaRef,
    /// Positions in the table of the columns that are carried over, and of the text.
    carried: Vec<usize>,
    text: usize,
    /// One for each thread that is adding at the same time.
    sums: Vec<Mutex<Sums>>,
}

/// Sums that may grow at the same time; more threads than that wait for each other.
const SUMS: usize = 64;

const CARRIED: [&str; 5] = ["comment_id", "merchant_id", "listing_id", "brand_id", "rating"];

impl CommentMapping {
    /// A mapping with the detector that the program comes with.
    pub fn new() -> Result<Self, Failure> {
        let detector = Detector::shared().map_err(|e| Failure::new(ExitStatus::Failed, e.to_string()))?;
        let position = |name: &str| {
            let found = Table::find("comments").and_then(|t| t.position(name));
            found.ok_or_else(|| Failure::new(ExitStatus::Failed, format!("internal: comments have no column {name}")))
        };
        let carried = CARRIED.iter().map(|name| position(name)).collect::<Result<_, _>>()?;
        let schema = Arc::new(Schema::new(vec![
            Field::new("comment_id", DataType::Int64, false),
            Field::new("merchant_id", DataType::Int64, false),
            Field::new("listing_id", DataType::Int64, false),
            Field::new("brand_id", DataType::Int64, true),
            Field::new("rating", DataType::Int8, false),
            Field::new("label", DataType::Utf8, false),
            Field::new("score", DataType::Float64, false),
            Field::new("evidence", DataType::Utf8, true),
            Field::new("lang", DataType::Utf8, false),
            // Beyond the contract: whether the comment says more than its evidence, so that a report may quote it.
            Field::new("evidence_is_part", DataType::Boolean, false),
        ]));
        Ok(Self {
            detector,
            schema,
            carried,
            text: position("text")?,
            sums: (0..SUMS).map(|_| Mutex::default()).collect(),
        })
    }

    fn batch(&self, columns: &[ArrayRef], scratch: &mut Scratch) -> Result<RecordBatch, LakeError> {
        let internal = |e: arrow::error::ArrowError| LakeError::Internal(format!("comment signals: {e}"));
        let texts = columns[self.text].as_string_view();
        let mut out: Vec<ArrayRef> = Vec::with_capacity(self.schema.fields().len());
        for (&position, field) in self.carried.iter().zip(self.schema.fields()) {
            // Integers may be stored narrower than the contract's.
            out.push(cast(&columns[position], field.data_type()).map_err(internal)?);
        }
        let rows = texts.len();
        let mut labels = StringBuilder::with_capacity(rows, rows * 5);
        let mut scores = Float64Builder::with_capacity(rows);
        let mut evidence = StringBuilder::with_capacity(rows, 0);
        let mut langs = StringBuilder::with_capacity(rows, rows * 2);
        let mut parts = BooleanBuilder::with_capacity(rows);
        for row in 0..rows {
            let text = texts.value(row);
            let signal = self.detector.signal(text, scratch);
            labels.append_value(signal.label.word());
            scores.append_value(signal.score);
            // Invisible and piled-up characters could carry anything, a name as well.
            evidence.append_option(signal.evidence.map(visible_words));
            langs.append_value(signal.lang.word());
            parts
                .append_value(signal.evidence.is_some_and(|words| letters(text).nth(letters(words).count()).is_some()));
        }
        out.push(Arc::new(labels.finish()));
        out.push(Arc::new(scores.finish()));
        out.push(Arc::new(evidence.finish()));
        out.push(Arc::new(langs.finish()));
        out.push(Arc::new(parts.finish()));
        RecordBatch::try_new(Arc::clone(&self.schema), out).map_err(internal)
    }
}

/// Letters, Chinese characters and digits: what a text says, without its punctuation.
fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric())
}

impl RowMap for CommentMapping {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn map(&self, columns: &[ArrayRef]) -> Result<RecordBatch, LakeError> {
        SCRATCH.with_borrow_mut(|scratch| self.batch(columns, scratch))
    }

    fn observe(&self, rows: &RecordBatch) -> Result<(), LakeError> {
        let free = self.sums.iter().find_map(|sums| sums.try_lock().ok());
        let mut sums = match free {
            Some(sums) => sums,
            None => self.sums[0].lock().unwrap_or_else(PoisonError::into_inner),
        };
        sums.add_rows(rows).map_err(|e| LakeError::Internal(e.to_string()))
    }

    fn restart(&self) {
        for sums in &self.sums {
            *sums.lock().unwrap_or_else(PoisonError::into_inner) = Sums::default();
        }
    }
}

impl Mapping for CommentMapping {
    fn rows(&self) -> &dyn RowMap {
        self
    }

    fn finish(&self) -> Result<Computed, Failure> {
        let mut sums = Sums::default();
        for own in &self.sums {
            sums.merge(std::mem::take(&mut *own.lock().unwrap_or_else(PoisonError::into_inner)));
        }
        let totals = sums.totals();
        let batch = sums.batch()?;
        let mart = ComputedMart { name: "comment_sums", schema: batch.schema(), batches: vec![batch] };
        let notes = vec![
            ("allegations".to_owned(), totals.allegations.unsigned_abs()),
            ("affirmations".to_owned(), totals.affirmations.unsigned_abs()),
        ];
        Ok(Computed { marts: vec![mart], notes, ..Computed::default() })
    }
}
