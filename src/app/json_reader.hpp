// Reads a JSON object that a person wrote. Nothing is thrown: every mistake becomes one line that names the key's path ("mqtt.port", "devices[1].address")
// and what is allowed there. A null or an empty text counts as absent; keys that nobody asked for, and keys that stand twice, are mistakes. No value is
// ever repeated in a line: it could be a password. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace blupow::app {

using Errors = std::vector<std::string>;

class ObjectReader {
 public:
  using Read = std::function<void(ObjectReader&)>;
  using Fits = std::function<bool(const std::string&)>;

  // Each of these reads one key; nothing when it is absent or wrong. allowed completes "must be ...".
  std::optional<std::string> text(std::string_view key, std::string_view allowed = "a text", const Fits& fits = {});
  std::optional<std::string> word(std::string_view key, std::span<const std::string_view> words);
  std::optional<std::int64_t> number(std::string_view key, std::int64_t lowest, std::int64_t highest);
  std::optional<bool> flag(std::string_view key);
  std::vector<std::string> texts(std::string_view key, std::string_view allowed, const Fits& fits);  // a list
  void object(std::string_view key, const Read& read);
  void objects(std::string_view key, const Read& read);  // a list: read is called for each

  bool present(std::string_view key) const;
  void wrong(std::string_view key, std::string_view sentence);  // adds the line "path.key: sentence"

 private:
  friend void readObject(std::string_view text, std::string_view source, Errors& errors, const Read& read);

  ObjectReader(const nlohmann::json& object, std::string path, Errors& errors) : object_(object), path_(std::move(path)), errors_(errors) {}
  const nlohmann::json* find(std::string_view key);
  std::string pathOf(std::string_view key) const;
  void refuseUnknown();

  const nlohmann::json& object_;
  std::string path_;
  Errors& errors_;
  std::set<std::string, std::less<>> known_;
};

// Parses the text and lets read take what it knows. source names the text in the error when it is no JSON object.
void readObject(std::string_view text, std::string_view source, Errors& errors, const ObjectReader::Read& read);

}  // namespace blupow::app
