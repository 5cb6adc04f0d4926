//! One call under way.
use super::*;
use std::time::{Duration, Instant};

/// One call under way.
pub struct Call<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) writer: Writer,
    pub(super) results: usize,
    pub(super) spread: bool,
    /// The argument that is being read.
    pub(super) argument: usize,
    pub(super) is_writing: bool,
    pub(super) failure: Option<String>,
    pub(super) conversion: Duration,
    /// Of it, for what the function gave.
    pub(super) writing: Duration,
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

    pub(super) fn give<T: ToJson>(&mut self, value: &T) -> Fitted<()> {
        if self.results == 0 {
            return Ok(());
        }
        let began = Instant::now();
        self.is_writing = true;
        self.writer.path.enter()?;
        let written = value.respond(self);
        self.writing = began.elapsed();
        self.conversion += self.writing;
        written
    }

    pub(super) fn raise(&mut self, name: &str, message: &str) {
        self.failure = Some(error_text(&lineage_of(name), message, ""));
    }
}
