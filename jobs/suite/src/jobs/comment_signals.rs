//! `comment-signals`: what customers say about genuineness, comment by comment.

use serde_json::{Value, json};

use crate::comments::CommentMapping;
use crate::failure::Failure;
use crate::job::{Computed, Job, Mapping, Need, Work};
use crate::settings::Settings;

/// The job.
pub struct CommentSignals;

impl Job for CommentSignals {
    fn name(&self) -> &'static str {
        "comment-signals"
    }

    fn about(&self) -> &'static str {
        "counterfeit allegations in customers' comments, Chinese and English, day by day"
    }

    fn needs(&self) -> &'static [Need] {
        const NEEDS: &[Need] = &[Need::Table("comments")];
        NEEDS
    }

    fn outputs(&self) -> &'static [&'static str] {
        &["comment_signals", "comment_sums"]
    }

    fn configuration(&self, settings: &Settings, _brand: Option<i64>) -> Value {
        json!({ "time_zone": settings.time_zone.name(), "detector": mirrorlake_signals::version() })
    }

    fn each_day(&self) -> bool {
        true
    }

    fn mapping(&self, _settings: &Settings) -> Result<Option<Box<dyn Mapping>>, Failure> {
        Ok(Some(Box::new(CommentMapping::new()?)))
    }

    fn compute(&self, _work: &Work<'_>) -> Result<Computed, Failure> {
        // Its rows are mapped while they are checked.
        Ok(Computed::default())
    }
}
