// JSON that comes in: text that the agent wrote, without white space, with the tags of canonical values.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>

#include "shared.hpp"

namespace polyglot {

/// Reads text that the agent wrote: JSON without white space, with tags as the canonical values have them.
class Reader {
 public:
  Path path;
  /// Where references to shared memory lead.
  std::string folder;

  Reader(const char* start, const char* end) : at_(start), end_(end) {}

  const char* place() const { return at_; }
  bool is(char wanted) const { return at_ < end_ && *at_ == wanted; }
  bool is(const char* wanted) const {
    const std::size_t size = std::strlen(wanted);
    return static_cast<std::size_t>(end_ - at_) >= size && std::memcmp(at_, wanted, size) == 0;
  }
  bool take(char wanted) {
    if (!is(wanted)) return false;
    ++at_;
    return true;
  }
  bool take(const char* wanted) {
    if (!is(wanted)) return false;
    at_ += std::strlen(wanted);
    return true;
  }
  void expect(char wanted, const char* type) {
    if (!take(wanted)) misfit(type);
  }

  [[noreturn]] void misfit(const char* type) const {
    throw ConversionError{std::string(kind()) + " has no converter to cpp\\" + type};
  }

  /// Kind of the value that comes next, as a person calls it.
  const char* kind() const {
    if (is('"')) return "a text";
    if (is('[')) return "a list";
    if (is("{\"$int\"")) return "an int";
    if (is("{\"$float\"")) return "a float";
    if (is("{\"$bytes\"")) return "bytes";
    if (is("{\"$shared\"")) return "a list";
    if (is('{')) return "a map";
    if (is('t') || is('f')) return "a boolean";
    if (is('n')) return "None";
    return number().find_first_of(".eE") == std::string::npos ? "an int" : "a float";
  }

  /// The number at this place, which is not passed over.
  std::string number() const {
    const char* last = at_;
    while (last < end_ && (std::strchr("+-.eE", *last) != nullptr || (*last >= '0' && *last <= '9'))) ++last;
    return std::string(at_, last);
  }

  /// An int's digits: plain, or under their tag.
  std::string integer(const char* type) {
    if (take("{\"$int\":\"")) {
      std::string digits = number();
      at_ += digits.size() + 2;
      return digits;
    }
    const std::string digits = number();
    if (digits.empty() || digits.find_first_of(".eE") != std::string::npos) misfit(type);
    at_ += digits.size();
    return digits;
  }

  double floating(const char* type) {
    if (take("{\"$float\":\"")) {
      const char* last = static_cast<const char*>(std::memchr(at_, '"', static_cast<std::size_t>(end_ - at_)));
      const std::string text(at_, last);
      at_ = last + 2;
      if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
      return std::strtod(text.c_str(), nullptr);
    }
    const std::string digits = number();
    if (digits.empty()) misfit(type);
    at_ += digits.size();
    return std::strtod(digits.c_str(), nullptr);
  }

  bool boolean(const char* type) {
    if (take("true")) return true;
    if (take("false")) return false;
    misfit(type);
  }

  std::string string(const char* type) {
    if (!take('"')) misfit(type);
    std::string value;
    for (;;) {
      const char* plain = at_;
      while (*at_ != '"' && *at_ != '\\') ++at_;
      value.append(plain, at_);
      if (*at_++ == '"') return value;
      escaped(value);
    }
  }

  /// What stands in base64 under the tag of bytes.
  std::string bytes() {
    take("{\"$bytes\":\"");
    std::string value;
    std::uint32_t group = 0;
    int bits = 0;
    for (; *at_ != '"'; ++at_) {
      if (*at_ == '=') continue;
      group = (group << 6 | sextet(*at_)) & 0xFFFFFF;
      bits += 6;
      if (bits < 8) continue;
      bits -= 8;
      value += static_cast<char>(group >> bits & 0xFF);
    }
    at_ += 2;
    return value;
  }

  bool is_shared() const { return is("{\"$shared\""); }

  /// The reference at this place.
  Part part() {
    Part found;
    at_ += std::strlen("{\"$shared\":[");
    found.name = string("string");
    take(',');
    found.kind = string("string");
    take(",[");
    found.count = length();
    if (take(',')) found.columns = length();
    if (!take("]]}")) throw ConversionError{"lists of lists of lists in shared memory have no converter here"};
    return found;
  }

  /// Passes over a value of any kind.
  void skip() {
    if (is('"')) {
      string("string");
    } else if (is('[') || is('{')) {
      int depth = 0;
      do {
        if (is('"')) {
          string("string");
          continue;
        }
        if (*at_ == '[' || *at_ == '{') ++depth;
        if (*at_ == ']' || *at_ == '}') --depth;
        ++at_;
      } while (depth > 0);
    } else {
      while (at_ < end_ && std::strchr(",]}", *at_) == nullptr) ++at_;
    }
  }

 private:
  const char* at_;
  const char* end_;

  std::size_t length() { return static_cast<std::size_t>(std::strtoull(integer("int").c_str(), nullptr, 10)); }

  static std::uint32_t sextet(char c) {
    if (c >= 'A' && c <= 'Z') return static_cast<std::uint32_t>(c - 'A');
    if (c >= 'a' && c <= 'z') return static_cast<std::uint32_t>(c - 'a' + 26);
    if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0' + 52);
    return c == '+' ? 62 : 63;
  }

  unsigned hex() {
    unsigned value = 0;
    for (int digit = 0; digit < 4; ++digit) {
      const char c = *at_++;
      value = value * 16 + static_cast<unsigned>(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
    }
    return value;
  }

  void escaped(std::string& value) {
    const char c = *at_++;
    if (c != 'u') {
      static const char* const from = "bfnrt";
      const char* found = std::strchr(from, c);
      value += found == nullptr ? c : "\b\f\n\r\t"[found - from];
      return;
    }
    std::uint32_t code = hex();
    if (code >= 0xD800 && code < 0xE000) {
      if (code >= 0xDC00 || !take("\\u")) throw ConversionError{"a text with half of a surrogate pair is no text"};
      code = 0x10000 + ((code - 0xD800) << 10) + (hex() - 0xDC00);
    }
    append_utf8(value, code);
  }

  static void append_utf8(std::string& value, std::uint32_t code) {
    const auto tail = [&](int shift) { value += static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
    if (code < 0x80) {
      value += static_cast<char>(code);
    } else if (code < 0x800) {
      value += static_cast<char>(0xC0 | (code >> 6));
      tail(0);
    } else if (code < 0x10000) {
      value += static_cast<char>(0xE0 | (code >> 12));
      tail(6);
      tail(0);
    } else {
      value += static_cast<char>(0xF0 | (code >> 18));
      tail(12);
      tail(6);
      tail(0);
    }
  }
};

}  // namespace polyglot
