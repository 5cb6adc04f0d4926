//! JSON that comes in.
use super::*;
use std::any::type_name;

/// Reads text that the agent wrote: JSON without white space, with tags as the canonical values have them.
pub struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) path: Path,
    pub(super) shared: Shared,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Reader { text, at: 0, path: Path::default(), shared: Shared::default() }
    }
    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }
    pub(super) fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }
    pub(super) fn is(&self, wanted: &str) -> bool {
        self.rest().starts_with(wanted)
    }
    pub(super) fn take(&mut self, wanted: &str) -> bool {
        let found = self.is(wanted);
        if found {
            self.at += wanted.len();
        }
        found
    }
    pub(super) fn expect<T>(&mut self, wanted: &str) -> Fitted<()> {
        if self.take(wanted) { Ok(()) } else { self.unfit::<T, _>() }
    }

    pub(super) fn unfit<T, R>(&self) -> Fitted<R> {
        misfit(format!("{} has no converter to rust\\{}", self.kind(), short_name(type_name::<T>())))
    }

    /// Kind of the value that comes next, as a person calls it.
    pub(super) fn kind(&self) -> &'static str {
        match self.byte() {
            b'"' => "a text",
            b'[' => "a list",
            b't' | b'f' => "a boolean",
            b'n' => "None",
            b'{' if self.is("{\"$int\"") => "an int",
            b'{' if self.is("{\"$float\"") => "a float",
            b'{' if self.is("{\"$bytes\"") => "bytes",
            b'{' if self.is("{\"$shared\"") => "a list",
            b'{' => "a map",
            _ if self.number().contains(['.', 'e', 'E']) => "a float",
            _ => "an int",
        }
    }

    /// The number at this place, which is not passed over.
    pub(super) fn number(&self) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E'));
        &rest[..end.unwrap_or(rest.len())]
    }

    /// What stands under a tag, up to its quote.
    pub(super) fn tagged(&mut self, tag: &str) -> Option<&'a str> {
        if !self.take(tag) {
            return None;
        }
        let rest = self.rest();
        let end = rest.find('"').unwrap_or(rest.len());
        self.at += end + 2;
        Some(&rest[..end])
    }

    pub(super) fn integer<T>(&mut self) -> Fitted<&'a str> {
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

    pub(super) fn float<T>(&mut self) -> Fitted<f64> {
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

    pub(super) fn string<T>(&mut self) -> Fitted<String> {
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

    pub(super) fn escaped(&mut self) -> Fitted<char> {
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

    pub(super) fn unicode(&mut self) -> Fitted<char> {
        let first = self.hex();
        let code = if (0xD800..0xDC00).contains(&first) && self.take("\\u") {
            0x10000 + ((first - 0xD800) << 10) + (self.hex().wrapping_sub(0xDC00) & 0x3FF)
        } else {
            first
        };
        char::from_u32(code).ok_or_else(|| Misfit("a text with half of a surrogate pair is no text".into()))
    }

    pub(super) fn hex(&mut self) -> u32 {
        let digits = self.text.get(self.at..self.at + 4).unwrap_or("");
        self.at += 4;
        u32::from_str_radix(digits, 16).unwrap_or(0xD800)
    }

    /// What stands in base64 under the tag of bytes; nothing where another value comes.
    pub(super) fn octets(&mut self) -> Option<Vec<u8>> {
        let digits = self.tagged("{\"$bytes\":\"")?;
        let mut octets = Vec::with_capacity(digits.len() / 4 * 3);
        let (mut group, mut bits) = (0u32, 0);
        for sextet in digits.bytes().filter_map(sextet_of) {
            group = (group << 6 | sextet) & 0xFF_FFFF;
            bits += 6;
            if bits >= 8 {
                bits -= 8;
                octets.push((group >> bits) as u8);
            }
        }
        Some(octets)
    }

    /// Each element of a list.
    pub(super) fn items<T>(&mut self, mut take: impl FnMut(&mut Self) -> Fitted<()>) -> Fitted<()> {
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
    pub(super) fn skip(&mut self) -> Fitted<()> {
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

fn sextet_of(digit: u8) -> Option<u32> {
    Some(u32::from(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}
