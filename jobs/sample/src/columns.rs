//! Arrow columns from iterators, in the order in which they are added.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, FixedSizeBinaryBuilder, Float64Array, Int8Array, Int32Array, Int64Array,
    ListBuilder, StringArray, StringBuilder, TimestampMicrosecondArray,
};

use crate::images::Hash;

/// The columns of one batch.
#[derive(Default)]
pub(crate) struct Columns {
    pub(crate) arrays: Vec<ArrayRef>,
}

impl Columns {
    fn add(mut self, array: ArrayRef) -> Self {
        self.arrays.push(array);
        self
    }

    pub(crate) fn int64(self, values: impl IntoIterator<Item = i64>) -> Self {
        self.add(Arc::new(Int64Array::from_iter_values(values)))
    }

    pub(crate) fn int64_opt(self, values: impl IntoIterator<Item = Option<i64>>) -> Self {
        self.add(Arc::new(values.into_iter().collect::<Int64Array>()))
    }

    pub(crate) fn int32(self, values: impl IntoIterator<Item = i32>) -> Self {
        self.add(Arc::new(Int32Array::from_iter_values(values)))
    }

    pub(crate) fn int32_opt(self, values: impl IntoIterator<Item = Option<i32>>) -> Self {
        self.add(Arc::new(values.into_iter().collect::<Int32Array>()))
    }

    pub(crate) fn int8(self, values: impl IntoIterator<Item = i8>) -> Self {
        self.add(Arc::new(Int8Array::from_iter_values(values)))
    }

    pub(crate) fn float64(self, values: impl IntoIterator<Item = f64>) -> Self {
        self.add(Arc::new(Float64Array::from_iter_values(values)))
    }

    pub(crate) fn float64_opt(self, values: impl IntoIterator<Item = Option<f64>>) -> Self {
        self.add(Arc::new(values.into_iter().collect::<Float64Array>()))
    }

    pub(crate) fn bool(self, values: impl IntoIterator<Item = bool>) -> Self {
        self.add(Arc::new(BooleanArray::from(values.into_iter().collect::<Vec<_>>())))
    }

    pub(crate) fn text<S: AsRef<str>>(self, values: impl IntoIterator<Item = S>) -> Self {
        self.add(Arc::new(StringArray::from_iter_values(values)))
    }

    pub(crate) fn text_opt<S: AsRef<str>>(self, values: impl IntoIterator<Item = Option<S>>) -> Self {
        self.add(Arc::new(values.into_iter().collect::<StringArray>()))
    }

    /// Days since 1970-01-01.
    pub(crate) fn date(self, values: impl IntoIterator<Item = i32>) -> Self {
        self.add(Arc::new(Date32Array::from_iter_values(values)))
    }

    pub(crate) fn date_opt(self, values: impl IntoIterator<Item = Option<i32>>) -> Self {
        self.add(Arc::new(values.into_iter().collect::<Date32Array>()))
    }

    /// Microseconds since 1970-01-01 UTC.
    pub(crate) fn time(self, values: impl IntoIterator<Item = i64>) -> Self {
        self.add(Arc::new(TimestampMicrosecondArray::from_iter_values(values).with_timezone("UTC")))
    }

    pub(crate) fn time_opt(self, values: impl IntoIterator<Item = Option<i64>>) -> Self {
        self.add(Arc::new(values.into_iter().collect::<TimestampMicrosecondArray>().with_timezone("UTC")))
    }

    pub(crate) fn text_list<'a>(self, values: impl IntoIterator<Item = &'a [String]>) -> Self {
        let mut builder = ListBuilder::new(StringBuilder::new());
        for list in values {
            builder.append_value(list.iter().map(Some));
        }
        self.add(Arc::new(builder.finish()))
    }

    pub(crate) fn hash(self, values: impl IntoIterator<Item = Option<Hash>>) -> Self {
        let mut builder = FixedSizeBinaryBuilder::new(32);
        for value in values {
            match value {
                // Only a wrong width fails, and the width is the type's.
                Some(hash) => drop(builder.append_value(hash)),
                None => builder.append_null(),
            }
        }
        self.add(Arc::new(builder.finish()))
    }
}
