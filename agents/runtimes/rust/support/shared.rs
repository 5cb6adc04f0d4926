//! Memory that the workers of one attempt share: elements of one type side by side, in files that never touch a disk.
use super::*;
use std::mem::{size_of, size_of_val};
use std::fs::{remove_file, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::ops::Deref;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};

/// Below, text is as fast as a file is.
const LEAST_BYTES: usize = 1 << 16;

/// What the agent offers to a call: where references lead, how its own files are to begin, and the bytes they may take.
#[derive(Clone, Default)]
pub struct Shared {
    pub(super) folder: String,
    pub(super) prefix: String,
    pub(super) room: usize,
    pub(super) written: Vec<String>,
}

impl Shared {
    /// A reference to these bytes; nothing where there is no room, or too few for it to pay.
    pub(super) fn give(&mut self, kind: &str, count: usize, bytes: &[u8]) -> Option<String> {
        if bytes.len() < LEAST_BYTES || bytes.len() > self.room {
            return None;
        }
        let name = format!("{}{}", self.prefix, self.written.len());
        if self.write(&name, bytes).is_err() {
            self.room = 0;
            self.withdraw();
            return None;
        }
        self.room -= bytes.len();
        Some(format!("{{\"$shared\":[\"{name}\",\"{kind}\",[{count}]]}}"))
    }

    fn write(&mut self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        let path = format!("{}{name}", self.folder);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        self.written.push(name.to_owned());
        file.set_permissions(std::fs::Permissions::from_mode(0o444))?;
        file.write_all(bytes)
    }

    /// What was written goes: the answer does not name it.
    pub(super) fn withdraw(&mut self) {
        for name in self.written.drain(..) {
            let _ = remove_file(format!("{}{name}", self.folder));
        }
    }
}

/// A reference as it stands in a value.
pub(super) struct Part<'a> {
    pub(super) name: &'a str,
    pub(super) kind: &'a str,
    pub(super) count: usize,
}

/// The elements that a list in shared memory may have to be taken as it is.
fn has(kind: &str, wanted: &str) -> bool {
    !wanted.is_empty() && (kind == wanted || (kind == "n8" && wanted == "f8"))
}

impl<'a> Reader<'a> {
    /// The reference at this place, if there is one, whatever its elements are; not passed over.
    fn part(&self) -> Option<Part<'a>> {
        let rest = self.rest().strip_prefix("{\"$shared\":[\"")?;
        let (name, rest) = rest.split_once("\",\"")?;
        let (kind, rest) = rest.split_once("\",[")?;
        let (count, _) = rest.split_once("]]}")?;
        Some(Part { name, kind, count: count.parse().ok()? })
    }

    fn pass_part(&mut self) {
        let rest = self.rest();
        self.at += rest.find("]]}").map_or(rest.len(), |end| end + 3);
    }

    fn open(&self, name: &str, size: usize) -> Fitted<File> {
        let problem = |error: std::io::Error| Misfit(format!("shared memory cannot be read: {error}"));
        let file = File::open(format!("{}{name}", self.shared.folder)).map_err(problem)?;
        if file.metadata().map_err(problem)?.len() < size as u64 {
            return misfit(format!("shared memory is shorter than the {size} bytes of its elements"));
        }
        Ok(file)
    }

    /// A copy of the elements of a list in shared memory; nothing where another value comes.
    pub(super) fn shared_items<T: FromJson>(&mut self) -> Fitted<Option<Vec<T>>> {
        let Some(part) = self.part() else { return Ok(None) };
        if !has(part.kind, T::SHARED) {
            return self.unfit::<Vec<T>, _>();
        }
        let size = part.count * size_of::<T>();
        let mut file = self.open(part.name, size)?;
        let mut items = Vec::<T>::with_capacity(part.count);
        // Types with a name for shared memory are numbers: any bytes are one of their values.
        let bytes = unsafe { std::slice::from_raw_parts_mut(items.as_mut_ptr().cast::<u8>(), size) };
        file.read_exact(bytes).map_err(|error| Misfit(format!("shared memory cannot be read: {error}")))?;
        unsafe { items.set_len(part.count) };
        self.pass_part();
        Ok(Some(items))
    }
}

extern "C" {
    fn mmap(at: *mut u8, size: usize, access: i32, flags: i32, file: i32, offset: i64) -> *mut u8;
    fn munmap(at: *mut u8, size: usize) -> i32;
}
const READ: i32 = 1;
const PRIVATE: i32 = 2;

/// What a function borrows: elements of its own, or those in shared memory as they lie there.
pub enum Slice<T> {
    Own(Vec<T>),
    Mapped { at: *mut u8, count: usize },
}

impl<T: FromJson> FromJson for Slice<T> {
    fn read(from: &mut Reader) -> Fitted<Self> {
        let part = match from.part() {
            Some(part) if part.count > 0 && has(part.kind, T::SHARED) => part,
            _ => return Vec::<T>::read(from).map(Slice::Own),
        };
        let size = part.count * size_of::<T>();
        let file = from.open(part.name, size)?;
        let at = unsafe { mmap(std::ptr::null_mut(), size, READ, PRIVATE, file.as_raw_fd(), 0) };
        if at as isize == -1 {
            return Vec::<T>::read(from).map(Slice::Own);
        }
        from.pass_part();
        Ok(Slice::Mapped { at, count: part.count })
    }
}
impl<T> Deref for Slice<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        match self {
            Slice::Own(items) => items,
            Slice::Mapped { at, count } => unsafe { std::slice::from_raw_parts(at.cast(), *count) },
        }
    }
}
impl<T> Drop for Slice<T> {
    fn drop(&mut self) {
        if let Slice::Mapped { at, count } = self {
            unsafe { munmap(*at, *count * size_of::<T>()) };
        }
    }
}

/// The bytes of numbers side by side.
pub(super) fn bytes_of<T>(items: &[T]) -> &[u8] {
    unsafe { std::slice::from_raw_parts(items.as_ptr().cast(), size_of_val(items)) }
}
