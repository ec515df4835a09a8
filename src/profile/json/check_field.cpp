#include "profile/json/check_field.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "profile/encode.hpp"

namespace blupow::profile {

namespace {

constexpr std::size_t kMostWords = 125;

bool hasWords(Type type) { return type == Type::enumeration || type == Type::bits; }
bool isLong(Type type) { return type == Type::u32 || type == Type::s32; }
bool takesMask(Type type) { return type == Type::u16 || type == Type::u32 || hasWords(type); }
bool isOfStream(Type type) { return type == Type::u24 || type == Type::s24; }

std::size_t mostWords(Type type) {
  if (type == Type::ascii || type == Type::hex) return kMostWords;
  return isLong(type) || type == Type::version || hasWords(type) ? 2 : 1;
}

std::size_t leastWords(Type type) { return isLong(type) || type == Type::version ? 2 : 1; }

// The types that a frame of a stream can hold.
bool fitsStream(Type type) {
  return isOfStream(type) || isLong(type) || isDerived(type) || type == Type::u16 || type == Type::s16 || type == Type::enumeration || type == Type::bits;
}

std::uint32_t widest(const Field& field, bool in_stream) {
  if (in_stream) return bytesOf(field.type) == 4 ? 0xFFFFFFFFU : (1U << 8U * bytesOf(field.type)) - 1;
  return field.words == 1 ? 0xFFFFU : 0xFFFFFFFFU;
}

void checkWidth(const Field& field, const std::string& path, bool in_stream, Findings& findings) {
  if (in_stream != isOfStream(field.type) && (in_stream ? !fitsStream(field.type) : isOfStream(field.type))) {
    findings.add(path + "/type", "stream", in_stream ? "a stream cannot hold this type" : "u24 and s24 are for streams");
  }
  if (!in_stream && (field.words < leastWords(field.type) || field.words > mostWords(field.type))) {
    findings.add(path + "/words", "width", "the type does not fit into " + std::to_string(field.words) + " words");
  }
  if (in_stream && field.words != leastWords(field.type)) findings.add(path + "/words", "width", "in a stream the type alone says how wide a value is");
  const std::uint32_t most = widest(field, in_stream);
  if (field.absent && (field.type == Type::ascii || field.words > 2)) {
    findings.add(path + "/absent", "absent", "a text of more than two words cannot be compared");
  }
  if (field.absent > most) findings.add(path + "/absent", "absent", "it is more than the field can hold");
  if (field.mask > most) findings.add(path + "/mask", "mask", "it is more than the field can hold");
  if ((field.mask != 0 || field.shift != 0) && !takesMask(field.type)) findings.add(path, "mask", "mask and shift are for u16, u32, enumeration and bits");
  if (field.mask == 0 && field.shift != 0) findings.add(path + "/shift", "mask", "a shift needs a mask");
}

void checkValues(const Field& field, const std::string& path, Findings& findings) {
  if (field.type != Type::first && hasWords(field.type) == field.values.empty()) {
    findings.add(path + "/values", "values",
                 field.values.empty() ? "an enumeration and bits need values" : "values are for an enumeration, for bits and for first");
  }
  if (field.type == Type::bits && !field.values.empty() && field.values.back().code >= 16U * field.words) {
    findings.add(path + "/values/" + std::to_string(field.values.back().code), "values", "the field has no such bit");
  }
}

void checkNumber(const Field& field, const std::string& path, Findings& findings) {
  if (field.scale == 0) findings.add(path + "/scale", "scale", "a scale of 0 leaves nothing");
  if (field.above && field.scale_above == 0) findings.add(path + "/above/scale", "scale", "a scale of 0 leaves nothing");
  if (!isNumber(field.type)) {
    if (field.scale != 1 || field.offset != 0 || field.decimals != 0) findings.add(path, "scale", "scale, offset and decimals are for numbers");
    if (field.above) findings.add(path + "/above", "scale", "another scale is for numbers");
    if (!field.times.empty()) findings.add(path + "/times", "scale", "it is for numbers");
    if (field.limits) findings.add(path + "/limits", "limits", "limits are for numbers");
  }
  if (field.type == Type::first && field.scale != 1) findings.add(path + "/scale", "scale", "first takes its input as it is");
  if (field.type == Type::ratio && field.inputs.size() != 2) findings.add(path + "/inputs", "inputs", "a ratio has two inputs");
  if (field.limits && field.limits->lowest > field.limits->highest) findings.add(path + "/limits", "limits", "the lowest value is more than the highest");
}

void checkPart(const AlarmPart& part, const std::string& path, Findings& findings) {
  const std::uint32_t most = part.words == 1 ? 0xFFFFU : 0xFFFFFFFFU;
  if (part.mask > most) findings.add(path + "/mask", "mask", "it is more than the part can hold");
  if (part.values.empty()) return;
  const std::uint32_t last = part.values.back().code;
  const std::string place = path + "/values/" + std::to_string(last);
  if (part.kind == AlarmPart::Kind::bits && last >= 16U * part.words) findings.add(place, "values", "the part has no such bit");
  if (part.kind == AlarmPart::Kind::pairs && last > 3) findings.add(place, "values", "two bits hold 1, 2 and 3");
  if (part.kind != AlarmPart::Kind::bits && part.values.front().code == 0) findings.add(path + "/values/0", "values", "0 is no alarm");
}

// Whether the register can hold this value, so that what is read back equals what was asked for.
bool isExact(const Field& field, double value) {
  const double raw = (value - field.offset) / field.scale;
  const double lowest = field.type == Type::s16 ? -32768 : 0;
  const double highest = field.type == Type::s16 ? 32767 : 65535;
  return raw >= lowest && raw <= highest && std::abs(raw - std::round(raw)) < 1e-6;
}

void checkNumberSetting(const Field& field, const std::string& path, Findings& findings) {
  const Setting& setting = *field.setting;
  if (!setting.codes.empty()) findings.add(path + "/codes", "setting", "codes are for enumerations");
  if (field.above) findings.add(path, "setting", "a value with two scales cannot be written");
  if (!setting.range) {
    findings.add(path, "setting", "a number needs a range");
    return;
  }
  const Limits& range = *setting.range;
  if (range.lowest > range.highest) findings.add(path + "/range", "setting", "the lowest value is more than the highest");
  if (!isExact(field, range.lowest) || !isExact(field, range.highest))
    findings.add(path + "/range", "setting", "the register cannot hold these values exactly");
  if (setting.step != 0 && !isExact(field, range.lowest + std::min(setting.step, range.highest - range.lowest))) {
    findings.add(path + "/step", "setting", "the register cannot hold such steps");
  }
}

void checkWordSetting(const Field& field, const std::string& path, Findings& findings) {
  const Setting& setting = *field.setting;
  if (setting.range) findings.add(path + "/range", "setting", "a range is for numbers");
  if (setting.step != 0) findings.add(path + "/step", "setting", "a step is for numbers");
  for (std::size_t index = 0; index < setting.codes.size(); ++index) {
    if (std::ranges::find(field.values, setting.codes[index], &Word::code) == field.values.end()) {
      findings.add(path + "/codes/" + std::to_string(index), "setting", "the field has no such code");
    }
  }
  std::set<std::string_view> words;
  for (const Word& word : field.values) {
    if (!setting.codes.empty() && std::ranges::find(setting.codes, word.code) == setting.codes.end()) continue;
    if (word.code > 0xFFFF) findings.add(path, "setting", "a register cannot hold the code " + std::to_string(word.code));
    if (!words.insert(word.word).second) findings.add(path, "setting", "two codes say " + word.word + ": name the one to write in codes");
  }
}

}  // namespace

bool isNumber(Type type) { return !hasWords(type) && type != Type::ascii && type != Type::version && type != Type::hex && type != Type::alarms; }

void checkSetting(const Field& field, const std::string& path, Findings& findings) {
  const Setting& setting = *field.setting;
  const std::uint16_t address = setting.address.value_or(field.address);
  if (isDangerous(address)) {
    findings.add(setting.address ? path + "/address" : path, "dangerous", "register " + std::to_string(address) + " is never written to");
  }
  if (!isNumber(field.type) && field.type != Type::enumeration) {
    findings.add(path, "setting", "only numbers and enumerations can be set");
    return;
  }
  const bool is_whole = field.mask == 0 && (field.type == Type::u16 || field.type == Type::s16 || field.type == Type::enumeration);
  if (field.words != 1) findings.add(path, "setting", "a setting has one register");
  if (!is_whole && !setting.address) findings.add(path, "setting", "it would change the rest of its register too");
  if (field.type == Type::enumeration) {
    checkWordSetting(field, path, findings);
  } else {
    checkNumberSetting(field, path, findings);
  }
}

void checkField(const Field& field, const std::string& path, bool in_stream, Findings& findings) {
  checkWidth(field, path, in_stream, findings);
  checkValues(field, path, findings);
  checkNumber(field, path, findings);
  for (std::size_t index = 0; index < field.parts.size(); ++index) checkPart(field.parts[index], path + "/parts/" + std::to_string(index), findings);
  if (field.setting) checkSetting(field, path + "/setting", findings);
}

}  // namespace blupow::profile
