//! Types of a value or none, and of elements in an order.
use super::*;
use std::collections::{BTreeSet, HashSet};

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
        if let Some(items) = from.shared_items()? {
            return Ok(items);
        }
        if T::from_octet(0).is_some() {
            if let Some(octets) = from.octets() {
                return Ok(octets.into_iter().filter_map(T::from_octet).collect());
            }
        }
        let mut items = Vec::new();
        from.items::<Self>(|from| {
            items.push(T::read(from)?);
            Ok(())
        })?;
        Ok(items)
    }
    fn from_row(kind: &str, bytes: &[u8]) -> Option<Self> {
        elements_of(kind, bytes)
    }
}
impl<T: ToJson> ToJson for [T] {
    fn write(&self, to: &mut Writer) -> Fitted<()> {
        if T::IS_OCTET {
            to.octets(bytes_of(self));
            return Ok(());
        }
        match shared_list(self, &mut to.shared) {
            Some(reference) => to.text.push_str(&reference),
            None => to.items(self.iter())?,
        }
        Ok(())
    }
    fn as_row(&self) -> Option<(&'static str, usize, &[u8])> {
        is_element::<T>().then(|| (T::SHARED, self.len(), bytes_of(self)))
    }
}

/// A number that is shared as it lies in memory. Rows of bytes are lists of ints.
const fn is_element<T: ToJson>() -> bool {
    !T::SHARED.is_empty() && !T::IS_OCTET && T::COLUMNS == 0
}

/// A reference to elements, or to rows of one length.
fn shared_list<T: ToJson>(items: &[T], shared: &mut Shared) -> Option<String> {
    if !T::SHARED.is_empty() {
        let shape = [items.len(), T::COLUMNS];
        let shape = if T::COLUMNS == 0 { &shape[..1] } else { &shape[..] };
        let bytes = bytes_of(items);
        return shared.give(T::SHARED, shape, bytes.len(), std::iter::once(bytes));
    }
    let (kind, columns, first) = items.first()?.as_row()?;
    let is_even = columns > 0 && items.iter().all(|row| row.as_row().is_some_and(|(_, of_row, _)| of_row == columns));
    if !is_even {
        return None;
    }
    let rows = items.iter().filter_map(|row| row.as_row().map(|(_, _, bytes)| bytes));
    shared.give(kind, &[items.len(), columns], items.len() * first.len(), rows)
}

impl<T: ToJson> ToJson for Vec<T> {
    fn as_row(&self) -> Option<(&'static str, usize, &[u8])> {
        self.as_slice().as_row()
    }
    fn write(&self, to: &mut Writer) -> Fitted<()> {
        self.as_slice().write(to)
    }
}

impl<T: FromJson, const N: usize> FromJson for [T; N] {
    const SHARED: &'static str = shared_row(T::SHARED, T::COLUMNS, N);
    const COLUMNS: usize = N;
    fn from_row(kind: &str, bytes: &[u8]) -> Option<Self> {
        elements_of(kind, bytes)?.try_into().ok()
    }
    fn read(from: &mut Reader) -> Fitted<Self> {
        let items = Vec::<T>::read(from)?;
        let size = items.len();
        items.try_into().or_else(|_| misfit(format!("{size} elements where the array takes {N}")))
    }
}
/// The kind of elements of a row, where they are numbers.
const fn shared_row(kind: &'static str, columns: usize, length: usize) -> &'static str {
    if length > 0 && columns == 0 && !matches!(kind.as_bytes(), b"u1") { kind } else { "" }
}

impl<T: ToJson, const N: usize> ToJson for [T; N] {
    const SHARED: &'static str = shared_row(T::SHARED, T::COLUMNS, N);
    const COLUMNS: usize = N;
    fn write(&self, to: &mut Writer) -> Fitted<()> {
        self.as_slice().write(to)
    }
}

macro_rules! sets {
    ($($set:ident: $($bound:path)*;)*) => {$(
        impl<T: FromJson $(+ $bound)*> FromJson for $set<T> {
            fn read(from: &mut Reader) -> Fitted<Self> {
                Ok(Vec::<T>::read(from)?.into_iter().collect())
            }
        }
        impl<T: ToJson> ToJson for $set<T> {
            fn write(&self, to: &mut Writer) -> Fitted<()> {
                to.items(self.iter())
            }
        }
    )*};
}
sets! {
    HashSet: std::hash::Hash Eq;
    BTreeSet: Ord;
}

macro_rules! tuples {
    ($($size:literal: $($name:ident $index:tt)*;)*) => {$(
        impl<$($name: FromJson),*> FromJson for ($($name,)*) {
            fn read(from: &mut Reader) -> Fitted<Self> {
                from.expect::<Self>("[")?;
                from.path.enter()?;
                let items = ($({
                    from.path.at(Step::Index($index));
                    if from.is("]") {
                        return misfit(format!("{} elements where the tuple takes {}", $index, $size));
                    }
                    let item = $name::read(from)?;
                    from.take(",");
                    item
                },)*);
                from.path.leave();
                if from.take("]") { Ok(items) } else { misfit(format!("more than {} elements for a tuple", $size)) }
            }
        }
        impl<$($name: ToJson),*> ToJson for ($($name,)*) {
            fn write(&self, to: &mut Writer) -> Fitted<()> {
                to.text.push('[');
                to.path.enter()?;
                $(
                    if $index > 0 {
                        to.text.push(',');
                    }
                    to.path.at(Step::Index($index));
                    self.$index.write(to)?;
                )*
                to.path.leave();
                to.text.push(']');
                Ok(())
            }
            fn respond(&self, call: &mut Call) -> Fitted<()> {
                if !call.spread {
                    return self.write(&mut call.writer);
                }
                if call.results > $size {
                    return misfit(format!("{} results were returned where {} are bound", $size, call.results));
                }
                $(if $index < call.results {
                    if $index > 0 {
                        call.writer.text.push(',');
                    }
                    call.writer.path.at(Step::Index($index));
                    self.$index.write(&mut call.writer)?;
                })*
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
