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
    pub(super) fn give<'a>(
        &mut self,
        kind: &str,
        shape: &[usize],
        size: usize,
        parts: impl Iterator<Item = &'a [u8]>,
    ) -> Option<String> {
        if size < LEAST_BYTES || size > self.room {
            return None;
        }
        let name = format!("{}{}", self.prefix, self.written.len());
        if self.write(&name, parts).is_err() {
            self.room = 0;
            self.withdraw();
            return None;
        }
        self.room -= size;
        let lengths: Vec<String> = shape.iter().map(usize::to_string).collect();
        Some(format!("{{\"$shared\":[\"{name}\",\"{kind}\",[{}]]}}", lengths.join(",")))
    }

    fn write<'a>(&mut self, name: &str, parts: impl Iterator<Item = &'a [u8]>) -> std::io::Result<()> {
        let path = format!("{}{name}", self.folder);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        self.written.push(name.to_owned());
        file.set_permissions(std::fs::Permissions::from_mode(0o444))?;
        for bytes in parts {
            file.write_all(bytes)?;
        }
        Ok(())
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
    /// Of elements, or of rows.
    pub(super) count: usize,
    /// Elements of a row; 0 where the elements are no rows.
    pub(super) columns: usize,
}

impl Part<'_> {
    /// Whether it holds values of this type as they lie in memory.
    fn holds<T: FromJson>(&self) -> bool {
        let is_kind = self.kind == T::SHARED || (self.kind == "n8" && T::SHARED == "f8");
        !T::SHARED.is_empty() && is_kind && self.columns == T::COLUMNS
    }

    fn size(&self) -> usize {
        let element = match self.kind {
            "u1" => 1,
            "f4" | "i4" => 4,
            _ => 8,
        };
        self.count.saturating_mul(self.columns.max(1)).saturating_mul(element)
    }
}

/// Each element as a value of another type than it lies there as; nothing where there is one that this type does not hold.
pub(super) fn elements_of<T: FromJson>(kind: &str, bytes: &[u8]) -> Option<Vec<T>> {
    let wide = |bytes: &[u8]| bytes.try_into().unwrap_or_default();
    let narrow = |bytes: &[u8]| bytes.try_into().unwrap_or_default();
    match kind {
        "f8" | "n8" => bytes.chunks_exact(8).map(|one| T::from_float(f64::from_le_bytes(wide(one)))).collect(),
        "f4" => bytes.chunks_exact(4).map(|one| T::from_float(f32::from_le_bytes(narrow(one)).into())).collect(),
        "i8" => bytes.chunks_exact(8).map(|one| T::from_int(i64::from_le_bytes(wide(one)))).collect(),
        "i4" => bytes.chunks_exact(4).map(|one| T::from_int(i32::from_le_bytes(narrow(one)).into())).collect(),
        "u1" => bytes.iter().map(|one| T::from_octet(*one)).collect(),
        _ => None,
    }
}

impl<'a> Reader<'a> {
    /// The reference at this place, if there is one, whatever its elements are; not passed over.
    fn part(&self) -> Option<Part<'a>> {
        let rest = self.rest().strip_prefix("{\"$shared\":[\"")?;
        let (name, rest) = rest.split_once("\",\"")?;
        let (kind, rest) = rest.split_once("\",[")?;
        let (shape, _) = rest.split_once("]]}")?;
        let (count, columns) = shape.split_once(',').unwrap_or((shape, "0"));
        Some(Part { name, kind, count: count.parse().ok()?, columns: columns.parse().ok()? })
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
        let items = if part.holds::<T>() { self.copied(&part)? } else { self.converted(&part)? };
        self.pass_part();
        Ok(Some(items))
    }

    fn copied<T: FromJson>(&self, part: &Part) -> Fitted<Vec<T>> {
        let mut file = self.open(part.name, part.size())?;
        let mut items = Vec::<T>::with_capacity(part.count);
        // Types with a name for shared memory are numbers and arrays of them: any bytes are one of their values.
        let bytes = unsafe { std::slice::from_raw_parts_mut(items.as_mut_ptr().cast::<u8>(), part.size()) };
        file.read_exact(bytes).map_err(unread)?;
        unsafe { items.set_len(part.count) };
        Ok(items)
    }

    /// Elements of another width, and rows. Who asked finds the words for one that does not fit: it looks at them again.
    fn converted<T: FromJson>(&self, part: &Part) -> Fitted<Vec<T>> {
        let mut bytes = vec![0; part.size()];
        self.open(part.name, part.size())?.read_exact(&mut bytes).map_err(unread)?;
        let row = bytes.len() / part.count.max(1);
        let items = match part.columns {
            0 => elements_of(part.kind, &bytes),
            _ => bytes.chunks_exact(row.max(1)).map(|row| T::from_row(part.kind, row)).collect(),
        };
        items.map_or_else(|| self.unfit::<Vec<T>, _>(), Ok)
    }
}

fn unread(error: std::io::Error) -> Misfit {
    Misfit(format!("shared memory cannot be read: {error}"))
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
            Some(part) if part.count > 0 && part.holds::<T>() => part,
            _ => return Vec::<T>::read(from).map(Slice::Own),
        };
        let size = part.size();
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
