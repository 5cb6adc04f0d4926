// Memory that the workers of one attempt share: elements of one type side by side, in files that never touch a disk.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

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

  /// A reference to these bytes; empty where there is no room, or too few for it to pay.
  std::string give(const char* kind, std::size_t count, const void* data, std::size_t size) {
    if (size < least_bytes || size > room) return "";
    const std::string name = prefix + std::to_string(written_.size());
    if (!write(name, static_cast<const char*>(data), size)) {
      room = 0;
      withdraw();
      return "";
    }
    room -= size;
    return "{\"$shared\":[\"" + name + "\",\"" + kind + "\",[" + std::to_string(count) + "]]}";
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
constexpr const char* shared_kind() {
  return std::is_same<T, double>::value                                                             ? "f8"
         : std::is_same<T, std::uint8_t>::value                                                     ? "u1"
         : std::is_integral<T>::value && std::is_signed<T>::value && sizeof(T) == sizeof(std::int64_t) ? "i8"
                                                                                                    : "";
}

template <class T>
bool holds_shared(const std::string& kind) {
  return !kind.empty() && (kind == shared_kind<T>() || (kind == "n8" && std::is_same<T, double>::value));
}

/// A reference as it stands in a value.
struct Part {
  std::string name, kind;
  std::size_t count = 0;
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
  /// Null where it cannot be mapped.
  void* map(std::size_t size) const {
    void* const at = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file_, 0);
    return at == MAP_FAILED ? nullptr : at;
  }

 private:
  int file_;
};

}  // namespace polyglot
