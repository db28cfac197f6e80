//! Label files: comments with what they say, for training and measuring.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mirrorlake_model::ExitStatus;
use mirrorlake_model::comment::{Label, Lang};
use mirrorlake_signals::train::Example;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::failure::{Failure, did_you_mean};

/// One line of a label file.
#[derive(Deserialize)]
struct Line {
    lang: Option<String>,
    text: Option<String>,
    id: Option<String>,
    label: String,
    weight: Option<f64>,
    #[serde(default)]
    random: bool,
}

/// The texts that label files may refer to by their ids.
#[derive(Default)]
pub struct Texts(BTreeMap<String, (Lang, String)>);

/// The id of a text: its language and the first twelve digits of the SHA-256 sum of its bytes.
pub fn id_of(lang: &str, text: &str) -> String {
    let sum = Sha256::digest(text.as_bytes());
    let digits: String = sum.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("{lang}-{digits}")
}

impl Texts {
    /// Reads a Parquet file with the columns `lang` and `text`.
    pub fn read(path: Option<&Path>) -> Result<Self, Failure> {
        let mut texts = Self::default();
        if let Some(path) = path {
            std::fs::metadata(path).map_err(|e| Failure::usage(format!("texts {}: {e}", path.display())))?;
            mirrorlake_lake::texts::read_texts(path, ["lang", "text"], |lang, text| {
                if let Some(known) = Lang::from_word(lang) {
                    texts.0.insert(id_of(lang, text), (known, text.to_owned()));
                }
            })?;
        }
        Ok(texts)
    }
}

/// Reads label files (JSON Lines with `label`, and either `lang` and `text`, or the `id` of one of `texts`; `weight` is 1
/// and `random` false where they are not given).
///
/// # Errors
///
/// A failure with file, line and what is wrong.
pub fn read(paths: &[PathBuf], texts: &Texts) -> Result<Vec<Example>, Failure> {
    let mut examples = Vec::new();
    for path in paths {
        let file = path.display();
        let content = std::fs::read_to_string(path).map_err(|e| Failure::usage(format!("label file {file}: {e}")))?;
        for (number, line) in content.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let at = |problem: String| {
                Failure::new(ExitStatus::InputRefused, format!("label file {file}, line {}: {problem}", number + 1))
            };
            let line: Line = serde_json::from_str(line).map_err(|e| at(e.to_string()))?;
            examples.push(example(line, texts).map_err(at)?);
        }
    }
    if examples.is_empty() {
        return Err(Failure::new(ExitStatus::InputRefused, "the label files hold no comment"));
    }
    Ok(examples)
}

fn example(line: Line, texts: &Texts) -> Result<Example, String> {
    let words = Label::ALL.iter().map(|l| l.word());
    let label = Label::from_word(&line.label).ok_or_else(|| {
        format!(
            "unknown label {:?}{}; the labels are allege, affirm, other",
            line.label,
            did_you_mean(&line.label, words)
        )
    })?;
    let weight = line.weight.unwrap_or(1.0);
    if !(weight > 0.0 && weight.is_finite()) {
        return Err(format!("the weight {weight} is not above 0"));
    }
    let (lang, text) =
        match (line.lang, line.text, line.id) {
            (Some(lang), Some(text), _) => {
                let known = ["zh", "en"];
                let word = Lang::from_word(&lang);
                (word.ok_or_else(|| format!("unknown lang {lang:?}{}", did_you_mean(&lang, known)))?, text)
            }
            (_, _, Some(id)) => texts.0.get(&id).cloned().ok_or_else(|| {
                format!("no text has the id {id:?}; pass the Parquet file that holds it with --texts")
            })?,
            _ => return Err("lang and text, or id, are expected beside label".to_owned()),
        };
    Ok(Example { lang, text, label, weight, random: line.random })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_sum_of_the_text() {
        // printf %s abc | sha256sum: ba7816bf8f01cfea…
        assert_eq!(id_of("en", "abc"), "en-ba7816bf8f01");
    }
}
