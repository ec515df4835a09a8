#include "profile/decode.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "profile/alarms.hpp"
#include "profile/derive.hpp"
#include "profile/field_value.hpp"

namespace blupow::profile {

namespace {

constexpr std::uint16_t kUnsupported = 0xFFFF;

std::string bitsText(const Field& field, std::uint32_t raw) {
  std::vector<std::string> words;
  for (const Word& word : field.values) {
    if (word.code < 32 && ((raw >> word.code) & 1U) != 0) words.push_back(word.word);
  }
  return joinedText(words);
}

// One frame's readings as they come in, and what is known besides.
class Decoder {
 public:
  Decoder(const std::vector<Field>& fields, const Readings& known) : fields_(fields), known_(known) {}

  template <typename Take>
  void run(Take take) {
    // Counts and system voltages first: others hang on them. What is derived of those others comes last.
    for (const Field& field : fields_) {
      if (!hangsOnOthers(field)) take(field);
    }
    deriveAll();
    for (const Field& field : fields_) {
      if (hangsOnOthers(field) && isThere(field)) take(field);
    }
    deriveAll();
  }

  void takeAlarms(const Field& field, std::uint16_t address, Words words) {
    bool is_absent = false;
    if (std::optional<std::string> text = alarmsText(field, address, words, decoded_.unknown, is_absent)) put(field, *std::move(text));
    if (is_absent) complete_ = false;
  }

  void takeWords(const Field& field, Words words) {
    if (field.type == Type::ascii) return putText(field, asciiText(words));
    if (field.words <= 2 && field.absent == rawOf(field.type, words)) {
      complete_ = false;
    } else if (field.type == Type::hex) {
      putText(field, hexText(words));
    } else {
      takeRaw(field, rawOf(field.type, words));
    }
  }

  // raw: before mask and sign.
  void takeRaw(const Field& field, std::uint32_t raw) {
    if (field.absent == raw) {
      complete_ = false;
    } else if (field.type == Type::enumeration) {
      putWord(field, masked(field, raw));
    } else if (field.type == Type::bits) {
      put(field, bitsText(field, masked(field, raw)));
    } else if (field.type == Type::version) {
      put(field, versionText(raw));
    } else {
      putNumber(field, masked(field, raw));
    }
  }

  // nothing_there: the words are what devices fill with where they have nothing.
  Decoded take(bool nothing_there) {
    const bool unsupported = nothing_there && !complete_;
    if (unsupported || !decoded_.implausible.empty()) decoded_.readings.clear();
    if (unsupported) decoded_.unknown.clear();
    return std::move(decoded_);
  }

 private:
  static bool hangsOnOthers(const Field& field) { return !field.count.empty() || !field.times.empty(); }

  std::optional<double> number(const std::string& key) const {
    const std::optional<double> own = numberIn(decoded_.readings, key);
    return own ? own : numberIn(known_, key);
  }

  bool isThere(const Field& field) const {
    if (!field.count.empty() && number(field.count).value_or(0) < field.index) return false;
    return field.times.empty() || number(field.times).value_or(0) > 0;
  }

  void deriveAll() {
    for (const Field& field : fields_) {
      if (!isDerived(field.type) || decoded_.readings.contains(field.key)) continue;
      // A frame says nothing of what others are made of; but the first of several may be known from another one.
      if (std::ranges::none_of(field.inputs, [this](const std::string& input) { return decoded_.readings.contains(input); })) continue;
      std::optional<Value> value = derivedValue(field, decoded_.readings, known_);
      if (value) putChecked(field, *value, *value);
    }
  }

  void putNumber(const Field& field, std::uint32_t raw) {
    const Value value = numberOf(field, raw);
    putChecked(field, field.times.empty() ? value : numberOf(field, raw, *number(field.times) / kBaseVoltage), value);
  }

  // compared: what the limits are for.
  void putChecked(const Field& field, Value value, const Value& compared) {
    if (std::string clause = implausibleText(field, compared); !clause.empty()) decoded_.implausible.push_back(std::move(clause));
    put(field, std::move(value));
  }

  void put(const Field& field, Value value) { decoded_.readings.insert_or_assign(field.key, std::move(value)); }

  void putText(const Field& field, std::string text) {
    if (!text.empty()) put(field, std::move(text));  // a blank text tells nothing
  }

  void putWord(const Field& field, std::uint32_t code) {
    const auto found = std::ranges::find(field.values, code, &Word::code);
    if (found == field.values.end()) decoded_.unknown.push_back(field.key + " code " + std::to_string(code));
    put(field, found == field.values.end() ? std::string("unknown") : found->word);
  }

  const std::vector<Field>& fields_;
  const Readings& known_;
  Decoded decoded_;
  bool complete_ = true;
};

// Of registers from address on.
Decoded decodeWords(const std::vector<Field>& fields, std::uint16_t address, Words words, const Readings& known) {
  Decoder decoder(fields, known);
  decoder.run([&](const Field& field) {
    if (isDerived(field.type)) return;
    if (field.type == Type::alarms) return decoder.takeAlarms(field, address, words);
    if (field.address < address || field.address + field.words > address + words.size()) return;
    decoder.takeWords(field, words.subspan(field.address - address, field.words));
  });
  // Devices fill what they do not have with 0xFFFF, and that is a value for a signed field.
  return decoder.take(std::ranges::all_of(words, [](std::uint16_t word) { return word == kUnsupported; }));
}

}  // namespace

Decoded decode(const Profile& profile, std::uint16_t address, std::span<const std::uint16_t> words, const Readings& known) {
  if (profile.stream) return {};  // its addresses are no registers
  return decodeWords(profile.fields, address, words, known);
}

Decoded decodeStream(const Profile& profile, std::span<const std::uint8_t> bytes) {
  if (!profile.stream || bytes.size() < profile.stream->header.size()) return {};
  if (!std::ranges::equal(bytes.first(profile.stream->header.size()), profile.stream->header)) return {};
  const Readings known;
  Decoder decoder(profile.fields, known);
  decoder.run([&](const Field& field) {
    if (isDerived(field.type) || field.address + bytesOf(field.type) > bytes.size()) return;
    decoder.takeRaw(field, rawOf(field.type, bytes.subspan(field.address)));
  });
  return decoder.take(false);
}

Decoded decodeHistory(const Profile& profile, std::span<const std::uint16_t> words) {
  if (!profile.history || std::ranges::all_of(words, [](std::uint16_t word) { return word == 0; })) return {};
  return decodeWords(profile.history->fields, 0, words, {});
}

Readings published(const Profile& profile, Readings readings) {
  for (const Field& field : profile.fields) {
    if (!field.published) readings.erase(field.key);
  }
  return readings;
}

}  // namespace blupow::profile
