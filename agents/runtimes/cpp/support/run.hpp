// What the host calls: one call from its frame to its answer.
#pragma once

#include <cstdlib>
#include <cstring>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

#include "errors.hpp"

namespace polyglot {

struct Answer {
  char kind;
  const char* text;
  std::size_t size;
  std::uint64_t conversion_ns;
  std::uint64_t writing_ns;
};

inline std::size_t count_items(Reader in) {
  if (!in.take('[') || in.is(']')) return 0;
  std::size_t count = 1;
  for (;;) {
    in.skip();
    if (!in.take(',')) return count;
    ++count;
  }
}

/// The fields of a call; the arguments are read when the function is known.
struct Request {
  std::string function;
  const char* arguments = nullptr;
  std::size_t count = 0;
  Wanted wanted;
  Shared shared;

  explicit Request(Reader in, const char* end) {
    in.take('{');
    while (!in.take('}')) {
      in.take(',');
      const std::string field = in.string("string");
      in.take(':');
      if (field == "function") {
        function = in.string("string");
      } else if (field == "results") {
        wanted.results = std::atoi(in.integer("int").c_str());
      } else if (field == "spread") {
        wanted.spread = in.boolean("bool");
      } else if (field == "shared") {
        in.take('[');
        shared.folder = in.string("string");
        in.take(',');
        shared.prefix = in.string("string");
        in.take(',');
        shared.room = static_cast<std::size_t>(std::strtoull(in.integer("int").c_str(), nullptr, 10));
        in.take(']');
      } else if (field == "arguments") {
        arguments = in.place();
        count = count_items(Reader(arguments, end));
        in.skip();
      } else {
        in.skip();
      }
    }
  }
};

inline const Entry* find_entry(const Entry* entries, std::size_t size, const Request& request) {
  for (std::size_t index = 0; index < size; ++index) {
    if (request.function == entries[index].name && request.count == entries[index].count) return entries + index;
  }
  return nullptr;
}

/// Runs one call; never throws.
inline void run_call(const Entry* entries, std::size_t size, const char* body, std::size_t body_size, Answer* answer) {
  const char* const end = body + body_size;
  const Request request{Reader(body, end), end};
  Call call(request.arguments, end);
  call.wanted = request.wanted;
  call.in.folder = request.shared.folder;
  call.out.shared = request.shared;
  call.in.take('[');
  Writer out;
  answer->kind = 'e';
  try {
    const Entry* entry = find_entry(entries, size, request);
    if (entry == nullptr) {
      throw std::invalid_argument(request.function + " cannot be called with " + std::to_string(request.count) +
                                  (request.count == 1 ? " argument" : " arguments"));
    }
    entry->run(call);
    answer->kind = 'v';
    out.raw("\"values\":[");
    out.text += call.out.text;
    out.raw("]}");
  } catch (const ConversionError& error) {
    write_conversion(call, error, out);
  } catch (const std::exception& error) {
    std::vector<std::string> lineage;
    collect_lineage(&typeid(error), lineage);
    write_error(out, lineage, error.what());
  } catch (...) {
    const std::type_info* type = abi::__cxa_current_exception_type();
    const std::string name = type == nullptr ? "an unknown type" : demangled(*type);
    write_error(out, {name, "Exception"}, "a value of the type " + name + " was thrown");
  }
  if (answer->kind == 'e') call.out.shared.withdraw();
  std::cout.flush();
  std::cerr.flush();
  std::clog.flush();
  char* text = static_cast<char*>(std::malloc(out.text.size()));
  if (text == nullptr) std::abort();
  std::memcpy(text, out.text.data(), out.text.size());
  answer->text = text;
  answer->size = out.text.size();
  answer->conversion_ns = call.conversion_ns;
  answer->writing_ns = call.writing_ns;
}

}  // namespace polyglot
