// Reads the members of one JSON object with checks: the first thing wrong is remembered with its path, and members nobody asked for are wrong too. Only for
// scene.cpp.
#pragma once

#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "sim/scene.hpp"

namespace blupow::sim {

class Reader {
 public:
  Reader(const nlohmann::json& object, std::string path, std::string& error) : object_(object), path_(std::move(path)), error_(error) {
    if (!object_.is_object() && error_.empty()) error_ = (path_.empty() ? "the scene" : path_.substr(0, path_.size() - 1)) + " must be an object";
  }

  bool has(const char* key) const { return object_.is_object() && object_.contains(key); }

  template <typename T>
  void number(const char* key, T& into) {
    const nlohmann::json* member = find(key);
    if (member == nullptr) return;
    if (!member->is_number() || (std::is_integral_v<T> && !member->is_number_integer())) return wrong(key, "must be a number");
    const double value = member->get<double>();
    if (value < static_cast<double>(std::numeric_limits<T>::lowest()) || value > static_cast<double>(std::numeric_limits<T>::max()))
      return wrong(key, "is out of range");
    into = static_cast<T>(value);
  }

  void milliseconds(const char* key, Milliseconds& into) {
    auto count = static_cast<std::uint32_t>(into.count());
    number(key, count);
    into = Milliseconds(count);
  }

  void flag(const char* key, bool& into) {
    const nlohmann::json* member = find(key);
    if (member == nullptr) return;
    if (!member->is_boolean()) return wrong(key, "must be true or false");
    into = member->get<bool>();
  }

  void text(const char* key, std::string& into) {
    const nlohmann::json* member = find(key);
    if (member == nullptr) return;
    if (!member->is_string()) return wrong(key, "must be a text");
    into = member->get<std::string>();
  }

  void texts(const char* key, std::vector<std::string>& into) {
    const nlohmann::json* member = find(key);
    if (member == nullptr) return;
    into.clear();
    for (const nlohmann::json& entry : *member) {
      if (!entry.is_string()) return wrong(key, "must be a list of texts");
      into.push_back(entry.get<std::string>());
    }
  }

  void address(const char* key, MacAddress& into) {
    std::string written;
    text(key, written);
    const auto parsed = MacAddress::parse(written);
    if (!parsed) return wrong(key, "must be an address such as 80:6F:B0:0E:7B:91");
    into = *parsed;
  }

  template <typename T>
  void word(const char* key, T& into, std::initializer_list<std::pair<const char*, T>> words) {
    std::string written;
    text(key, written);
    if (written.empty()) return;
    for (const auto& [name, value] : words) {
      if (written == name) {
        into = value;
        return;
      }
    }
    wrong(key, "is no word known here");
  }

  // "4000": [1, 2] or "0x0100": [...]
  void registers(const char* key, std::map<std::uint16_t, Words>& into) {
    const nlohmann::json* member = find(key);
    if (member == nullptr) return;
    if (!member->is_object()) return wrong(key, "must be an object");
    for (const auto& [first, words] : member->items()) {
      const bool hex = first.starts_with("0x");
      std::uint16_t number = 0;
      const auto parsed = std::from_chars(first.data() + (hex ? 2 : 0), first.data() + first.size(), number, hex ? 16 : 10);
      if (parsed.ec != std::errc() || parsed.ptr != first.data() + first.size() || !words.is_array()) return wrong(key, "must be lists of words by address");
      for (const nlohmann::json& word : words) {
        if (!word.is_number_unsigned() || word.get<std::uint64_t>() > 0xFFFF) return wrong(key, "must be lists of words by address");
        into[number].push_back(static_cast<std::uint16_t>(word.get<std::uint64_t>()));
      }
    }
  }

  template <typename Each>
  void list(const char* key, Each each) {
    const nlohmann::json* member = find(key);
    if (member == nullptr) return;
    if (!member->is_array()) return wrong(key, "must be a list");
    for (std::size_t i = 0; i < member->size(); ++i) {
      Reader inner((*member)[i], path_ + key + "[" + std::to_string(i) + "].", error_);
      each(inner);
      inner.finish();
    }
  }

  template <typename Fill>
  void object(const char* key, Fill fill) {
    const nlohmann::json* member = find(key);
    if (member == nullptr) return;
    Reader inner(*member, path_ + key + ".", error_);
    fill(inner);
    inner.finish();
  }

  void finish() {
    if (!object_.is_object()) return;
    for (const auto& [key, value] : object_.items()) {
      if (!asked_.contains(key)) wrong(key, "is not known");
    }
  }

  void wrong(const std::string& key, const char* what) {
    if (error_.empty()) error_ = path_ + key + " " + what;
  }

 private:
  const nlohmann::json* find(const char* key) {
    asked_.insert(key);
    if (!object_.is_object()) return nullptr;
    const auto member = object_.find(key);
    return member == object_.end() ? nullptr : &*member;
  }

  const nlohmann::json& object_;
  std::string path_;
  std::string& error_;
  std::set<std::string> asked_;
};

}  // namespace blupow::sim
