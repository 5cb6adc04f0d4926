//! JSON that goes out.
use super::*;
use std::fmt::Write as _;

#[derive(Default)]
pub struct Writer {
    pub(super) text: String,
    pub(super) path: Path,
    pub(super) shared: Shared,
}

impl Writer {
    pub(super) fn string(&mut self, value: &str) {
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

    /// Base64 under the tag of bytes.
    pub(super) fn octets(&mut self, octets: &[u8]) {
        if let Some(reference) = self.shared.give("u1", &[octets.len()], octets.len(), std::iter::once(octets)) {
            return self.text.push_str(&reference);
        }
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        self.text.push_str("{\"$bytes\":\"");
        self.text.reserve(octets.len() / 3 * 4 + 8);
        for part in octets.chunks(3) {
            let group = part.iter().fold(0u32, |group, octet| group << 8 | u32::from(*octet)) << (8 * (3 - part.len()));
            for place in 0..4 {
                let digit = char::from(DIGITS[(group >> (18 - 6 * place)) as usize & 63]);
                self.text.push(if place <= part.len() { digit } else { '=' });
            }
        }
        self.text.push_str("\"}");
    }

    /// Rust prints floats with the fewest digits that read back as the same.
    pub(super) fn float(&mut self, value: f64) {
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
    pub(super) fn exponent(&mut self, text: &str) -> std::fmt::Result {
        let (digits, power) = text.split_once('e').unwrap_or((text, "0"));
        let sign = if power.starts_with('-') { "" } else { "+" };
        write!(self.text, "{digits}e{sign}{power}")
    }

    pub(super) fn items<'v, T: ToJson + 'v>(&mut self, items: impl Iterator<Item = &'v T>) -> Fitted<()> {
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
