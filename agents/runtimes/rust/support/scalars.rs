//! Types of one value.
use super::*;
use std::fmt::Write as _;

pub trait FromJson: Sized {
    fn read(from: &mut Reader) -> Fitted<Self>;
    /// Of a type whose lists are bytes.
    fn from_octet(_octet: u8) -> Option<Self> {
        None
    }
    /// The kind of elements in shared memory that are values of this type; none for most.
    const SHARED: &'static str = "";
    /// How many of them a value is, where it is a row of them.
    const COLUMNS: usize = 0;
    /// Of an element in shared memory; nothing for types that do not take it.
    fn from_float(_value: f64) -> Option<Self> {
        None
    }
    fn from_int(_value: i64) -> Option<Self> {
        None
    }
    /// Of a row of elements there.
    fn from_row(_kind: &str, _bytes: &[u8]) -> Option<Self> {
        None
    }
    /// As the key of an object, where it can be one.
    fn from_key(_key: &str) -> Option<Self> {
        None
    }
}

pub trait ToJson {
    fn write(&self, to: &mut Writer) -> Fitted<()>;
    /// As for what comes in.
    const SHARED: &'static str = "";
    const COLUMNS: usize = 0;
    /// Its elements side by side, their kind and their number, where it is a row of elements that can be shared.
    fn as_row(&self) -> Option<(&'static str, usize, &[u8])> {
        None
    }
    /// Lists of this type are bytes.
    const IS_OCTET: bool = false;
    /// As the results of a call.
    fn respond(&self, call: &mut Call) -> Fitted<()> {
        if call.spread {
            return misfit(format!("one value was returned where {} results are bound", call.results));
        }
        self.write(&mut call.writer)
    }
    /// As the key of an object, where it can be one.
    fn as_key(&self) -> Option<&str> {
        None
    }
}

macro_rules! integers {
    ($($type:ty)*) => {$(
        impl FromJson for $type {
            const SHARED: &'static str = shared_kind(stringify!($type));
            fn read(from: &mut Reader) -> Fitted<Self> {
                let digits = from.integer::<Self>()?;
                digits.parse().or_else(|_| misfit(format!("the int {digits} does not fit {}", stringify!($type))))
            }
            fn from_octet(octet: u8) -> Option<Self> {
                <Self as ToJson>::IS_OCTET.then_some(octet as Self)
            }
            fn from_int(value: i64) -> Option<Self> {
                Self::try_from(value).ok()
            }
        }
        impl ToJson for $type {
            const SHARED: &'static str = shared_kind(stringify!($type));
            const IS_OCTET: bool = matches!(stringify!($type).as_bytes(), b"u8");
            fn write(&self, to: &mut Writer) -> Fitted<()> {
                let _ = write!(to.text, "{self}");
                Ok(())
            }
        }
    )*};
}
integers!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

/// Of a list of ints of this type.
const fn shared_kind(name: &str) -> &'static str {
    match name.as_bytes() {
        b"i64" => "i8",
        b"i32" => "i4",
        b"u8" => "u1",
        _ => "",
    }
}

impl FromJson for f64 {
    const SHARED: &'static str = "f8";
    fn read(from: &mut Reader) -> Fitted<Self> {
        from.float::<Self>()
    }
    fn from_float(value: f64) -> Option<Self> {
        Some(value)
    }
}
impl ToJson for f64 {
    const SHARED: &'static str = "f8";
    fn write(&self, to: &mut Writer) -> Fitted<()> {
        to.float(*self);
        Ok(())
    }
}

impl FromJson for f32 {
    const SHARED: &'static str = "f4";
    fn from_float(value: f64) -> Option<Self> {
        let narrow = value as f32;
        (narrow.is_finite() || !value.is_finite()).then_some(narrow)
    }
    fn read(from: &mut Reader) -> Fitted<Self> {
        let wide = from.float::<Self>()?;
        Self::from_float(wide).map_or_else(|| misfit(format!("the float {wide:e} does not fit f32")), Ok)
    }
}
impl ToJson for f32 {
    const SHARED: &'static str = "f4";
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
impl ToJson for str {
    fn write(&self, to: &mut Writer) -> Fitted<()> {
        to.string(self);
        Ok(())
    }
    fn as_key(&self) -> Option<&str> {
        Some(self)
    }
}
impl<T: ToJson + ?Sized> ToJson for &T {
    fn write(&self, to: &mut Writer) -> Fitted<()> {
        (**self).write(to)
    }
    fn respond(&self, call: &mut Call) -> Fitted<()> {
        (**self).respond(call)
    }
    fn as_key(&self) -> Option<&str> {
        (**self).as_key()
    }
}

impl FromJson for char {
    fn read(from: &mut Reader) -> Fitted<Self> {
        let text = from.string::<Self>()?;
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(only), None) => Ok(only),
            _ => misfit(format!("a text of {} characters is no char", text.chars().count())),
        }
    }
}
impl ToJson for char {
    fn write(&self, to: &mut Writer) -> Fitted<()> {
        to.string(self.encode_utf8(&mut [0; 4]));
        Ok(())
    }
}

impl ToJson for () {
    fn write(&self, to: &mut Writer) -> Fitted<()> {
        to.text.push_str("null");
        Ok(())
    }
    fn respond(&self, call: &mut Call) -> Fitted<()> {
        self.write(&mut call.writer)
    }
}
