//! Where in a value a reader or writer stands, and what is said of a value that does not fit.

/// Containers in containers, as the agent and the other languages have it.
pub(super) const MAX_DEPTH: usize = 500;

/// Why a value does not fit.
pub struct Misfit(pub(super) String);
pub type Fitted<T> = Result<T, Misfit>;

pub(super) fn misfit<T>(message: impl Into<String>) -> Fitted<T> {
    Err(Misfit(message.into()))
}

#[derive(Clone)]
pub(super) enum Step {
    Index(usize),
    Key(String),
}

/// Where in a value a reader or writer stands.
#[derive(Default)]
pub(super) struct Path(pub(super) Vec<Step>);

impl Path {
    pub(super) fn enter(&mut self) -> Fitted<()> {
        if self.0.len() >= MAX_DEPTH {
            return misfit(format!("nested more than {MAX_DEPTH} deep"));
        }
        self.0.push(Step::Index(0));
        Ok(())
    }
    pub(super) fn at(&mut self, step: Step) {
        if let Some(last) = self.0.last_mut() {
            *last = step;
        }
    }
    pub(super) fn leave(&mut self) {
        self.0.pop();
    }
}
