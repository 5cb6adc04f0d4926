//! What a function returns: a value, several in a tuple, or an error.
use super::*;
use std::any::type_name;
use std::cell::Cell;
use std::fmt::{Debug, Display};

/// What a function returned. `(&&&returned).finish(call)` takes the first of the traits below that fits its type.
pub struct Returned<T>(Cell<Option<T>>);

impl<T> Returned<T> {
    pub fn new(value: T) -> Self {
        Returned(Cell::new(Some(value)))
    }
    pub(super) fn value(&self) -> T {
        self.0.take().expect("a returned value is taken once")
    }
}

pub trait ResultWithDisplay {
    fn finish(&self, call: &mut Call) -> Fitted<()>;
}
impl<T: ToJson, E: Display> ResultWithDisplay for &&Returned<Result<T, E>> {
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
impl<T: ToJson, E: Debug> ResultWithDebug for &Returned<Result<T, E>> {
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
impl<T: ToJson> Value for Returned<T> {
    fn finish(&self, call: &mut Call) -> Fitted<()> {
        call.give(&self.value())
    }
}
