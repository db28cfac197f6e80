//! The wording: one message file per locale, embedded at build time.
//!
//! Messages are addressed by dotted keys. `{name}` in a message is replaced by a value; values are never searched
//! for placeholders themselves, so that a hostile name stays a name. A table that has the key `other` is a plural.

use std::sync::LazyLock;

use serde_json::Value;

use crate::error::ReportError;
use crate::locale::Locale;

static EN: LazyLock<Result<Messages, ReportError>> =
    LazyLock::new(|| Messages::parse(Locale::En, include_str!("../locales/en.toml")));
static ZH_CN: LazyLock<Result<Messages, ReportError>> =
    LazyLock::new(|| Messages::parse(Locale::ZhCn, include_str!("../locales/zh-CN.toml")));

/// The messages of one locale.
#[derive(Debug)]
pub(crate) struct Messages {
    locale: Locale,
    tree: Value,
}

impl Messages {
    /// The messages of a locale.
    pub(crate) fn of(locale: Locale) -> Result<&'static Self, ReportError> {
        let loaded = match locale {
            Locale::En => &*EN,
            Locale::ZhCn => &*ZH_CN,
        };
        loaded.as_ref().map_err(Clone::clone)
    }

    fn parse(locale: Locale, text: &str) -> Result<Self, ReportError> {
        let broken = |detail: String| ReportError::Catalogue { locale: locale.word(), detail };
        let table: toml::Table = text.parse().map_err(|e: toml::de::Error| broken(e.to_string()))?;
        let tree = serde_json::to_value(table).map_err(|e| broken(e.to_string()))?;
        Ok(Self { locale, tree })
    }

    /// All messages as a tree, for the fixed words in templates.
    pub(crate) const fn tree(&self) -> &Value {
        &self.tree
    }

    /// A message with its placeholders filled in.
    pub(crate) fn text(&self, key: &str, values: &[(&str, &str)]) -> Result<String, ReportError> {
        self.find(key).and_then(Value::as_str).and_then(|m| fill(m, values)).ok_or_else(|| self.missing(key))
    }

    /// The form of a message that goes with the number `n`, with its placeholders filled in.
    pub(crate) fn plural(&self, key: &str, n: i64, values: &[(&str, &str)]) -> Result<String, ReportError> {
        let form = self.find(key).and_then(|forms| forms.get(self.locale.plural_category(n)));
        form.and_then(Value::as_str).and_then(|m| fill(m, values)).ok_or_else(|| self.missing(key))
    }

    fn find(&self, key: &str) -> Option<&Value> {
        key.split('.').try_fold(&self.tree, |node, part| node.get(part))
    }

    fn missing(&self, key: &str) -> ReportError {
        ReportError::Message { locale: self.locale.word(), key: key.to_owned() }
    }
}

/// Replaces every `{name}` in one pass; `None` where a value is missing.
fn fill(message: &str, values: &[(&str, &str)]) -> Option<String> {
    let mut out = String::with_capacity(message.len() + 32);
    let mut rest = message;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, tail) = after.split_once('}')?;
        out.push_str(before);
        out.push_str(values.iter().find(|(n, _)| *n == name)?.1);
        rest = tail;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Every message as (dotted key → sorted placeholders per form); plural forms are folded into their key.
    fn shape(node: &Value, path: &str, out: &mut BTreeMap<String, Vec<String>>) {
        match node {
            Value::String(text) => {
                let mut names: Vec<String> =
                    text.split('{').skip(1).filter_map(|p| p.split('}').next()).map(str::to_owned).collect();
                names.sort();
                names.dedup();
                out.insert(path.to_owned(), names);
            }
            Value::Object(map) if map.contains_key("other") => shape(&map["other"], path, out),
            Value::Object(map) => {
                for (key, child) in map {
                    let dotted = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    shape(child, &dotted, out);
                }
            }
            other => panic!("{path} is neither text nor table: {other}"),
        }
    }

    fn plurals(node: &Value, path: &str, out: &mut BTreeMap<String, Vec<String>>) {
        if let Value::Object(map) = node {
            if map.contains_key("other") {
                out.insert(path.to_owned(), map.keys().cloned().collect());
            } else {
                map.iter().for_each(|(key, child)| plurals(child, &format!("{path}.{key}"), out));
            }
        }
    }

    #[test]
    fn all_locales_have_the_same_keys_and_placeholders() {
        let shapes: Vec<_> = Locale::ALL
            .iter()
            .map(|locale| {
                let mut out = BTreeMap::new();
                shape(Messages::of(*locale).expect("messages").tree(), "", &mut out);
                out
            })
            .collect();
        assert_eq!(shapes[0], shapes[1]);
        assert!(shapes[0].len() > 80);
    }

    #[test]
    fn plurals_have_the_forms_their_language_needs() {
        for (locale, forms) in [(Locale::En, vec!["one", "other"]), (Locale::ZhCn, vec!["other"])] {
            let mut out = BTreeMap::new();
            plurals(Messages::of(locale).expect("messages").tree(), "", &mut out);
            assert!(!out.is_empty());
            for (key, found) in out {
                assert_eq!(found, forms, "{key} of {}", locale.word());
            }
        }
    }

    #[test]
    fn values_are_not_searched_for_placeholders() {
        assert_eq!(fill("a {x} b {y}", &[("x", "{y}"), ("y", "2")]).as_deref(), Some("a {y} b 2"));
        assert_eq!(fill("a {x}", &[]), None);
    }
}
