// Errors by the names of their classes.
#pragma once

#include <cxxabi.h>
#include <map>
#include <memory>
#include <string>
#include <typeinfo>
#include <vector>

#include "invoke.hpp"
#include "lists.hpp"

namespace polyglot {

/// Names of the standard's classes in `.pg`, where they differ from their own.
inline const char* polyglot_name(const std::string& name) {
  static const std::map<std::string, const char*> names = {
      {"std::exception", "Exception"},         {"std::runtime_error", "RuntimeError"},
      {"std::logic_error", "LogicError"},      {"std::bad_alloc", "BadAlloc"},
      {"std::bad_cast", "BadCast"},            {"std::out_of_range", "OutOfRange"},
      {"std::invalid_argument", "InvalidArgument"},
  };
  const auto found = names.find(name);
  return found == names.end() ? nullptr : found->second;
}

inline std::string demangled(const std::type_info& type) {
  int status = 0;
  std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), std::free);
  std::string text = status == 0 ? name.get() : type.name();
  // What the library's own versions put between.
  for (const char* part : {"__cxx11::", "__1::"}) {
    for (std::size_t at; (at = text.find(part)) != std::string::npos;) text.erase(at, std::strlen(part));
  }
  const std::string string = "std::basic_string<char, std::char_traits<char>, std::allocator<char> >";
  for (std::size_t at; (at = text.find(string)) != std::string::npos;) text.replace(at, string.size(), "std::string");
  return text;
}

/// The class and its ancestors, nearest first, each once: by the names that handlers may use.
inline void collect_lineage(const std::type_info* type, std::vector<std::string>& names) {
  const std::string full = demangled(*type);
  const auto add = [&](const std::string& name) {
    for (const std::string& known : names) {
      if (known == name) return;
    }
    names.push_back(name);
  };
  if (const char* known = polyglot_name(full)) add(known);
  add(full.substr(full.compare(0, 5, "std::") == 0 ? 5 : 0));
  if (const auto* single = dynamic_cast<const abi::__si_class_type_info*>(type)) {
    collect_lineage(single->__base_type, names);
  } else if (const auto* several = dynamic_cast<const abi::__vmi_class_type_info*>(type)) {
    for (unsigned index = 0; index < several->__base_count; ++index) {
      collect_lineage(several->__base_info[index].__base_type, names);
    }
  }
}

inline void write_error(Writer& out, const std::vector<std::string>& lineage, const std::string& message) {
  out.raw("\"error\":{\"lineage\":");
  write_items(out, lineage);
  out.raw(",\"message\":");
  const std::size_t before = out.text.size();
  try {
    out.string(message);
  } catch (const ConversionError&) {
    out.text.resize(before);
    out.raw("\"the exception's own message is not UTF-8\"");
  }
  out.raw(",\"trace\":\"\"}}");
}

inline void write_conversion(Call& call, const ConversionError& error, Writer& out) {
  out.raw("\"conversion\":{");
  const Path& path = call.is_writing ? call.out.path : call.in.path;
  bool first = true;
  if (!call.is_writing) {
    out.raw("\"argument\":");
    out.text += std::to_string(call.argument < 0 ? 0 : call.argument);
    out.raw(",\"path\":[");
  } else {
    out.raw("\"path\":[");
    out.raw(call.wanted.spread && !path.steps().empty() ? std::to_string(path.steps()[0].index).c_str() : "null");
    first = false;
  }
  for (std::size_t index = call.is_writing ? 1 : 0; index < path.steps().size(); ++index) {
    if (!first) out.raw(',');
    first = false;
    const Step& step = path.steps()[index];
    if (step.is_key) out.string(step.key);
    else out.text += std::to_string(step.index);
  }
  out.raw("],\"message\":");
  out.string(error.message);
  out.raw("}}");
}

}  // namespace polyglot
