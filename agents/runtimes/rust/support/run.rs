//! What the host calls: one call from its frame to its answer.
use super::*;
use std::cell::{Cell, RefCell};
use std::io::Write as _;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::time::Duration;

thread_local! {
    /// Where the last panic of this thread was, while a call runs in it.
    static PANICKED_AT: RefCell<Option<String>> = const { RefCell::new(None) };
    static IN_CALL: Cell<bool> = const { Cell::new(false) };
}

/// A panic in a call's own thread is its error and is not printed besides.
pub(super) fn catch_panics() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !IN_CALL.with(Cell::get) {
                return before(panic);
            }
            let place = panic.location().map(ToString::to_string);
            PANICKED_AT.with(|at| *at.borrow_mut() = place);
        }));
    });
}

pub type Function = fn(&mut Call) -> Fitted<()>;

/// A function under the name that `.pg` has for it, with its number of parameters.
pub struct Entry(pub &'static str, pub usize, pub Function);

#[repr(C)]
pub struct Answer {
    pub(super) kind: u8,
    pub(super) text: *const u8,
    pub(super) size: usize,
    pub(super) conversion_ns: u64,
    pub(super) writing_ns: u64,
}

/// The fields of a call; the arguments are read when the function is known.
pub(super) struct Request {
    pub(super) function: String,
    pub(super) arguments: usize,
    pub(super) count: usize,
    pub(super) results: usize,
    pub(super) spread: bool,
    pub(super) shared: Shared,
}

pub(super) fn read_request(text: &str) -> Fitted<Request> {
    let mut reader = Reader::new(text);
    let mut request = Request { function: String::new(), arguments: 0, count: 0, results: 0, spread: false, shared: Shared::default() };
    reader.take("{");
    while !reader.take("}") && reader.at < text.len() {
        reader.take(",");
        let field = reader.string::<String>()?;
        reader.take(":");
        match field.as_str() {
            "function" => request.function = reader.string::<String>()?,
            "results" => request.results = usize::read(&mut reader)?,
            "spread" => request.spread = bool::read(&mut reader)?,
            "shared" => {
                let (folder, prefix, room) = <(String, String, usize)>::read(&mut reader)?;
                request.shared = Shared { folder, prefix, room, written: Vec::new() };
            }
            "arguments" => {
                request.arguments = reader.at + 1;
                reader.items::<()>(|reader| {
                    request.count += 1;
                    reader.skip()
                })?;
            }
            _ => reader.skip()?,
        }
    }
    Ok(request)
}

/// Runs one call. The answer's text is good until it is released.
///
/// # Safety
/// `body` points to `size` bytes, `answer` to an answer.
pub unsafe fn run_call(entries: &[Entry], body: *const u8, size: usize, answer: *mut Answer) {
    catch_panics();
    let bytes = std::slice::from_raw_parts(body, size);
    let (kind, text, (conversion, writing)) = match std::str::from_utf8(bytes) {
        Ok(text) => answer_to(entries, text),
        Err(_) => (b'e', error_text(&["Error".into()], "the call is not UTF-8", ""), NONE),
    };
    let _ = std::io::stdout().flush();
    let text = text.into_bytes().into_boxed_slice();
    *answer = Answer {
        kind,
        size: text.len(),
        text: Box::into_raw(text).cast(),
        conversion_ns: conversion.as_nanos() as u64,
        writing_ns: writing.as_nanos() as u64,
    };
}

/// # Safety
/// `answer` was filled by `run_call` and is released once.
pub unsafe fn release(answer: *mut Answer) {
    let Answer { text, size, .. } = *answer;
    drop(Box::from_raw(std::ptr::slice_from_raw_parts_mut(text.cast_mut(), size)));
}

/// On conversion, and of that on what the function gave.
type Spent = (Duration, Duration);
const NONE: Spent = (Duration::ZERO, Duration::ZERO);

pub(super) fn answer_to(entries: &[Entry], text: &str) -> (u8, String, Spent) {
    let request = match read_request(text) {
        Ok(request) => request,
        Err(Misfit(message)) => return (b'e', error_text(&["Error".into()], &message, ""), NONE),
    };
    let Some(entry) = entries.iter().find(|entry| entry.0 == request.function && entry.1 == request.count) else {
        let message = format!("{} cannot be called with {} arguments", request.function, request.count);
        return (b'e', error_text(&["Error".into()], &message, ""), NONE);
    };
    let mut call = Call {
        reader: Reader { text, at: request.arguments, path: Path::default(), shared: request.shared.clone() },
        writer: Writer { shared: request.shared, ..Writer::default() },
        results: request.results,
        spread: request.spread,
        argument: 0,
        is_writing: false,
        failure: None,
        conversion: Duration::ZERO,
        writing: Duration::ZERO,
    };
    IN_CALL.with(|flag| flag.set(true));
    let end = catch_unwind(AssertUnwindSafe(|| (entry.2)(&mut call)));
    IN_CALL.with(|flag| flag.set(false));
    let answered = matches!((&end, &call.failure), (Ok(Ok(())), None));
    if !answered {
        call.writer.shared.withdraw();
    }
    match (end, call.failure.take()) {
        (Ok(Ok(())), None) => (b'v', format!("\"values\":[{}]}}", call.writer.text), (call.conversion, call.writing)),
        (Ok(Ok(())), Some(error)) => (b'e', error, (call.conversion, call.writing)),
        (Ok(Err(Misfit(message))), _) => (b'e', conversion_text(&call, &message), (call.conversion, call.writing)),
        (Err(panic), _) => {
            let message = panic
                .downcast_ref::<&str>()
                .map(ToString::to_string)
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_else(|| "a panic without a message".into());
            let trace = PANICKED_AT.with(|at| at.borrow_mut().take()).unwrap_or_default();
            (b'e', error_text(&lineage_of_panic(&message), &message, &trace), (call.conversion, call.writing))
        }
    }
}
