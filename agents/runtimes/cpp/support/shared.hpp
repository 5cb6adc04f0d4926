// Memory that the workers of one attempt share: elements of one type side by side, in files that never touch a disk.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "path.hpp"

namespace polyglot {

/// What the agent offers to a call: where references lead, how its own files are to begin, the bytes they may take.
class Shared {
 public:
  std::string folder, prefix;
  std::size_t room = 0;

  /// Whether so many bytes have room, and are enough for it to pay.
  bool takes(std::size_t size) const { return size >= least_bytes && size <= room; }

  /// A reference to these bytes; empty where they are not taken. `shape`: the lengths, from the outer list to the inner.
  std::string give(const char* kind, const std::string& shape, const void* data, std::size_t size) {
    if (!takes(size)) return "";
    const std::string name = prefix + std::to_string(written_.size());
    if (!write(name, static_cast<const char*>(data), size)) {
      room = 0;
      withdraw();
      return "";
    }
    room -= size;
    return "{\"$shared\":[\"" + name + "\",\"" + kind + "\",[" + shape + "]]}";
  }

  /// What was written goes: the answer does not name it.
  void withdraw() {
    for (const std::string& name : written_) ::unlink((folder + name).c_str());
    written_.clear();
  }

 private:
  /// Below, text is as fast as a file is.
  static constexpr std::size_t least_bytes = 1 << 16;
  std::vector<std::string> written_;

  bool write(const std::string& name, const char* data, std::size_t size) {
    const int file = ::open((folder + name).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return false;
    written_.push_back(name);
    bool is_whole = ::fchmod(file, 0444) == 0;
    for (std::size_t at = 0; is_whole && at < size;) {
      const ssize_t put = ::write(file, data + at, size - at);
      is_whole = put > 0;
      if (is_whole) at += static_cast<std::size_t>(put);
    }
    ::close(file);
    return is_whole;
  }
};

/// The kind of elements in shared memory that are values of this type; empty for most.
template <class T>
struct SharedElement {
  static constexpr bool is_int = std::is_integral<T>::value && std::is_signed<T>::value;
  static constexpr std::size_t columns = 0;
  static constexpr const char* kind() {
    return std::is_same<T, double>::value         ? "f8"
           : std::is_same<T, float>::value        ? "f4"
           : std::is_same<T, std::uint8_t>::value ? "u1"
           : is_int && sizeof(T) == 8             ? "i8"
           : is_int && sizeof(T) == 4             ? "i4"
                                                  : "";
  }
};
/// A row of elements. Rows of bytes are lists of ints.
template <class T, std::size_t N>
struct SharedElement<std::array<T, N>> {
  static constexpr std::size_t columns = N;
  static constexpr const char* kind() {
    return N == 0 || std::is_same<T, std::uint8_t>::value || SharedElement<T>::columns > 0 ? ""
                                                                                           : SharedElement<T>::kind();
  }
};

/// A reference as it stands in a value.
struct Part {
  std::string name, kind;
  /// Of elements, or of rows.
  std::size_t count = 0;
  /// Elements of a row; 0 where the elements are no rows.
  std::size_t columns = 0;

  /// Whether it holds values of this type as they lie in memory.
  template <class T>
  bool holds() const {
    const std::string wanted = SharedElement<T>::kind();
    return !wanted.empty() && columns == SharedElement<T>::columns && (kind == wanted || (kind == "n8" && wanted == "f8"));
  }
  std::size_t row_size() const { return element_size() * (columns == 0 ? 1 : columns); }
  std::size_t size() const { return count * row_size(); }

 private:
  std::size_t element_size() const { return kind == "u1" ? 1 : kind == "f4" || kind == "i4" ? 4 : 8; }
};

/// The file of a part, open for reading.
class PartFile {
 public:
  PartFile(const std::string& folder, const Part& part, std::size_t size)
      : file_(::open((folder + part.name).c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat found;
    const bool is_whole = file_ >= 0 && ::fstat(file_, &found) == 0 && static_cast<std::size_t>(found.st_size) >= size;
    if (is_whole) return;
    if (file_ >= 0) ::close(file_);
    throw ConversionError{"shared memory cannot be read, or is shorter than its elements"};
  }
  ~PartFile() { ::close(file_); }
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  void read(void* into, std::size_t size) const {
    for (std::size_t at = 0; at < size;) {
      const ssize_t got = ::read(file_, static_cast<char*>(into) + at, size - at);
      if (got <= 0) throw ConversionError{"shared memory cannot be read"};
      at += static_cast<std::size_t>(got);
    }
  }
  /// Null where it cannot be mapped. What is written there stays in this process.
  void* map(std::size_t size) const {
    void* const at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, file_, 0);
    return at == MAP_FAILED ? nullptr : at;
  }

 private:
  int file_;
};

}  // namespace polyglot
