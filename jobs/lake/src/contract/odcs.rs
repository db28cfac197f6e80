//! The contract as an Open Data Contract Standard document, version 3.1.0, for catalogues and checking tools.
//!
//! The document is built as data and written as YAML: text that could be read as anything but text is quoted as in
//! JSON, which YAML understands, so that no YAML library is needed.

use mirrorlake_model::thresholds::DEFINITION_VERSION;
use serde_json::{Map, Value, json};

use super::print::kind_words;
use super::{Column, ColumnType, Kind, NOT_AFTER_AS_OF, REFERENCE, Rule, Table, UNIQUE_KEY};

/// An Open Data Contract Standard document of some tables, as YAML.
#[must_use]
pub fn odcs(tables: &[&Table]) -> String {
    let mut out = String::new();
    if let Value::Object(document) = document(tables) {
        push_map(&mut out, &document, 0, false);
    }
    out
}

fn document(tables: &[&Table]) -> Value {
    json!({
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "mirrorlake-lake",
        "name": "Mirrorlake lake",
        "version": format!("{DEFINITION_VERSION}.0.0"),
        "status": "active",
        "description": {
            "purpose": "What the marketplace's analytics against counterfeits read. \
                        Other teams write it, the suite never does.",
            "usage": "Folders <table>/dt=YYYY-MM-DD/ of Parquet files; \
                      a partition without a _SUCCESS file is not finished and not read.",
            "limitations": "Rows that break a rule are quarantined and counted, never dropped silently; \
                            a table with too many of them fails the job.",
        },
        "schema": tables.iter().map(|table| object(table, tables)).collect::<Vec<_>>(),
    })
}

fn object(table: &Table, tables: &[&Table]) -> Value {
    let mut quality = Vec::new();
    if !table.key.is_empty() {
        quality.push(json!({
            "name": UNIQUE_KEY,
            "type": "library",
            "metric": "duplicateValues",
            "arguments": { "properties": table.key },
            "mustBe": 0,
            "unit": "rows",
            "dimension": "uniqueness",
        }));
    }
    for reference in table.references {
        let (column, of, key) = (reference.column, reference.table, reference.key);
        quality.push(text_rule(REFERENCE, &format!("{column} is a {key} of a sound row of {of}"), "consistency"));
    }
    let has_instants = table.columns.iter().any(|column| column.column_type == ColumnType::Timestamp);
    if !table.is_event() && has_instants {
        quality.push(text_rule(NOT_AFTER_AS_OF, "no instant is after the end of the partition's day", "timeliness"));
    }

    let mut properties = vec![custom("partitionKey", json!("dt"))];
    match table.kind {
        Kind::Event { time } => {
            properties.push(custom("kind", json!("event")));
            properties.push(custom("eventTime", json!(time)));
        }
        Kind::State { tolerance_days } => {
            properties.push(custom("kind", json!("state")));
            properties.push(custom("toleranceDays", json!(tolerance_days)));
        }
    }

    let mut object = json!({
        "name": table.name,
        "physicalName": table.name,
        "physicalType": "table",
        "logicalType": "object",
        "description": format!("{} A {}.", table.description, kind_words(table.kind)).replace(" A event", " An event"),
        "dataGranularityDescription": table.description,
        "properties": table.columns.iter().map(|column| property(table, column, tables)).collect::<Vec<_>>(),
    });
    if !quality.is_empty() {
        object["quality"] = Value::Array(quality);
    }
    object["customProperties"] = Value::Array(properties);
    object
}

fn property(table: &Table, column: &Column, tables: &[&Table]) -> Value {
    let mut property = json!({
        "name": column.name,
        "logicalType": logical_type(column.column_type),
        "physicalType": column.column_type.words(),
        "description": column.description,
        "required": !column.nullable,
        "classification": column.sensitivity.word(),
    });
    let options = options(column);
    if !options.is_empty() {
        property["logicalTypeOptions"] = Value::Object(options);
    }
    if column.column_type == ColumnType::StringList {
        property["items"] = json!({ "logicalType": "string", "physicalType": "string" });
    }
    if let Some(position) = table.key.iter().position(|key| *key == column.name) {
        property["primaryKey"] = json!(true);
        property["primaryKeyPosition"] = json!(position + 1);
        property["unique"] = json!(table.key.len() == 1);
    }
    // A reference into a table that is not in the document could not be resolved; its rule stands in words anyway.
    let targets = table.references.iter().filter(|reference| {
        reference.column == column.name && tables.iter().any(|table| table.name == reference.table)
    });
    let relationships: Vec<Value> = targets
        .map(|reference| json!({ "type": "foreignKey", "to": format!("{}.{}", reference.table, reference.key) }))
        .collect();
    if !relationships.is_empty() {
        property["relationships"] = Value::Array(relationships);
    }
    if !column.rules.is_empty() {
        property["quality"] = column.rules.iter().map(rule).collect();
    }
    property
}

const fn logical_type(column_type: ColumnType) -> &'static str {
    match column_type {
        ColumnType::Int(_) => "integer",
        ColumnType::Float64 => "number",
        // The standard has no bytes: they are strings of binary format there.
        ColumnType::String | ColumnType::FixedBinary(_) => "string",
        ColumnType::Date => "date",
        ColumnType::Timestamp => "timestamp",
        ColumnType::StringList => "array",
    }
}

fn options(column: &Column) -> Map<String, Value> {
    let mut options = Map::new();
    let mut set = |name: &str, value: Value| options.insert(name.to_owned(), value);
    match column.column_type {
        ColumnType::Int(bits) => {
            set("format", json!(format!("i{bits}")));
        }
        ColumnType::Float64 => {
            set("format", json!("f64"));
        }
        ColumnType::FixedBinary(_) => {
            set("format", json!("binary"));
        }
        ColumnType::Timestamp => {
            set("timezone", json!(true));
        }
        ColumnType::String | ColumnType::Date | ColumnType::StringList => {}
    }
    for rule in column.rules {
        match *rule {
            Rule::Range(low, high) => {
                if low != i64::MIN {
                    set("minimum", json!(low));
                }
                if high != i64::MAX {
                    set("maximum", json!(high));
                }
            }
            Rule::Probability => {
                set("exclusiveMinimum", json!(0));
                set("maximum", json!(1));
            }
            _ => {}
        }
    }
    options
}

fn rule(rule: &Rule) -> Value {
    match rule {
        Rule::OneOf(values) => json!({
            "name": rule.name(),
            "type": "library",
            "metric": "invalidValues",
            "arguments": { "validValues": values },
            "mustBe": 0,
            "unit": "rows",
            "dimension": "conformity",
        }),
        Rule::Range(..) | Rule::Probability | Rule::TimeZoneName => text_rule(rule.name(), &rule.words(), "conformity"),
        Rule::WithinBusinessDay => text_rule(rule.name(), &rule.words(), "timeliness"),
        Rule::SetIff { .. } | Rule::SetWhen { .. } | Rule::SetIffSet(_) | Rule::EqualWhen { .. } => {
            text_rule(rule.name(), &rule.words(), "consistency")
        }
    }
}

fn text_rule(name: &str, words: &str, dimension: &str) -> Value {
    json!({ "name": name, "type": "text", "description": words, "dimension": dimension })
}

fn custom(property: &str, value: Value) -> Value {
    json!({ "property": property, "value": value })
}

/// Writes a mapping in block style; with `inline`, its first line continues one that has been begun.
fn push_map(out: &mut String, map: &Map<String, Value>, indent: usize, inline: bool) {
    for (index, (key, value)) in map.iter().enumerate() {
        if index > 0 || !inline {
            out.push_str(&" ".repeat(indent));
        }
        out.push_str(key);
        out.push(':');
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                out.push('\n');
                push_map(out, inner, indent + 2, false);
            }
            Value::Array(items) if !items.is_empty() => {
                out.push('\n');
                push_list(out, items, indent + 2);
            }
            _ => {
                out.push(' ');
                out.push_str(&scalar(value));
                out.push('\n');
            }
        }
    }
}

fn push_list(out: &mut String, items: &[Value], indent: usize) {
    for item in items {
        out.push_str(&" ".repeat(indent));
        out.push_str("- ");
        match item {
            Value::Object(inner) if !inner.is_empty() => push_map(out, inner, indent + 2, true),
            // A list in a list does not occur; in JSON's notation it would be right all the same.
            _ => {
                out.push_str(&scalar(item));
                out.push('\n');
            }
        }
    }
}

/// A value on one line: in JSON's notation, or text as it stands where no YAML reader takes it for something else.
fn scalar(value: &Value) -> String {
    const NOT_TEXT: &[&str] = &["true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf"];
    match value {
        Value::String(text)
            if text.starts_with(|first: char| first.is_ascii_alphabetic())
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '(' | ')'))
                && !text.ends_with(' ')
                && !NOT_TEXT.contains(&text.to_ascii_lowercase().as_str()) =>
        {
            text.clone()
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::collections::BTreeSet;

    use super::super::TABLES;
    use super::*;

    fn all() -> Value {
        document(&TABLES.iter().collect::<Vec<_>>())
    }

    fn keys(value: &Value) -> BTreeSet<&str> {
        value.as_object().unwrap().keys().map(String::as_str).collect()
    }

    fn named<'a>(list: &'a Value, name: &str) -> &'a Value {
        list.as_array().unwrap().iter().find(|item| item["name"] == name).unwrap_or_else(|| panic!("no {name}"))
    }

    /// The names that version 3.1.0 of the standard knows in each place, of which the document uses these.
    #[test]
    fn only_names_of_the_standard_occur() {
        let contract = all();
        let known = ["apiVersion", "kind", "id", "name", "version", "status", "description", "schema"];
        assert_eq!(keys(&contract), BTreeSet::from(known));
        assert_eq!(contract["apiVersion"], "v3.1.0");
        assert_eq!(contract["kind"], "DataContract");

        let object_keys = "name physicalName physicalType logicalType description dataGranularityDescription properties \
                           quality customProperties";
        let property_keys = "name logicalType logicalTypeOptions physicalType description required classification items \
                             primaryKey primaryKeyPosition unique relationships quality";
        let words = |list: &'static str| list.split_whitespace().collect::<BTreeSet<_>>();
        let (object_keys, property_keys) = (words(object_keys), words(property_keys));
        let logical = ["string", "date", "timestamp", "time", "number", "integer", "object", "array", "boolean"];
        for object in contract["schema"].as_array().unwrap() {
            assert!(keys(object).is_subset(&object_keys), "{object}");
            assert_eq!(object["logicalType"], "object");
            for property in object["properties"].as_array().unwrap() {
                assert!(keys(property).is_subset(&property_keys), "{property}");
                assert!(logical.iter().any(|word| property["logicalType"] == *word), "{property}");
                property["quality"].as_array().into_iter().flatten().for_each(assert_quality);
            }
            object["quality"].as_array().into_iter().flatten().for_each(assert_quality);
        }
    }

    /// A library check has a metric and exactly one operator, a text check has its text.
    fn assert_quality(quality: &Value) {
        let library = ["name", "type", "metric", "arguments", "mustBe", "unit", "dimension"];
        let text = ["name", "type", "description", "dimension"];
        let expected = match quality["type"].as_str() {
            Some("library") => BTreeSet::from(library),
            Some("text") => BTreeSet::from(text),
            _ => panic!("{quality}"),
        };
        assert_eq!(keys(quality), expected);
    }

    #[test]
    fn every_table_and_column_is_there_with_key_and_class() {
        let contract = all();
        assert_eq!(contract["schema"].as_array().unwrap().len(), TABLES.len());
        for (object, table) in contract["schema"].as_array().unwrap().iter().zip(TABLES) {
            assert_eq!(object["name"], table.name);
            for (property, column) in object["properties"].as_array().unwrap().iter().zip(table.columns) {
                assert_eq!(property["name"], column.name);
                assert_eq!(property["required"], !column.nullable);
                assert_eq!(property["classification"], column.sensitivity.word());
                let position = table.key.iter().position(|key| *key == column.name).map(|position| position + 1);
                assert_eq!(property.get("primaryKeyPosition"), position.map(|p| json!(p)).as_ref());
            }
        }
    }

    #[test]
    fn rules_become_options_and_checks() {
        let contract = all();
        let takedowns = named(&contract["schema"], "takedowns");
        let outcome = named(&takedowns["properties"], "outcome");
        let values = &outcome["quality"][0]["arguments"]["validValues"];
        assert_eq!(*values, json!(["pending", "removed", "kept", "already_gone"]));
        let comments = named(&contract["schema"], "comments");
        let rating = named(&comments["properties"], "rating");
        assert_eq!(rating["logicalTypeOptions"], json!({ "format": "i8", "minimum": 1, "maximum": 5 }));
    }

    #[test]
    fn a_reference_is_a_relationship_only_where_it_can_be_followed() {
        let contract = all();
        let claim_id = &named(&contract["schema"], "takedowns")["properties"][0];
        assert_eq!(claim_id["relationships"], json!([{ "type": "foreignKey", "to": "claims.claim_id" }]));

        let alone = document(&[Table::find("takedowns").unwrap()]);
        let takedowns = named(&alone["schema"], "takedowns");
        assert_eq!(takedowns["properties"][0].get("relationships"), None);
        assert_eq!(named(&takedowns["quality"], REFERENCE)["type"], "text");
    }

    #[test]
    fn yaml_quotes_what_is_not_plainly_text() {
        let map = json!({
            "plain": "timestamp in UTC",
            "number": "1.0.0",
            "word": "no",
            "colon": "a: b",
            "list": ["en", "zh-CN", "off"],
            "empty": [],
            "deep": [{ "a": 1, "b": { "c": null } }, { "a": true }],
        });
        let mut out = String::new();
        push_map(&mut out, map.as_object().unwrap(), 0, false);
        let expected = "\
plain: timestamp in UTC
number: \"1.0.0\"
word: \"no\"
colon: \"a: b\"
list:
  - en
  - zh-CN
  - \"off\"
empty: []
deep:
  - a: 1
    b:
      c: null
  - a: true
";
        assert_eq!(out, expected);
    }
}
