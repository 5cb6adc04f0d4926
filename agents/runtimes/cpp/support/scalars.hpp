// Types of one value.
#pragma once

#include <cerrno>
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#if __cplusplus >= 201703L
#include <string_view>
#endif

#include "reader.hpp"
#include "writer.hpp"

namespace polyglot {

template <class T, class Enabled = void>
struct Codec;

template <>
struct Codec<bool> {
  static bool read(Reader& in) { return in.boolean("bool"); }
  static void write(Writer& out, bool value) { out.raw(value ? "true" : "false"); }
};

template <class T>
struct Codec<T, typename std::enable_if<std::is_integral<T>::value && !std::is_same<T, bool>::value>::type> {
  using Wide = typename std::conditional<std::is_signed<T>::value, long long, unsigned long long>::type;

  static T read(Reader& in) {
    const std::string digits = in.integer("int");
    errno = 0;
    const bool is_negative = digits[0] == '-';
    const Wide wide = parse(digits, std::is_signed<T>());
    const bool fits = errno == 0 && !(is_negative && !std::is_signed<T>::value) &&
                      wide >= static_cast<Wide>(std::numeric_limits<T>::min()) &&
                      wide <= static_cast<Wide>(std::numeric_limits<T>::max());
    if (!fits) {
      throw ConversionError{"the int " + digits + " does not fit " + std::to_string(sizeof(T) * 8) +
                            (std::is_signed<T>::value ? " bits" : " bits without sign")};
    }
    return static_cast<T>(wide);
  }
  static void write(Writer& out, T value) { out.text += std::to_string(static_cast<Wide>(value)); }

 private:
  static long long parse(const std::string& digits, std::true_type) { return std::strtoll(digits.c_str(), nullptr, 10); }
  static unsigned long long parse(const std::string& digits, std::false_type) {
    return std::strtoull(digits.c_str(), nullptr, 10);
  }
};

template <class T>
struct Codec<T, typename std::enable_if<std::is_floating_point<T>::value>::type> {
  static T read(Reader& in) {
    const double value = in.floating("double");
    const T narrow = static_cast<T>(value);
    if (std::isinf(narrow) && !std::isinf(value)) throw ConversionError{"the float does not fit the type"};
    return narrow;
  }
  static void write(Writer& out, T value) { out.floating(static_cast<double>(value)); }
};

template <>
struct Codec<std::string> {
  static std::string read(Reader& in) { return in.string("string"); }
  static void write(Writer& out, const std::string& value) { out.string(value); }
};

/// What an argument is kept in while its function runs: a view needs somebody who has the text.
template <class T>
struct Stored {
  using type = T;
};

#if __cplusplus >= 201703L
template <>
struct Stored<std::string_view> {
  using type = std::string;
};
template <>
struct Codec<std::string_view> {
  static void write(Writer& out, std::string_view value) { out.string(std::string(value)); }
};
#endif

}  // namespace polyglot
