//! Fast membership of short words in Arrow's view layout.

use arrow::array::{Array, StringViewArray};
use arrow::buffer::BooleanBuffer;

/// Marks the rows whose (non-null) value is one of `words`.
///
/// A view is a 128-bit word. Dictionary-encoded columns repeat the same views, so a view that has been looked up
/// once needs no second look.
pub fn members(array: &StringViewArray, words: &[&str]) -> BooleanBuffer {
    let views = array.views();
    let mut known: Vec<(u128, bool)> = Vec::with_capacity(8);
    let mut last = (0_u128, false);
    let mut has_last = false;
    BooleanBuffer::collect_bool(array.len(), |row| {
        if array.is_null(row) {
            return false;
        }
        let view = views[row];
        if has_last && last.0 == view {
            return last.1;
        }
        let member = if let Some(found) = known.iter().find(|(v, _)| *v == view) {
            found.1
        } else {
            let member = words.contains(&array.value(row));
            if known.len() < 16 {
                known.push((view, member));
            }
            member
        };
        last = (view, member);
        has_last = true;
        member
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn membership_looks_at_whole_values() {
        let array = StringViewArray::from(vec![
            Some("removed"),
            None,
            Some("removed "),
            Some("a word longer than twelve bytes"),
            Some("removed"),
            Some("a word longer than twelve bytez"),
        ]);
        let found = members(&array, &["removed", "a word longer than twelve bytes"]);
        assert_eq!(found.iter().collect::<Vec<_>>(), [true, false, false, true, true, false]);
    }
}
