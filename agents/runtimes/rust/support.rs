//! What stands between frames and the user's functions: values from JSON and back, by the types that the functions ask
//! for, and errors by name. Standard library only.
use std::any::type_name;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::fmt::{Debug, Display, Write as _};
use std::io::Write as _;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::time::{Duration, Instant};

/// Containers in containers, as the agent and the other languages have it.
const MAX_DEPTH: usize = 500;

/// Why a value does not fit.
pub struct Misfit(String);
pub type Fitted<T> = Result<T, Misfit>;

fn misfit<T>(message: impl Into<String>) -> Fitted<T> {
    Err(Misfit(message.into()))
}

#[derive(Clone)]
enum Step {
    Index(usize),
    Key(String),
}

/// Where in a value a reader or writer stands.
#[derive(Default)]
struct Path(Vec<Step>);

impl Path {
    fn enter(&mut self) -> Fitted<()> {
        if self.0.len() >= MAX_DEPTH {
            return misfit(format!("nested more than {MAX_DEPTH} deep"));
        }
        self.0.push(Step::Index(0));
        Ok(())
    }
    fn at(&mut self, step: Step) {
        if let Some(last) = self.0.last_mut() {
            *last = step;
        }
    }
    fn leave(&mut self) {
        self.0.pop();
    }
}

// ---- JSON that comes in ----------------------------------------------------------------------------------------------

/// Reads text that the agent wrote: JSON without white space, with tags as the canonical values have them.
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
    path: Path,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Reader { text, at: 0, path: Path::default() }
    }
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }
    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }
    fn is(&self, wanted: &str) -> bool {
        self.rest().starts_with(wanted)
    }
    fn take(&mut self, wanted: &str) -> bool {
        let found = self.is(wanted);
        if found {
            self.at += wanted.len();
        }
        found
    }
    fn expect<T>(&mut self, wanted: &str) -> Fitted<()> {
        if self.take(wanted) { Ok(()) } else { self.unfit::<T, _>() }
    }

    fn unfit<T, R>(&self) -> Fitted<R> {
        misfit(format!("{} has no converter to rust\\{}", self.kind(), short_name(type_name::<T>())))
    }

    /// Kind of the value that comes next, as a person calls it.
    fn kind(&self) -> &'static str {
        match self.byte() {
            b'"' => "a text",
            b'[' => "a list",
            b't' | b'f' => "a boolean",
            b'n' => "None",
            b'{' if self.is("{\"$int\"") => "an int",
            b'{' if self.is("{\"$float\"") => "a float",
            b'{' if self.is("{\"$bytes\"") => "bytes",
            b'{' => "a map",
            _ if self.number().contains(['.', 'e', 'E']) => "a float",
            _ => "an int",
        }
    }

    /// The number at this place, which is not passed over.
    fn number(&self) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E'));
        &rest[..end.unwrap_or(rest.len())]
    }

    /// What stands under a tag, up to its quote.
    fn tagged(&mut self, tag: &str) -> Option<&'a str> {
        if !self.take(tag) {
            return None;
        }
        let rest = self.rest();
        let end = rest.find('"').unwrap_or(rest.len());
        self.at += end + 2;
        Some(&rest[..end])
    }

    fn integer<T>(&mut self) -> Fitted<&'a str> {
        if let Some(digits) = self.tagged("{\"$int\":\"") {
            return Ok(digits);
        }
        let digits = self.number();
        if digits.is_empty() || digits.contains(['.', 'e', 'E']) {
            return self.unfit::<T, _>();
        }
        self.at += digits.len();
        Ok(digits)
    }

    fn float<T>(&mut self) -> Fitted<f64> {
        let digits = match self.tagged("{\"$float\":\"") {
            Some(digits) => digits,
            None => {
                let digits = self.number();
                self.at += digits.len();
                digits
            }
        };
        match digits {
            "Infinity" => Ok(f64::INFINITY),
            "-Infinity" => Ok(f64::NEG_INFINITY),
            _ => digits.parse().or_else(|_| self.unfit::<T, _>()),
        }
    }

    fn string<T>(&mut self) -> Fitted<String> {
        self.expect::<T>("\"")?;
        let mut value = String::new();
        loop {
            let rest = self.rest();
            let plain = rest.find(['"', '\\']).unwrap_or(rest.len());
            value.push_str(&rest[..plain]);
            self.at += plain + 1;
            if rest.as_bytes().get(plain) != Some(&b'\\') {
                return Ok(value);
            }
            value.push(self.escaped()?);
        }
    }

    fn escaped(&mut self) -> Fitted<char> {
        let code = self.byte();
        self.at += 1;
        Ok(match code {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(),
            other => char::from(other),
        })
    }

    fn unicode(&mut self) -> Fitted<char> {
        let first = self.hex();
        let code = if (0xD800..0xDC00).contains(&first) && self.take("\\u") {
            0x10000 + ((first - 0xD800) << 10) + (self.hex().wrapping_sub(0xDC00) & 0x3FF)
        } else {
            first
        };
        char::from_u32(code).ok_or_else(|| Misfit("a text with half of a surrogate pair is no text".into()))
    }

    fn hex(&mut self) -> u32 {
        let digits = self.text.get(self.at..self.at + 4).unwrap_or("");
        self.at += 4;
        u32::from_str_radix(digits, 16).unwrap_or(0xD800)
    }

    /// Each element of a list.
    fn items<T>(&mut self, mut take: impl FnMut(&mut Self) -> Fitted<()>) -> Fitted<()> {
        self.expect::<T>("[")?;
        self.path.enter()?;
        let mut index = 0;
        while !self.take("]") {
            self.take(",");
            self.path.at(Step::Index(index));
            take(self)?;
            index += 1;
        }
        self.path.leave();
        Ok(())
    }

    /// Passes over a value of any kind.
    fn skip(&mut self) -> Fitted<()> {
        let mut depth = 0;
        loop {
            match self.byte() {
                b'"' => drop(self.string::<String>()?),
                b'[' | b'{' => {
                    depth += 1;
                    self.at += 1;
                }
                b']' | b'}' => {
                    depth -= 1;
                    self.at += 1;
                }
                b',' | b':' => self.at += 1,
                _ => {
                    let rest = self.rest();
                    self.at += rest.find([',', ']', '}']).unwrap_or(rest.len());
                }
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }
}

// ---- JSON that goes out ----------------------------------------------------------------------------------------------

#[derive(Default)]
pub struct Writer {
    text: String,
    path: Path,
}

impl Writer {
    fn string(&mut self, value: &str) {
        self.text.push('"');
        let mut plain = 0;
        for (at, byte) in value.bytes().enumerate() {
            if byte >= 0x20 && byte != b'"' && byte != b'\\' {
                continue;
            }
            self.text.push_str(&value[plain..at]);
            plain = at + 1;
            let _ = match byte {
                b'"' | b'\\' => write!(self.text, "\\{}", char::from(byte)),
                _ => write!(self.text, "\\u{byte:04x}"),
            };
        }
        self.text.push_str(&value[plain..]);
        self.text.push('"');
    }

    /// Rust prints floats with the fewest digits that read back as the same.
    fn float(&mut self, value: f64) {
        let _ = if value.is_nan() {
            write!(self.text, "{{\"$float\":\"NaN\"}}")
        } else if value.is_infinite() {
            write!(self.text, "{{\"$float\":\"{}Infinity\"}}", if value < 0.0 { "-" } else { "" })
        } else if value != 0.0 && !(1e-5..1e16).contains(&value.abs()) {
            self.exponent(&format!("{value:e}"))
        } else {
            write!(self.text, "{value:?}")
        };
    }

    /// `1e22` as `1e+22`: a float with a positive exponent says so, or it would be taken for no number of ours.
    fn exponent(&mut self, text: &str) -> std::fmt::Result {
        let (digits, power) = text.split_once('e').unwrap_or((text, "0"));
        let sign = if power.starts_with('-') { "" } else { "+" };
        write!(self.text, "{digits}e{sign}{power}")
    }

    fn items<'v, T: ToJson + 'v>(&mut self, items: impl Iterator<Item = &'v T>) -> Fitted<()> {
        self.text.push('[');
        self.path.enter()?;
        for (index, item) in items.enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            self.path.at(Step::Index(index));
            item.write(self)?;
        }
        self.path.leave();
        self.text.push(']');
        Ok(())
    }
}

// ---- types -----------------------------------------------------------------------------------------------------------

pub trait FromJson: Sized {
    fn read(from: &mut Reader) -> Fitted<Self>;
    /// As the key of an object, where it can be one.
    fn from_key(_key: &str) -> Option<Self> {
        None
    }
}

pub trait ToJson {
    fn write(&self, to: &mut Writer) -> Fitted<()>;
    /// As the key of an object, where it can be one.
    fn as_key(&self) -> Option<&str> {
        None
    }
}

macro_rules! integers {
    ($($type:ty)*) => {$(
        impl FromJson for $type {
            fn read(from: &mut Reader) -> Fitted<Self> {
                let digits = from.integer::<Self>()?;
                digits.parse().or_else(|_| misfit(format!("the int {digits} does not fit {}", stringify!($type))))
            }
        }
        impl ToJson for $type {
            fn write(&self, to: &mut Writer) -> Fitted<()> {
                let _ = write!(to.text, "{self}");
                Ok(())
            }
        }
    )*};
}
integers!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

impl FromJson for f64 {
    fn read(from: &mut Reader) -> Fitted<Self> {
        from.float::<Self>()
    }
}
impl ToJson for f64 {
    fn write(&self, to: &mut Writer) -> Fitted<()> {
        to.float(*self);
        Ok(())
    }
}

impl FromJson for f32 {
    fn read(from: &mut Reader) -> Fitted<Self> {
        let wide = from.float::<Self>()?;
        let narrow = wide as f32;
        if narrow.is_infinite() && wide.is_finite() {
            return misfit(format!("the float {wide:e} does not fit f32"));
        }
        Ok(narrow)
    }
}
impl ToJson for f32 {
    fn write(&self, to: &mut Writer) -> Fitted<()> {
        to.float(f64::from(*self));
        Ok(())
    }
}

impl FromJson for bool {
    fn read(from: &mut Reader) -> Fitted<Self> {
        if from.take("true") {
            return Ok(true);
        }
        if from.take("false") { Ok(false) } else { from.unfit::<Self, _>() }
    }
}
impl ToJson for bool {
    fn write(&self, to: &mut Writer) -> Fitted<()> {
        to.text.push_str(if *self { "true" } else { "false" });
        Ok(())
    }
}

impl FromJson for String {
    fn read(from: &mut Reader) -> Fitted<Self> {
        from.string::<Self>()
    }
    fn from_key(key: &str) -> Option<Self> {
        Some(key.to_owned())
    }
}
impl ToJson for String {
    fn write(&self, to: &mut Writer) -> Fitted<()> {
        to.string(self);
        Ok(())
    }
    fn as_key(&self) -> Option<&str> {
        Some(self)
    }
}
impl ToJson for &str {
    fn write(&self, to: &mut Writer) -> Fitted<()> {
        to.string(self);
        Ok(())
    }
    fn as_key(&self) -> Option<&str> {
        Some(self)
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn read(from: &mut Reader) -> Fitted<Self> {
        if from.take("null") { Ok(None) } else { T::read(from).map(Some) }
    }
}
impl<T: ToJson> ToJson for Option<T> {
    fn write(&self, to: &mut Writer) -> Fitted<()> {
        match self {
            Some(value) => value.write(to),
            None => {
                to.text.push_str("null");
                Ok(())
            }
        }
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn read(from: &mut Reader) -> Fitted<Self> {
        let mut items = Vec::new();
        from.items::<Self>(|from| {
            items.push(T::read(from)?);
            Ok(())
        })?;
        Ok(items)
    }
}
impl<T: ToJson> ToJson for Vec<T> {
    fn write(&self, to: &mut Writer) -> Fitted<()> {
        to.items(self.iter())
    }
}

impl<T: FromJson, const N: usize> FromJson for [T; N] {
    fn read(from: &mut Reader) -> Fitted<Self> {
        let items = Vec::<T>::read(from)?;
        let size = items.len();
        items.try_into().or_else(|_| misfit(format!("{size} elements where the array takes {N}")))
    }
}
impl<T: ToJson, const N: usize> ToJson for [T; N] {
    fn write(&self, to: &mut Writer) -> Fitted<()> {
        to.items(self.iter())
    }
}

macro_rules! maps {
    ($map:ident $(, $bound:path)*) => {
        impl<K: FromJson $(+ $bound)*, V: FromJson> FromJson for $map<K, V> {
            fn read(from: &mut Reader) -> Fitted<Self> {
                let mut map = $map::new();
                read_entries::<Self, K, V>(from, |key, value| drop(map.insert(key, value)))?;
                Ok(map)
            }
        }
        impl<K: ToJson, V: ToJson> ToJson for $map<K, V> {
            fn write(&self, to: &mut Writer) -> Fitted<()> {
                write_entries(to, self.iter())
            }
        }
    };
}
maps!(HashMap, std::hash::Hash, Eq);
maps!(BTreeMap, Ord);

/// Maps whose keys are text are objects, others are lists of pairs under a tag.
fn read_entries<Map, K: FromJson, V: FromJson>(from: &mut Reader, mut put: impl FnMut(K, V)) -> Fitted<()> {
    if from.take("{\"$map\":") {
        from.items::<Map>(|from| {
            from.expect::<Map>("[")?;
            let start = from.at;
            let key = K::read(from)?;
            from.path.at(Step::Key(from.text[start..from.at].trim_matches('"').to_owned()));
            from.expect::<Map>(",")?;
            put(key, V::read(from)?);
            from.expect::<Map>("]")
        })?;
        return from.expect::<Map>("}");
    }
    from.expect::<Map>("{")?;
    from.path.enter()?;
    while !from.take("}") {
        from.take(",");
        let text = from.string::<String>()?;
        from.take(":");
        from.path.at(Step::Key(text.clone()));
        let Some(key) = K::from_key(&text) else {
            return misfit(format!("a text has no converter to the key's type rust\\{}", short_name(type_name::<K>())));
        };
        put(key, V::read(from)?);
    }
    from.path.leave();
    Ok(())
}

fn write_entries<'v, K: ToJson + 'v, V: ToJson + 'v>(
    to: &mut Writer,
    entries: impl Iterator<Item = (&'v K, &'v V)> + Clone,
) -> Fitted<()> {
    let plain = entries.clone().all(|(key, _)| key.as_key().is_some_and(|text| !text.starts_with('$')));
    let (open, before, between, after, close) = if plain { ("{", "", ":", "", "}") } else { ("{\"$map\":[", "[", ",", "]", "]}") };
    to.text.push_str(open);
    to.path.enter()?;
    for (index, (key, value)) in entries.enumerate() {
        if index > 0 {
            to.text.push(',');
        }
        to.path.at(key.as_key().map_or(Step::Index(index), |text| Step::Key(text.to_owned())));
        to.text.push_str(before);
        key.write(to)?;
        to.text.push_str(between);
        value.write(to)?;
        to.text.push_str(after);
    }
    to.path.leave();
    to.text.push_str(close);
    Ok(())
}

// ---- calls -----------------------------------------------------------------------------------------------------------

/// One call under way.
pub struct Call<'a> {
    reader: Reader<'a>,
    writer: Writer,
    results: usize,
    spread: bool,
    /// The argument that is being read.
    argument: usize,
    is_writing: bool,
    failure: Option<String>,
    conversion: Duration,
}

impl Call<'_> {
    pub fn argument<T: FromJson>(&mut self) -> Fitted<T> {
        let began = Instant::now();
        if self.reader.take(",") {
            self.argument += 1;
        }
        if self.reader.is("{\"$undefined\"") {
            return misfit("Rust takes no argument after one that is left out");
        }
        let value = T::read(&mut self.reader);
        self.conversion += began.elapsed();
        value
    }

    fn give<T: Respond>(&mut self, value: &T) -> Fitted<()> {
        if self.results == 0 {
            return Ok(());
        }
        let began = Instant::now();
        self.is_writing = true;
        self.writer.path.enter()?;
        let written = value.respond(self);
        self.conversion += began.elapsed();
        written
    }

    fn raise(&mut self, name: &str, message: &str) {
        self.failure = Some(error_text(&lineage_of(name), message, ""));
    }
}

/// What a function returns beside an error: nothing, a value, or a tuple of them.
pub trait Respond {
    fn respond(&self, call: &mut Call) -> Fitted<()>;
}

impl<T: ToJson> Respond for T {
    fn respond(&self, call: &mut Call) -> Fitted<()> {
        if call.spread {
            return misfit(format!("one value was returned where {} results are bound", call.results));
        }
        self.write(&mut call.writer)
    }
}
impl Respond for () {
    fn respond(&self, call: &mut Call) -> Fitted<()> {
        call.writer.text.push_str("null");
        Ok(())
    }
}

macro_rules! tuples {
    ($($size:literal: $($name:ident $index:tt)*;)*) => {$(
        impl<$($name: ToJson),*> Respond for ($($name,)*) {
            fn respond(&self, call: &mut Call) -> Fitted<()> {
                let count = if call.spread { call.results } else { $size };
                if count > $size {
                    return misfit(format!("{} results were returned where {count} are bound", $size));
                }
                let writer = &mut call.writer;
                if !call.spread {
                    writer.text.push('[');
                }
                $(if $index < count {
                    if $index > 0 {
                        writer.text.push(',');
                    }
                    writer.path.at(Step::Index($index));
                    self.$index.write(writer)?;
                })*
                if !call.spread {
                    writer.text.push(']');
                }
                Ok(())
            }
        }
    )*};
}
tuples! {
    1: A 0;
    2: A 0 B 1;
    3: A 0 B 1 C 2;
    4: A 0 B 1 C 2 D 3;
    5: A 0 B 1 C 2 D 3 E 4;
    6: A 0 B 1 C 2 D 3 E 4 F 5;
    7: A 0 B 1 C 2 D 3 E 4 F 5 G 6;
    8: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7;
}

/// What a function returned. `(&&&returned).finish(call)` takes the first of the traits below that fits its type.
pub struct Returned<T>(Cell<Option<T>>);

impl<T> Returned<T> {
    pub fn new(value: T) -> Self {
        Returned(Cell::new(Some(value)))
    }
    fn value(&self) -> T {
        self.0.take().expect("a returned value is taken once")
    }
}

pub trait ResultWithDisplay {
    fn finish(&self, call: &mut Call) -> Fitted<()>;
}
impl<T: Respond, E: Display> ResultWithDisplay for &&Returned<Result<T, E>> {
    fn finish(&self, call: &mut Call) -> Fitted<()> {
        match self.value() {
            Ok(value) => call.give(&value),
            Err(error) => {
                call.raise(type_name::<E>(), &error.to_string());
                Ok(())
            }
        }
    }
}

pub trait ResultWithDebug {
    fn finish(&self, call: &mut Call) -> Fitted<()>;
}
impl<T: Respond, E: Debug> ResultWithDebug for &Returned<Result<T, E>> {
    fn finish(&self, call: &mut Call) -> Fitted<()> {
        match self.value() {
            Ok(value) => call.give(&value),
            Err(error) => {
                call.raise(type_name::<E>(), &format!("{error:?}"));
                Ok(())
            }
        }
    }
}

pub trait Value {
    fn finish(&self, call: &mut Call) -> Fitted<()>;
}
impl<T: Respond> Value for Returned<T> {
    fn finish(&self, call: &mut Call) -> Fitted<()> {
        call.give(&self.value())
    }
}

// ---- errors ----------------------------------------------------------------------------------------------------------

/// `alloc::boxed::Box<dyn core::error::Error>` as `Box<dyn Error>`.
fn short_name(full: &str) -> String {
    let mut name = String::new();
    for part in full.split_inclusive(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')) {
        name.push_str(part.rsplit("::").next().unwrap_or(part));
    }
    name
}

/// Names that a handler may take an `Err(E)` by: that of `E`, then the group that it belongs to.
fn lineage_of(full: &str) -> Vec<String> {
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
fn lineage_of_panic(message: &str) -> Vec<String> {
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

fn error_text(lineage: &[String], message: &str, trace: &str) -> String {
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

fn conversion_text(call: &Call, message: &str) -> String {
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

thread_local! {
    /// Where the last panic of this thread was, while a call runs in it.
    static PANICKED_AT: RefCell<Option<String>> = const { RefCell::new(None) };
    static IN_CALL: Cell<bool> = const { Cell::new(false) };
}

/// A panic in a call's own thread is its error and is not printed besides.
fn catch_panics() {
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

// ---- what the host calls ---------------------------------------------------------------------------------------------

pub type Function = fn(&mut Call) -> Fitted<()>;

/// A function under the name that `.pg` has for it, with its number of parameters.
pub struct Entry(pub &'static str, pub usize, pub Function);

#[repr(C)]
pub struct Answer {
    kind: u8,
    text: *const u8,
    size: usize,
    conversion_ns: u64,
}

/// The fields of a call; the arguments are read when the function is known.
struct Request {
    function: String,
    arguments: usize,
    count: usize,
    results: usize,
    spread: bool,
}

fn read_request(text: &str) -> Fitted<Request> {
    let mut reader = Reader::new(text);
    let mut request = Request { function: String::new(), arguments: 0, count: 0, results: 0, spread: false };
    reader.take("{");
    while !reader.take("}") && reader.at < text.len() {
        reader.take(",");
        let field = reader.string::<String>()?;
        reader.take(":");
        match field.as_str() {
            "function" => request.function = reader.string::<String>()?,
            "results" => request.results = usize::read(&mut reader)?,
            "spread" => request.spread = bool::read(&mut reader)?,
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
    let (kind, text, conversion) = match std::str::from_utf8(bytes) {
        Ok(text) => answer_to(entries, text),
        Err(_) => (b'e', error_text(&["Error".into()], "the call is not UTF-8", ""), Duration::ZERO),
    };
    let _ = std::io::stdout().flush();
    let text = text.into_bytes().into_boxed_slice();
    *answer = Answer { kind, size: text.len(), text: Box::into_raw(text).cast(), conversion_ns: conversion.as_nanos() as u64 };
}

/// # Safety
/// `answer` was filled by `run_call` and is released once.
pub unsafe fn release(answer: *mut Answer) {
    let Answer { text, size, .. } = *answer;
    drop(Box::from_raw(std::ptr::slice_from_raw_parts_mut(text.cast_mut(), size)));
}

fn answer_to(entries: &[Entry], text: &str) -> (u8, String, Duration) {
    let request = match read_request(text) {
        Ok(request) => request,
        Err(Misfit(message)) => return (b'e', error_text(&["Error".into()], &message, ""), Duration::ZERO),
    };
    let Some(entry) = entries.iter().find(|entry| entry.0 == request.function && entry.1 == request.count) else {
        let message = format!("{} cannot be called with {} arguments", request.function, request.count);
        return (b'e', error_text(&["Error".into()], &message, ""), Duration::ZERO);
    };
    let mut call = Call {
        reader: Reader { text, at: request.arguments, path: Path::default() },
        writer: Writer::default(),
        results: request.results,
        spread: request.spread,
        argument: 0,
        is_writing: false,
        failure: None,
        conversion: Duration::ZERO,
    };
    IN_CALL.with(|flag| flag.set(true));
    let end = catch_unwind(AssertUnwindSafe(|| (entry.2)(&mut call)));
    IN_CALL.with(|flag| flag.set(false));
    match (end, call.failure.take()) {
        (Ok(Ok(())), None) => (b'v', format!("\"values\":[{}]}}", call.writer.text), call.conversion),
        (Ok(Ok(())), Some(error)) => (b'e', error, call.conversion),
        (Ok(Err(Misfit(message))), _) => (b'e', conversion_text(&call, &message), call.conversion),
        (Err(panic), _) => {
            let message = panic
                .downcast_ref::<&str>()
                .map(ToString::to_string)
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_else(|| "a panic without a message".into());
            let trace = PANICKED_AT.with(|at| at.borrow_mut().take()).unwrap_or_default();
            (b'e', error_text(&lineage_of_panic(&message), &message, &trace), call.conversion)
        }
    }
}
