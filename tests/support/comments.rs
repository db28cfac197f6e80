//! Customers' comments, with sound defaults, and label files.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::table::{Cell, Table};
use super::time::{at, date};

/// Comments of which there is no doubt.
pub const ALLEGE: &str = "假货！收到的根本不是正品，大家不要买";
pub const AFFIRM: &str = "正品，很满意，已经在官网查过防伪码";
pub const OTHER: &str = "很好用，物流很快";

/// A comment.
#[derive(Clone, Debug)]
pub struct Comment {
    pub comment_id: i64,
    pub commented_at: i64,
    pub merchant_id: i64,
    pub listing_id: i64,
    pub brand_id: Option<i64>,
    pub rating: i64,
    pub text: String,
}

impl Comment {
    /// A comment at Shanghai's noon of a day, on a listing of brand 1.
    pub fn new(comment_id: i64, day: &str, text: &str) -> Self {
        let commented_at = at(&format!("{day} 04:00"));
        Self {
            comment_id,
            commented_at,
            merchant_id: 900,
            listing_id: 50,
            brand_id: Some(1),
            rating: 3,
            text: text.into(),
        }
    }
}

impl From<Comment> for Vec<Cell> {
    fn from(c: Comment) -> Self {
        let (when, buyer) = (Cell::Instant(c.commented_at), (77_000 + c.comment_id % 1_000).into());
        let ids = [c.comment_id.into(), when, c.merchant_id.into(), c.listing_id.into(), c.brand_id.into(), buyer];
        ids.into_iter().chain([c.rating.into(), c.text.into()]).collect()
    }
}

/// `comments`, empty.
pub fn comments() -> Table {
    let columns = "comment_id:i64 commented_at:ts merchant_id:i64 listing_id:i64 brand_id:i64 buyer_id:i64 rating:i8 \
                   text:text";
    Table::new("comments", columns)
}

/// Comments of a day: `n` of them on five listings of three brands, one in five an allegation, one in five an
/// affirmation. Ids are the day's own.
pub fn of_day(day: &str, n: i64) -> Vec<Comment> {
    let first = i64::from(date(day)) * 100_000;
    let comment = |i: i64| Comment {
        merchant_id: 900 + i % 5,
        listing_id: 50 + i % 5,
        brand_id: (i % 5 < 4).then_some(1 + i % 5 % 3),
        rating: 1 + i % 5,
        ..Comment::new(first + i, day, [OTHER, ALLEGE, "Works well", AFFIRM, ""][(i / 5 % 5) as usize])
    };
    (0..n).map(comment).collect()
}

/// One line of a label file.
pub fn label_line(lang: &str, text: &str, label: &str) -> Value {
    json!({ "lang": lang, "text": text, "label": label })
}

/// Writes a label file.
pub fn label_file(folder: &Path, name: &str, lines: &[Value]) -> PathBuf {
    let path = folder.join(name);
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    std::fs::write(&path, text).expect("written");
    path
}
