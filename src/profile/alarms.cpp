#include "profile/alarms.hpp"

#include <algorithm>
#include <string_view>

namespace blupow::profile {

namespace {

const std::string* wordOf(const AlarmPart& part, std::uint32_t code) {
  const auto found = std::ranges::find(part.values, code, &Word::code);
  return found == part.values.end() ? nullptr : &found->word;
}

// The same fault may stand in two registers.
void addWord(std::vector<std::string>& texts, std::string text) {
  if (std::ranges::find(texts, text) == texts.end()) texts.push_back(std::move(text));
}

std::string withItem(std::string word, unsigned item) {
  if (const std::size_t sign = word.find('#'); sign != std::string::npos) word.replace(sign, 1, std::to_string(item));
  return word;
}

void addPairs(std::vector<std::string>& texts, const AlarmPart& part, std::uint32_t raw) {
  for (unsigned item = 1; item <= 16; ++item, raw >>= 2U) {
    if (const std::string* word = wordOf(part, raw & 3U)) addWord(texts, withItem(*word, item));
  }
}

void addPart(std::vector<std::string>& texts, const Field& field, const AlarmPart& part, std::uint32_t raw, std::vector<std::string>& unknown) {
  if (part.kind == AlarmPart::Kind::pairs) {
    addPairs(texts, part, raw);
  } else if (part.kind == AlarmPart::Kind::bits) {
    for (const Word& word : part.values) {
      if (((raw >> word.code) & 1U) != 0) addWord(texts, word.word);
    }
  } else if (raw != 0) {
    const std::string* word = wordOf(part, raw);
    if (word == nullptr) unknown.push_back(field.key + " code " + std::to_string(raw));
    addWord(texts, word == nullptr ? "unknown" : *word);
  }
}

}  // namespace

std::optional<std::string> alarmsText(const Field& field, std::uint16_t address, Words words, std::vector<std::string>& unknown, bool& is_absent) {
  std::vector<std::string> texts;
  bool is_told = false;
  for (const AlarmPart& part : field.parts) {
    for (std::size_t at = part.address; at < part.address + std::size_t{part.words} * part.repeat; at += part.words) {
      if (at < address || at + part.words > address + words.size()) continue;
      const std::uint32_t raw = rawOf(part.words == 1 ? Type::u16 : Type::u32, words.subspan(at - address, part.words));
      if (field.absent == raw) {
        is_absent = true;
        continue;
      }
      is_told = true;
      addPart(texts, field, part, part.mask == 0 ? raw : raw & part.mask, unknown);
    }
  }
  if (!is_told) return std::nullopt;
  return joinedText(texts);
}

}  // namespace blupow::profile
