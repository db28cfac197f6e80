//! The marts as Arrow: schemas in the mart contract's order, and the rows of the model to and from batches.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, Float64Array, Int64Array, ListBuilder, StringArray, StringBuilder,
    TimestampMicrosecondArray,
};
use arrow::datatypes::{
    DataType, Date32Type, Field, Float64Type, Int32Type, Int64Type, Schema, SchemaRef, TimeUnit,
    TimestampMicrosecondType,
};
use arrow::record_batch::RecordBatch;
use chrono::NaiveDate;
use mirrorlake_model::ExitStatus;
use mirrorlake_model::takedown::{ChannelLocale, OutcomeRow, Period, RightType, SlaOutcome, SlaRow, Violation};

use crate::failure::Failure;

/// Builds a batch column by column; the schema is what the columns are.
#[derive(Default)]
pub struct Columns(Vec<(Field, ArrayRef)>);

impl Columns {
    /// Any column.
    pub fn push(&mut self, name: &str, nullable: bool, array: ArrayRef) {
        self.0.push((Field::new(name, array.data_type().clone(), nullable), array));
    }

    /// Integers, none of them null.
    pub fn int(&mut self, name: &str, values: impl Iterator<Item = i64>) {
        self.push(name, false, Arc::new(Int64Array::from_iter_values(values)));
    }

    /// Integers, null where null.
    pub fn int_or_null(&mut self, name: &str, values: impl Iterator<Item = Option<i64>>) {
        self.push(name, true, Arc::new(values.collect::<Int64Array>()));
    }

    /// Texts, none of them null.
    pub fn text<'a>(&mut self, name: &str, values: impl Iterator<Item = &'a str>) {
        self.push(name, false, Arc::new(StringArray::from_iter_values(values)));
    }

    /// Texts, null where null.
    pub fn text_or_null<'a>(&mut self, name: &str, values: impl Iterator<Item = Option<&'a str>>) {
        self.push(name, true, Arc::new(values.collect::<StringArray>()));
    }

    /// Instants in microseconds.
    pub fn instant(&mut self, name: &str, nullable: bool, values: impl Iterator<Item = Option<i64>>) {
        let array = values.collect::<TimestampMicrosecondArray>().with_timezone("UTC");
        self.push(name, nullable, Arc::new(array));
    }

    /// Floats.
    pub fn float(&mut self, name: &str, nullable: bool, values: impl Iterator<Item = Option<f64>>) {
        self.push(name, nullable, Arc::new(values.collect::<Float64Array>()));
    }

    /// The batch.
    ///
    /// # Errors
    ///
    /// When the columns are not of one length.
    pub fn batch(self) -> Result<RecordBatch, Failure> {
        let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = self.0.into_iter().unzip();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(|e| internal(&e.to_string()))
    }
}

fn internal(problem: &str) -> Failure {
    Failure::new(ExitStatus::Failed, format!("internal: {problem}"))
}

/// Days since the epoch, as Arrow counts them.
fn epoch_days(day: NaiveDate) -> i32 {
    Date32Type::from_naive_date(day)
}

/// The mart `takedown_outcomes`.
pub fn takedown_outcomes(rows: &[OutcomeRow]) -> Result<RecordBatch, Failure> {
    let mut c = Columns::default();
    c.int("claim_id", rows.iter().map(|r| r.claim_id));
    c.int("listing_id", rows.iter().map(|r| r.listing_id));
    c.int("brand_id", rows.iter().map(|r| r.brand_id));
    c.int("merchant_id", rows.iter().map(|r| r.merchant_id));
    c.text("right_type", rows.iter().map(|r| r.right_type.word()));
    c.text("channel_locale", rows.iter().map(|r| r.channel_locale.word()));
    c.instant("submitted_at", false, rows.iter().map(|r| Some(r.submitted_at)));
    c.instant("qualified_at", true, rows.iter().map(|r| r.qualified_at));
    c.instant("due_at", true, rows.iter().map(|r| r.due_at));
    c.instant("taken_down_at", true, rows.iter().map(|r| r.taken_down_at));
    c.float("paused_hours", false, rows.iter().map(|r| Some(r.paused_hours)));
    c.float("net_hours", true, rows.iter().map(|r| r.net_hours));
    c.float("gross_hours", true, rows.iter().map(|r| r.gross_hours));
    c.text("sla_outcome", rows.iter().map(|r| r.sla_outcome.word()));
    c.text_or_null("exclusion_reason", rows.iter().map(|r| r.exclusion_reason));
    let mut violations = ListBuilder::new(StringBuilder::new()).with_field(Field::new("item", DataType::Utf8, false));
    for row in rows {
        for violation in &row.violations {
            violations.values().append_value(violation.word());
        }
        violations.append(true);
    }
    c.push("violations", false, Arc::new(violations.finish()));
    c.batch()
}

/// The mart `takedown_sla`.
pub fn takedown_sla(rows: &[SlaRow]) -> Result<RecordBatch, Failure> {
    let mut c = Columns::default();
    c.text("scope", rows.iter().map(|r| if r.brand_id.is_some() { "brand" } else { "all" }));
    c.int_or_null("brand_id", rows.iter().map(|r| r.brand_id));
    c.text("right_type", rows.iter().map(|r| r.right_type.map_or("all", RightType::word)));
    c.text("channel_locale", rows.iter().map(|r| r.channel_locale.map_or("all", ChannelLocale::word)));
    c.text("period", rows.iter().map(|r| r.period.word()));
    let starts = Date32Array::from_iter_values(rows.iter().map(|r| epoch_days(r.period_start)));
    c.push("period_start", false, Arc::new(starts));
    type Count = (&'static str, fn(&SlaRow) -> i64);
    type Figure = (&'static str, fn(&SlaRow) -> Option<f64>);
    let counts: [Count; 5] = [
        ("takedowns", |r| r.takedowns),
        ("met", |r| r.met),
        ("breached", |r| r.breached),
        ("pending", |r| r.pending),
        ("excluded", |r| r.excluded),
    ];
    for (name, value) in counts {
        c.int(name, rows.iter().map(value));
    }
    let figures: [Figure; 13] = [
        ("compliance_rate", |r| r.compliance_rate),
        ("ci_low", |r| r.ci_low),
        ("ci_high", |r| r.ci_high),
        ("clustered_low", |r| r.clustered_low),
        ("clustered_high", |r| r.clustered_high),
        ("bound_low", |r| r.bound_low),
        ("bound_high", |r| r.bound_high),
        ("median_hours", |r| r.median_hours),
        ("p90_hours", |r| r.p90_hours),
        ("p95_hours", |r| r.p95_hours),
        ("p99_hours", |r| r.p99_hours),
        ("gross_median_hours", |r| r.gross_median_hours),
        ("removed_by_limit_cif", |r| r.removed_by_limit_cif),
    ];
    for (name, value) in figures {
        c.float(name, true, rows.iter().map(value));
    }
    c.int("claims", rows.iter().map(|r| r.claims));
    c.int("claims_met", rows.iter().map(|r| r.claims_met));
    c.float("last_listing_median_hours", true, rows.iter().map(|r| r.last_listing_median_hours));
    c.float("oldest_open_hours", true, rows.iter().map(|r| r.oldest_open_hours));
    c.batch()
}

/// Reads cells of a batch by column name; a missing column or another type is a damaged mart.
pub struct Cells<'a>(pub &'a RecordBatch);

impl<'a> Cells<'a> {
    /// A column of any type.
    pub fn column(&self, name: &str) -> Result<&'a ArrayRef, Failure> {
        self.0.column_by_name(name).ok_or_else(|| damaged(name, "the column is missing"))
    }

    /// Integers, null where null.
    pub fn ints(&self, name: &str) -> Result<Vec<Option<i64>>, Failure> {
        let array = self.column(name)?.as_primitive_opt::<Int64Type>().ok_or_else(|| damaged(name, "not int64"))?;
        Ok(array.iter().collect())
    }

    /// Integers of 32 bits, null where null.
    pub fn small_ints(&self, name: &str) -> Result<Vec<Option<i32>>, Failure> {
        let array = self.column(name)?.as_primitive_opt::<Int32Type>().ok_or_else(|| damaged(name, "not int32"))?;
        Ok(array.iter().collect())
    }

    /// Floats, null where null.
    pub fn floats(&self, name: &str) -> Result<Vec<Option<f64>>, Failure> {
        let array = self.column(name)?.as_primitive_opt::<Float64Type>().ok_or_else(|| damaged(name, "not float64"))?;
        Ok(array.iter().collect())
    }

    /// Instants in microseconds, null where null.
    pub fn instants(&self, name: &str) -> Result<Vec<Option<i64>>, Failure> {
        let column = self.column(name)?;
        if !matches!(column.data_type(), DataType::Timestamp(TimeUnit::Microsecond, Some(_))) {
            return Err(damaged(name, "not timestamp[us, UTC]"));
        }
        Ok(column.as_primitive::<TimestampMicrosecondType>().iter().collect())
    }

    /// Days, null where null.
    pub fn days(&self, name: &str) -> Result<Vec<Option<NaiveDate>>, Failure> {
        let array = self.column(name)?.as_primitive_opt::<Date32Type>().ok_or_else(|| damaged(name, "not a date"))?;
        Ok((0..array.len()).map(|i| if array.is_null(i) { None } else { array.value_as_date(i) }).collect())
    }

    /// Texts, null where null.
    pub fn texts(&self, name: &str) -> Result<Vec<Option<&'a str>>, Failure> {
        let array = self.column(name)?.as_string_opt::<i32>().ok_or_else(|| damaged(name, "not text"))?;
        Ok(array.iter().collect())
    }

    /// Lists of texts with counts.
    pub fn counted_texts(&self, name: &str, text: &str, count: &str) -> Result<Vec<Vec<(String, i64)>>, Failure> {
        let list = self.column(name)?.as_list_opt::<i32>().ok_or_else(|| damaged(name, "not a list"))?;
        let items = list.values().as_struct_opt().ok_or_else(|| damaged(name, "not a list of structs"))?;
        let texts = items.column_by_name(text).and_then(|c| c.as_string_opt::<i32>());
        let counts = items.column_by_name(count).and_then(|c| c.as_primitive_opt::<Int64Type>());
        let (Some(texts), Some(counts)) = (texts, counts) else { return Err(damaged(name, "not texts with counts")) };
        let offsets = list.value_offsets();
        let range = |i: usize| offsets[i] as usize..offsets[i + 1] as usize;
        let item = |at: usize| (texts.value(at).to_owned(), counts.value(at));
        Ok((0..list.len()).map(|i| range(i).map(item).collect()).collect())
    }

    /// Words of an enumeration, null where null.
    pub fn words_or_null<T: Copy>(&self, name: &str, parse: fn(&str) -> Option<T>) -> Result<Vec<Option<T>>, Failure> {
        let word = |t: &str| parse(t).ok_or_else(|| damaged(name, "an unknown word"));
        self.texts(name)?.into_iter().map(|t| t.map(word).transpose()).collect()
    }

    /// True or false, null where null.
    pub fn flags(&self, name: &str) -> Result<Vec<Option<bool>>, Failure> {
        let array = self.column(name)?.as_boolean_opt().ok_or_else(|| damaged(name, "not boolean"))?;
        Ok(array.iter().collect())
    }

    /// Whether each cell holds a value, whatever it is.
    pub fn present(&self, name: &str) -> Result<Vec<bool>, Failure> {
        let column = self.column(name)?;
        Ok((0..column.len()).map(|row| column.is_valid(row)).collect())
    }

    /// A whole column of integers without nulls, as it lies in memory: for tables of millions of rows.
    pub fn whole(&self, name: &str) -> Result<&'a [i64], Failure> {
        let array = self.column(name)?.as_primitive_opt::<Int64Type>().ok_or_else(|| damaged(name, "not int64"))?;
        if array.null_count() == 0 { Ok(array.values()) } else { Err(damaged(name, "null where none is allowed")) }
    }

    /// Integers, none of them null.
    pub fn counts(&self, name: &str) -> Result<Vec<i64>, Failure> {
        self.ints(name)?.into_iter().map(|v| required(name, v)).collect()
    }

    /// Words of an enumeration.
    pub fn words<T: Copy>(&self, name: &str, parse: fn(&str) -> Option<T>) -> Result<Vec<T>, Failure> {
        let texts = self.texts(name)?;
        texts.into_iter().map(|t| t.and_then(parse).ok_or_else(|| damaged(name, "an unknown word"))).collect()
    }
}

/// A refusal of a mart that is not what the contract says.
pub fn damaged(column: &str, problem: &str) -> Failure {
    Failure::new(
        ExitStatus::InputRefused,
        format!("a mart's column {column}: {problem}; run the job that writes it again with --force"),
    )
}

/// A value that the mart contract does not allow to be null.
pub fn required<T>(name: &str, value: Option<T>) -> Result<T, Failure> {
    value.ok_or_else(|| damaged(name, "null where none is allowed"))
}

/// Rows of the mart `takedown_outcomes`.
pub fn outcome_rows(batch: &RecordBatch) -> Result<Vec<OutcomeRow>, Failure> {
    let cells = Cells(batch);
    let (claims, listings) = (cells.ints("claim_id")?, cells.ints("listing_id")?);
    let (brands, merchants) = (cells.ints("brand_id")?, cells.ints("merchant_id")?);
    let right_types = cells.words("right_type", RightType::from_word)?;
    let locales = cells.words("channel_locale", ChannelLocale::from_word)?;
    let (submitted, qualified) = (cells.instants("submitted_at")?, cells.instants("qualified_at")?);
    let (due, taken_down) = (cells.instants("due_at")?, cells.instants("taken_down_at")?);
    let (paused, net) = (cells.floats("paused_hours")?, cells.floats("net_hours")?);
    let gross = cells.floats("gross_hours")?;
    let outcomes = cells.words("sla_outcome", SlaOutcome::from_word)?;
    let reasons = cells.texts("exclusion_reason")?;
    let violations =
        cells.column("violations")?.as_list_opt::<i32>().ok_or_else(|| damaged("violations", "not a list"))?;
    let mut rows = Vec::with_capacity(batch.num_rows());
    for i in 0..batch.num_rows() {
        let list = violations.value(i);
        let list = list.as_string_opt::<i32>().ok_or_else(|| damaged("violations", "not texts"))?;
        let violations = list
            .iter()
            .map(|v| v.and_then(Violation::from_word).ok_or_else(|| damaged("violations", "an unknown word")))
            .collect::<Result<Vec<_>, _>>()?;
        rows.push(OutcomeRow {
            claim_id: required("claim_id", claims[i])?,
            listing_id: required("listing_id", listings[i])?,
            brand_id: required("brand_id", brands[i])?,
            merchant_id: required("merchant_id", merchants[i])?,
            right_type: right_types[i],
            channel_locale: locales[i],
            submitted_at: required("submitted_at", submitted[i])?,
            qualified_at: qualified[i],
            due_at: due[i],
            taken_down_at: taken_down[i],
            paused_hours: required("paused_hours", paused[i])?,
            net_hours: net[i],
            gross_hours: gross[i],
            sla_outcome: outcomes[i],
            exclusion_reason: reasons[i].map(exclusion_reason).transpose()?,
            violations,
        });
    }
    Ok(rows)
}

fn exclusion_reason(word: &str) -> Result<&'static str, Failure> {
    use mirrorlake_model::takedown::{Decision, TakedownOutcome};
    Decision::from_word(word)
        .map(Decision::word)
        .or_else(|| TakedownOutcome::from_word(word).map(TakedownOutcome::word))
        .ok_or_else(|| damaged("exclusion_reason", "an unknown word"))
}

/// Rows of the mart `takedown_sla`.
pub fn sla_rows(batch: &RecordBatch) -> Result<Vec<SlaRow>, Failure> {
    let cells = Cells(batch);
    let brands = cells.ints("brand_id")?;
    let any = |word: &str| word == "all";
    let right_types = cells.texts("right_type")?;
    let locales = cells.texts("channel_locale")?;
    let periods = cells.words("period", Period::from_word)?;
    let starts = cells.days("period_start")?;
    let count = |name: &str| cells.counts(name);
    let (takedowns, met, breached) = (count("takedowns")?, count("met")?, count("breached")?);
    let (pending, excluded) = (count("pending")?, count("excluded")?);
    let (claims, claims_met) = (count("claims")?, count("claims_met")?);
    let f = |name: &str| cells.floats(name);
    let (rate, ci_low, ci_high) = (f("compliance_rate")?, f("ci_low")?, f("ci_high")?);
    let (clustered_low, clustered_high) = (f("clustered_low")?, f("clustered_high")?);
    let (bound_low, bound_high) = (f("bound_low")?, f("bound_high")?);
    let (median, p90, p95, p99) = (f("median_hours")?, f("p90_hours")?, f("p95_hours")?, f("p99_hours")?);
    let (gross, cif) = (f("gross_median_hours")?, f("removed_by_limit_cif")?);
    let (last, oldest) = (f("last_listing_median_hours")?, f("oldest_open_hours")?);
    let mut rows = Vec::with_capacity(batch.num_rows());
    for i in 0..batch.num_rows() {
        let right_type = required("right_type", right_types[i])?;
        let locale = required("channel_locale", locales[i])?;
        let known = |column: &str, ok: bool| if ok { Ok(()) } else { Err(damaged(column, "an unknown word")) };
        known("right_type", any(right_type) || RightType::from_word(right_type).is_some())?;
        known("channel_locale", any(locale) || ChannelLocale::from_word(locale).is_some())?;
        rows.push(SlaRow {
            brand_id: brands[i],
            right_type: RightType::from_word(right_type),
            channel_locale: ChannelLocale::from_word(locale),
            period: periods[i],
            period_start: required("period_start", starts[i])?,
            takedowns: takedowns[i],
            met: met[i],
            breached: breached[i],
            pending: pending[i],
            excluded: excluded[i],
            compliance_rate: rate[i],
            ci_low: ci_low[i],
            ci_high: ci_high[i],
            clustered_low: clustered_low[i],
            clustered_high: clustered_high[i],
            bound_low: bound_low[i],
            bound_high: bound_high[i],
            median_hours: median[i],
            p90_hours: p90[i],
            p95_hours: p95[i],
            p99_hours: p99[i],
            gross_median_hours: gross[i],
            removed_by_limit_cif: cif[i],
            claims: claims[i],
            claims_met: claims_met[i],
            last_listing_median_hours: last[i],
            oldest_open_hours: oldest[i],
        });
    }
    Ok(rows)
}

/// A mart of no rows still has its schema.
pub fn with_schema(batch: RecordBatch) -> (SchemaRef, Vec<RecordBatch>) {
    (batch.schema(), vec![batch])
}
