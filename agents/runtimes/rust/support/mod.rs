//! What stands between frames and the user's functions: values from JSON and back, by the types that the functions ask
//! for, and errors by name. Standard library only.
mod call;
mod errors;
mod lists;
mod maps;
mod path;
mod reader;
mod returned;
mod run;
mod scalars;
mod shared;
mod writer;

pub use call::Call;
use errors::*;
use path::*;
pub use path::Fitted;
use reader::*;
use returned::*;
pub use returned::{ResultWithDebug, ResultWithDisplay, Returned, Value};
pub use run::{release, run_call, Answer, Entry};
use scalars::*;
pub use shared::Slice;
use shared::*;
use writer::*;
