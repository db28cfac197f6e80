//! The row rules over one decoded batch.
//!
//! Honest data passes on vectorised scans; only a batch with a fault is looked at row by row.

use arrow::array::{Array, ArrayRef, AsArray, StringViewArray};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::{
    DataType, Date32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimeUnit, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, UInt8Type, UInt16Type, UInt32Type,
};
use mirrorlake_model::text::printable;

use super::words::members;
use crate::contract::{CALENDAR, Column, ColumnType, NOT_AFTER_AS_OF, NOT_NULL, Rule, Sensitivity, Table};

/// Instants that decide about rows, in microseconds since the epoch.
#[derive(Clone, Copy, Debug)]
pub struct Instants {
    /// T: no state row may lie after it.
    pub as_of: i64,
    /// The partition's business day, [from, to).
    pub day: (i64, i64),
}

/// First fault of a row of a batch: (rule, position of the column).
pub type RowFault = (&'static str, usize);

/// Applies the rules of `table` to a batch whose columns stand in the contract's order.
///
/// Returns the first fault, in column order, of each faulty row, sorted by row.
pub fn faults(table: &Table, columns: &[ArrayRef], instants: Instants) -> Vec<(usize, RowFault)> {
    let rows = columns.first().map_or(0, |c| c.len());
    let mut found: Vec<Option<RowFault>> = Vec::new();
    let mut mark = |bad: &BooleanBuffer, rule: &'static str, position: usize| {
        if bad.count_set_bits() == 0 {
            return;
        }
        if found.is_empty() {
            found.resize(rows, None);
        }
        for row in bad.set_indices() {
            found[row].get_or_insert((rule, position));
        }
    };
    for (position, (column, array)) in table.columns.iter().zip(columns).enumerate() {
        if !column.nullable
            && array.null_count() > 0
            && let Some(nulls) = array.logical_nulls()
        {
            mark(&!nulls.inner(), NOT_NULL, position);
        }
        if let Some(bad) = outside_the_calendar(array) {
            mark(&bad, CALENDAR, position);
        }
        if column.column_type == ColumnType::Timestamp
            && !table.is_event()
            && let Some(bad) = outside(array, (i64::MIN, instants.as_of), true)
        {
            mark(&bad, NOT_AFTER_AS_OF, position);
        }
        for rule in column.rules {
            if let Some(bad) = breaches(rule, table, columns, array, instants) {
                mark(&bad, rule.name(), position);
            }
        }
    }
    found.into_iter().enumerate().filter_map(|(row, fault)| fault.map(|f| (row, f))).collect()
}

/// The rows of a batch that break one rule; `None` where none does.
fn breaches(
    rule: &Rule,
    table: &Table,
    columns: &[ArrayRef],
    array: &ArrayRef,
    instants: Instants,
) -> Option<BooleanBuffer> {
    match rule {
        Rule::OneOf(words) => {
            let array = array.as_string_view_opt()?;
            let bad = !&members(array, words);
            some_set(without_nulls(bad, array))
        }
        Rule::Range(low, high) => integers_outside(array, *low, *high),
        Rule::Probability => {
            let array = array.as_primitive_opt::<Float64Type>()?;
            let bad = BooleanBuffer::collect_bool(array.len(), |row| {
                let p = array.values()[row];
                !(p > 0.0 && p <= 1.0)
            });
            some_set(without_nulls(bad, array))
        }
        Rule::TimeZoneName => {
            let array = array.as_string_view_opt()?;
            let bad = BooleanBuffer::collect_bool(array.len(), |row| {
                array.is_valid(row) && array.value(row).parse::<chrono_tz::Tz>().is_err()
            });
            some_set(bad)
        }
        // `to` itself belongs to the next day.
        Rule::WithinBusinessDay => outside(array, (instants.day.0, instants.day.1), false),
        Rule::SetIff { column, values } => set_when(table, columns, array, column, values, &[]),
        Rule::SetWhen { column, must, may } => set_when(table, columns, array, column, must, may),
        Rule::SetIffSet(column) => {
            let other = &columns[table.position(column)?];
            some_set(&is_set(array) ^ &is_set(other))
        }
        Rule::EqualWhen { other, column, value } => {
            let other = &columns[table.position(other)?];
            let decides = columns[table.position(column)?].as_string_view_opt()?;
            let both = &is_set(array) & &is_set(other);
            let applies = &both & &members(decides, &[value]);
            let (ours, theirs) = (nanos(array)?, nanos(other)?);
            some_set(&applies & &BooleanBuffer::collect_bool(array.len(), |row| ours(row) != theirs(row)))
        }
    }
}

/// `must` ⇒ set; neither `must` nor `may` ⇒ null; a deciding value that is itself not allowed decides nothing.
fn set_when(
    table: &Table,
    columns: &[ArrayRef],
    array: &ArrayRef,
    column: &str,
    must: &[&str],
    may: &[&str],
) -> Option<BooleanBuffer> {
    let position = table.position(column)?;
    let decides: &StringViewArray = columns[position].as_string_view_opt()?;
    let known = table.columns[position].rules.iter().find_map(|rule| match rule {
        Rule::OneOf(words) => Some(members(decides, words)),
        _ => None,
    })?;
    let set = is_set(array);
    let mut bad = &set ^ &members(decides, must);
    if !may.is_empty() {
        bad = &bad & &!&members(decides, may);
    }
    some_set(&bad & &known)
}

fn is_set(array: &dyn Array) -> BooleanBuffer {
    array.logical_nulls().map_or_else(|| BooleanBuffer::new_set(array.len()), |nulls| nulls.inner().clone())
}

fn without_nulls(bad: BooleanBuffer, array: &dyn Array) -> BooleanBuffer {
    match array.logical_nulls() {
        Some(nulls) => &bad & nulls.inner(),
        None => bad,
    }
}

fn some_set(bad: BooleanBuffer) -> Option<BooleanBuffer> {
    (bad.count_set_bits() > 0).then_some(bad)
}

/// Instants and days outside the years 1 to 9999: beyond them calendars, engines and readers disagree.
fn outside_the_calendar(array: &ArrayRef) -> Option<BooleanBuffer> {
    /// 0001-01-01 and 9999-12-31 in days since the epoch.
    const DAYS: (i32, i32) = (-719_162, 2_932_896);
    const MICROS_PER_DAY: i64 = 86_400_000_000;
    match array.data_type() {
        DataType::Date32 => {
            let values = array.as_primitive::<Date32Type>().values();
            values_outside(values, i64::from(DAYS.0), i64::from(DAYS.1), array)
        }
        DataType::Timestamp(..) => {
            let span = (i64::from(DAYS.0) * MICROS_PER_DAY, (i64::from(DAYS.1) + 1) * MICROS_PER_DAY);
            outside(array, span, false)
        }
        _ => None,
    }
}

/// Reads instants as nanoseconds, whatever their unit.
fn nanos(array: &ArrayRef) -> Option<Box<dyn Fn(usize) -> i128 + '_>> {
    let DataType::Timestamp(unit, _) = array.data_type() else { return None };
    let (values, factor): (&[i64], i128) = match unit {
        TimeUnit::Second => return None,
        TimeUnit::Millisecond => (array.as_primitive::<TimestampMillisecondType>().values(), 1_000_000),
        TimeUnit::Microsecond => (array.as_primitive::<TimestampMicrosecondType>().values(), 1_000),
        TimeUnit::Nanosecond => (array.as_primitive::<TimestampNanosecondType>().values(), 1),
    };
    Some(Box::new(move |row| i128::from(values[row]) * factor))
}

/// Instants outside [from, to) or, with `closed`, [from, to]. Bounds are scaled, not values, so that nothing overflows.
fn outside(array: &ArrayRef, (from, to): (i64, i64), closed: bool) -> Option<BooleanBuffer> {
    let DataType::Timestamp(unit, _) = array.data_type() else { return None };
    // Bounds are whole milliseconds, so scaling them is exact; i128 keeps the nanoseconds of far years.
    let (num, den) = match unit {
        TimeUnit::Second => (1, 1_000_000),
        TimeUnit::Millisecond => (1, 1_000),
        TimeUnit::Microsecond => (1, 1),
        TimeUnit::Nanosecond => (1_000, 1),
    };
    let scale = |micros: i64| clamp(i128::from(micros) * num / den);
    let low = if from == i64::MIN { i64::MIN } else { scale(from) };
    let high = if closed { scale(to) } else { scale(to).saturating_sub(1) };
    let values: &[i64] = match unit {
        TimeUnit::Second => return None,
        TimeUnit::Millisecond => array.as_primitive::<TimestampMillisecondType>().values(),
        TimeUnit::Microsecond => array.as_primitive::<TimestampMicrosecondType>().values(),
        TimeUnit::Nanosecond => array.as_primitive::<TimestampNanosecondType>().values(),
    };
    values_outside(values, low, high, array)
}

fn clamp(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value > 0 { i64::MAX } else { i64::MIN })
}

fn integers_outside(array: &ArrayRef, low: i64, high: i64) -> Option<BooleanBuffer> {
    match array.data_type() {
        DataType::Int8 => values_outside(array.as_primitive::<Int8Type>().values(), low, high, array),
        DataType::Int16 => values_outside(array.as_primitive::<Int16Type>().values(), low, high, array),
        DataType::Int32 => values_outside(array.as_primitive::<Int32Type>().values(), low, high, array),
        DataType::Int64 => values_outside(array.as_primitive::<Int64Type>().values(), low, high, array),
        DataType::UInt8 => values_outside(array.as_primitive::<UInt8Type>().values(), low, high, array),
        DataType::UInt16 => values_outside(array.as_primitive::<UInt16Type>().values(), low, high, array),
        DataType::UInt32 => values_outside(array.as_primitive::<UInt32Type>().values(), low, high, array),
        _ => None,
    }
}

fn values_outside<V: Copy + Into<i64>>(values: &[V], low: i64, high: i64, array: &dyn Array) -> Option<BooleanBuffer> {
    // One branch-free pass decides for almost every batch; what lies under a null may be anything.
    let any = values.iter().fold(false, |any, v| {
        let v: i64 = (*v).into();
        any | (v < low) | (v > high)
    });
    if !any {
        return None;
    }
    let bad = BooleanBuffer::collect_bool(values.len(), |row| {
        let v: i64 = values[row].into();
        v < low || v > high
    });
    some_set(without_nulls(bad, array))
}

/// The value of a cell for the quarantine: shortened, printable, and withheld for personal columns.
pub fn cell(column: &Column, array: &ArrayRef, row: usize) -> String {
    if array.is_null(row) {
        return "null".to_owned();
    }
    if column.sensitivity == Sensitivity::Personal {
        return "(personal)".to_owned();
    }
    let text = match array.data_type() {
        DataType::Utf8View => array.as_string_view().value(row).to_owned(),
        DataType::Int8 => array.as_primitive::<Int8Type>().value(row).to_string(),
        DataType::Int16 => array.as_primitive::<Int16Type>().value(row).to_string(),
        DataType::Int32 => array.as_primitive::<Int32Type>().value(row).to_string(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::UInt8 => array.as_primitive::<UInt8Type>().value(row).to_string(),
        DataType::UInt16 => array.as_primitive::<UInt16Type>().value(row).to_string(),
        DataType::UInt32 => array.as_primitive::<UInt32Type>().value(row).to_string(),
        DataType::Float64 => array.as_primitive::<Float64Type>().value(row).to_string(),
        DataType::Date32 => array
            .as_primitive::<Date32Type>()
            .value_as_date(row)
            .map_or_else(|| "a day out of range".to_owned(), |d| d.to_string()),
        DataType::Timestamp(unit, _) => instant_text(array, *unit, row),
        _ => "(not shown)".to_owned(),
    };
    printable(&text, 80)
}

fn instant_text(array: &ArrayRef, unit: TimeUnit, row: usize) -> String {
    let instant = match unit {
        TimeUnit::Second => None,
        TimeUnit::Millisecond => array.as_primitive::<TimestampMillisecondType>().value_as_datetime(row),
        TimeUnit::Microsecond => array.as_primitive::<TimestampMicrosecondType>().value_as_datetime(row),
        TimeUnit::Nanosecond => array.as_primitive::<TimestampNanosecondType>().value_as_datetime(row),
    };
    instant.map_or_else(|| "an instant out of range".to_owned(), |t| format!("{}Z", t.format("%Y-%m-%dT%H:%M:%S%.f")))
}
