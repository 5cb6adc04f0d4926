// A value or none, from C++17 on.
#pragma once

#include "scalars.hpp"
#if __cplusplus >= 201703L
#include <optional>
#endif

namespace polyglot {

#if __cplusplus >= 201703L
template <class T>
struct Codec<std::optional<T>> {
  static std::optional<T> read(Reader& in) {
    if (in.take("null")) return std::nullopt;
    return Codec<T>::read(in);
  }
  static void write(Writer& out, const std::optional<T>& value) {
    if (value.has_value()) Codec<T>::write(out, *value);
    else out.raw("null");
  }
};
#endif

}  // namespace polyglot
