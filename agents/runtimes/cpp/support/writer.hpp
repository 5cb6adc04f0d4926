// JSON that goes out.
#pragma once

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "shared.hpp"

namespace polyglot {

inline bool is_continuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

/// Length of the UTF-8 character at `at`, or 0 where there is none.
inline std::size_t character_length(const std::string& text, std::size_t at) {
  const auto byte = [&](std::size_t index) { return index < text.size() ? static_cast<unsigned char>(text[index]) : 0u; };
  const unsigned first = byte(at), second = byte(at + 1);
  if (first < 0x80) return 1;
  if (!is_continuation(static_cast<unsigned char>(second))) return 0;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (!is_continuation(static_cast<unsigned char>(byte(at + 2)))) return 0;
  const bool is_long = first == 0xE0 && second < 0xA0, is_surrogate = first == 0xED && second >= 0xA0;
  if (first >= 0xE0 && first < 0xF0) return is_long || is_surrogate ? 0 : 3;
  if (!is_continuation(static_cast<unsigned char>(byte(at + 3)))) return 0;
  const bool is_small = first == 0xF0 && second < 0x90, is_large = first == 0xF4 && second >= 0x90;
  return first >= 0xF0 && first < 0xF5 && !is_small && !is_large ? 4 : 0;
}

class Writer {
 public:
  std::string text;
  Path path;
  Shared shared;

  void raw(const char* part) { text += part; }
  void raw(char part) { text += part; }

  void string(const std::string& value) {
    static const char* const digits = "0123456789abcdef";
    text += '"';
    std::size_t plain = 0;
    for (std::size_t at = 0; at < value.size();) {
      const unsigned char byte = static_cast<unsigned char>(value[at]);
      if (byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\') {
        ++at;
        continue;
      }
      const std::size_t length = character_length(value, at);
      if (length == 0) throw ConversionError{"bytes that are not UTF-8 are no text"};
      if (length > 1) {
        at += length;
        continue;
      }
      text.append(value, plain, at - plain);
      text += '\\';
      if (byte == '"' || byte == '\\') {
        text += static_cast<char>(byte);
      } else {
        text += "u00";
        text += digits[byte >> 4];
        text += digits[byte & 15];
      }
      plain = ++at;
    }
    text.append(value, plain, std::string::npos);
    text += '"';
  }

  /// Base64 under the tag of bytes.
  void bytes(const unsigned char* data, std::size_t size) {
    const std::string reference = shared.give("u1", std::to_string(size), data, size);
    if (!reference.empty()) return raw(reference.c_str());
    static const char* const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    text += "{\"$bytes\":\"";
    text.reserve(text.size() + size / 3 * 4 + 8);
    for (std::size_t at = 0; at < size; at += 3) {
      const std::size_t left = size - at;
      const unsigned group =
          data[at] << 16 | (left > 1 ? data[at + 1] << 8 : 0) | (left > 2 ? data[at + 2] : 0);
      text += digits[group >> 18];
      text += digits[(group >> 12) & 63];
      text += left > 1 ? digits[(group >> 6) & 63] : '=';
      text += left > 2 ? digits[group & 63] : '=';
    }
    text += "\"}";
  }

  void floating(double value) {
    if (std::isnan(value)) return raw("{\"$float\":\"NaN\"}");
    if (std::isinf(value)) return raw(value > 0 ? "{\"$float\":\"Infinity\"}" : "{\"$float\":\"-Infinity\"}");
    char digits[40];
    for (int precision = 15; precision <= 17; ++precision) {
      std::snprintf(digits, sizeof digits, "%.*g", precision, value);
      if (std::strtod(digits, nullptr) == value) break;
    }
    text += digits;
    // A float that is integral says so, or it would come back as an int.
    if (std::strpbrk(digits, ".e") == nullptr) text += ".0";
  }
};

}  // namespace polyglot
