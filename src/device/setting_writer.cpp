#include "device/setting_writer.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <optional>
#include <utility>

namespace blupow::device {

namespace {
constexpr std::size_t kEcho = 8;  // bytes of the answer to function 06

std::string spaced(std::string key) {
  std::ranges::replace(key, '_', ' ');
  return key;
}
}  // namespace

std::expected<SettingWriter, std::string> SettingWriter::make(const profile::Profile& variant, std::uint8_t id, std::string_view key, std::string_view text,
                                                              const profile::Readings& readings) {
  auto write = profile::encode(variant, key, text, readings);
  if (!write) return std::unexpected(write.error());
  const profile::Field* field = variant.field(key);
  const profile::Block* block = variant.block(write->block);
  const auto before = readings.find(key);
  // Without something to read back nothing is written: nobody could tell what came of it.
  if (!field || !field->setting || !block) return std::unexpected("it cannot be read back");
  if (before == readings.end()) return std::unexpected("its present value is not known yet");
  return SettingWriter(*field, *block, id, std::move(*write), before->second);
}

SettingWriter::SettingWriter(const profile::Field& field, const profile::Block& block, std::uint8_t id, profile::SettingWrite write, profile::Value before)
    : field_(field), block_(block), id_(id), write_(std::move(write)), before_(std::move(before)) {}

modbus::Request SettingWriter::request() const {
  assert(!over());
  if (writes()) return modbus::Request::writeOne(id_, write_.address, write_.value);
  return modbus::Request::read(id_, block_.address, block_.words);
}

void SettingWriter::begun() {
  if (!writes()) return;
  ++writes_;
  heard_.clear();
  looked_ = reread_ = false;
}

void SettingWriter::heard(ByteView bytes) {
  if (!writes()) return;
  const std::size_t room = kMostHeard - std::min(kMostHeard, heard_.size());
  const ByteView kept = bytes.first(std::min(bytes.size(), room));
  heard_.insert(heard_.end(), kept.begin(), kept.end());
}

// A sound echo that names another register or value, in words; empty: none came.
std::string SettingWriter::otherEcho() const {
  for (std::size_t i = 0; i + kEcho <= heard_.size(); ++i) {
    const auto answer = modbus::parseAnswer(ByteView(heard_).subspan(i, kEcho));
    if (!answer || answer->function != std::to_underlying(modbus::Function::write_one)) continue;
    return "register " + std::to_string(answer->address) + " = " + std::to_string(answer->value) + " instead of register " + std::to_string(write_.address) +
           " = " + std::to_string(write_.value);
  }
  return {};
}

void SettingWriter::written(const Result<modbus::Answer>& result) {
  assert(writes());
  if (!result && result.error().kind == FailureKind::rejected) {
    end("the device refuses it: " + result.error().text);
    return;
  }
  doubt_ = result ? std::string() : result.error().text;
  other_ = result ? std::string() : otherEcho();
  stage_ = Stage::look;
}

void SettingWriter::read(const profile::Readings& readings, TimePoint now) {
  assert(stage_ == Stage::look);
  const auto found = readings.find(field_.key);
  if (found == readings.end()) {
    end("what the device says now makes no sense; look again after the next poll");
    return;
  }
  const profile::Value& shown = found->second;
  if (same(shown, write_.expected)) {
    end(other_.empty() ? std::string() : "the device confirmed something else (" + other_ + "), though it says " + words(shown) + " now");
    return;
  }
  const bool old = same(shown, before_);
  if (old && !std::exchange(looked_, true)) {
    from_ = now + kSettle;
  } else if (old && !field_.setting->follows_key.empty() && writes_ < kWrites) {
    stage_ = Stage::write;
  } else {
    end(differs(readings, shown, old));
  }
}

void SettingWriter::notRead(const Failure& failure) {
  assert(stage_ == Stage::look);
  if (failure.kind == FailureKind::protocol && !std::exchange(reread_, true)) return;
  const std::string first = doubt_.empty() ? "written and confirmed" : "written (" + doubt_ + ")";
  end(first + ", but it could not be read back: " + failure.text);
}

std::string SettingWriter::differs(const profile::Readings& readings, const profile::Value& shown, bool old) const {
  std::string text = "the device confirmed it";
  if (!other_.empty()) {
    text = "the device confirmed something else (" + other_ + ")";
  } else if (!doubt_.empty()) {
    text = "to the write came " + doubt_;
  }
  text += (old ? " and it still says " : " and it says ") + words(shown);
  if (!old) text += " instead of " + words(write_.expected);
  const profile::Setting& setting = *field_.setting;
  if (setting.follows_key.empty()) return text;
  const std::string mode = profile::textIn(readings, setting.follows_key);
  if (mode == setting.follows_word) return text;
  text += "; it follows only while " + spaced(setting.follows_key) + " is " + setting.follows_word;
  return mode.empty() ? text : text + ", now it is " + mode;
}

bool SettingWriter::same(const profile::Value& one, const profile::Value& other) const {
  const auto first = profile::asNumber(one);
  const auto second = profile::asNumber(other);
  if (!first || !second) return one == other;
  return std::abs(*first - *second) < std::pow(10.0, -field_.decimals) / 2;
}

std::string SettingWriter::words(const profile::Value& value) const {
  const auto number = profile::asNumber(value);
  if (!number) return std::get<std::string>(value);
  return profile::numberText(*number) + (field_.unit.empty() ? "" : " " + field_.unit);
}

void SettingWriter::end(std::string failure) {
  stage_ = Stage::over;
  failure_ = std::move(failure);
}

}  // namespace blupow::device
