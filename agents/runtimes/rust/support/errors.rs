//! Errors by the names that handlers may take them by.
use super::*;
use std::fmt::Write as _;

/// `alloc::boxed::Box<dyn core::error::Error>` as `Box<dyn Error>`.
pub(super) fn short_name(full: &str) -> String {
    let mut name = String::new();
    for part in full.split_inclusive(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')) {
        name.push_str(part.rsplit("::").next().unwrap_or(part));
    }
    name
}

/// Names that a handler may take an `Err(E)` by: that of `E`, then the group that it belongs to.
pub(super) fn lineage_of(full: &str) -> Vec<String> {
    let short = short_name(full);
    let group = match full {
        "std::io::error::Error" | "core::io::error::Error" => "IOError",
        _ if short.starts_with("Parse") || short == "Utf8Error" || short == "FromUtf8Error" => "ParseError",
        _ if short.starts_with("PoisonError") || short.starts_with("TryLockError") => "LockError",
        _ if short == "BorrowError" || short == "BorrowMutError" => "BorrowError",
        _ if short.starts_with("Box<dyn Any") => "ThreadError",
        _ => "",
    };
    let plain = short.split('<').next().unwrap_or("").to_owned();
    let own = if plain == "Box" { "Error".to_owned() } else { plain };
    let path = full.split('<').next().unwrap_or("").split_once("::").map_or(String::new(), |(_, rest)| rest.to_owned());
    let mut names = vec![if group == "IOError" { group.to_owned() } else { own }];
    for name in [group.to_owned(), path] {
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// A panic is told apart by what the standard library says when it panics.
pub(super) fn lineage_of_panic(message: &str) -> Vec<String> {
    let group = if message.contains("on a `None` value") {
        "NoneError"
    } else if message.starts_with("already borrowed") || message.starts_with("already mutably borrowed") || message.starts_with("RefCell already") {
        "BorrowError"
    } else if message.contains("PoisonError") {
        "LockError"
    } else if message.contains("value: Any { .. }") {
        "ThreadError"
    } else {
        return vec!["Panic".into()];
    };
    vec![group.into(), "Panic".into()]
}

pub(super) fn error_text(lineage: &[String], message: &str, trace: &str) -> String {
    let mut out = Writer::default();
    out.text.push_str("\"error\":{\"lineage\":");
    let _ = out.items(lineage.iter());
    out.text.push_str(",\"message\":");
    out.string(message);
    out.text.push_str(",\"trace\":");
    out.string(trace);
    out.text.push_str("}}");
    out.text
}

pub(super) fn conversion_text(call: &Call, message: &str) -> String {
    let mut out = Writer::default();
    let steps = if call.is_writing { &call.writer.path.0 } else { &call.reader.path.0 };
    let mut rest = &steps[..];
    out.text.push_str("\"conversion\":{");
    if call.is_writing {
        out.text.push_str("\"path\":[");
        match steps.first() {
            Some(Step::Index(index)) if call.spread => drop(write!(out.text, "{index}")),
            _ => out.text.push_str("null"),
        }
        rest = steps.get(1..).unwrap_or(&[]);
    } else {
        let _ = write!(out.text, "\"argument\":{},\"path\":[", call.argument);
    }
    for (index, step) in rest.iter().enumerate() {
        if index > 0 || call.is_writing {
            out.text.push(',');
        }
        match step {
            Step::Index(index) => drop(write!(out.text, "{index}")),
            Step::Key(key) => out.string(key),
        }
    }
    out.text.push_str("],\"message\":");
    out.string(message);
    out.text.push_str("}}");
    out.text
}
