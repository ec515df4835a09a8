#include "profile/json/check.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "profile/json/check_field.hpp"
#include "profile/json/check_relations.hpp"
#include "profile/json/findings.hpp"
#include "profile/variant.hpp"

namespace blupow::profile {

namespace {

constexpr std::size_t kRegisters = 65536;

std::string at(const std::string& parent, std::string_view list, std::size_t index) { return parent + "/" + std::string(list) + "/" + std::to_string(index); }

bool isInside(std::size_t address, std::size_t words, const Block& block) {
  return address >= block.address && address + words <= static_cast<std::size_t>(block.address) + block.words;
}

bool isInside(const Field& field, const Block& block) {
  if (isDerived(field.type)) return true;
  if (field.type != Type::alarms) return isInside(field.address, field.words, block);
  return std::ranges::all_of(field.parts, [&](const AlarmPart& part) { return isInside(part.address, std::size_t{part.words} * part.repeat, block); });
}

constexpr const char* kFirmware = "the module's firmware update is never written to";

class Checker {
 public:
  explicit Checker(const Built& built) : profile_(built.profile), places_(built.places) {}

  std::vector<ProfileError> run() {
    checkGatt();
    checkPatterns();
    checkBlocks(profile_.blocks, "");
    checkFields(profile_.fields, places_.fields);
    checkNames(profile_, "");
    for (std::size_t index = 0; index < profile_.fields.size(); ++index) checkPlace(profile_, profile_.fields[index], places_.fields[index]);
    checkRelations(profile_, places_.fields, findings_);
    for (std::size_t index = 0; index < profile_.identify.size(); ++index) checkIdentify(profile_.identify[index], at("", "identify", index));
    if (profile_.stream && profile_.stream->length < profile_.stream->header.size()) findings_.add("/stream/length", "stream", "the header is longer");
    if (profile_.history) checkHistory(*profile_.history);
    for (std::size_t index = 0; index < profile_.quirks.size(); ++index) checkQuirk(profile_.quirks[index], index);
    return findings_.take();
  }

 private:
  void checkGatt() {
    const Gatt& gatt = profile_.gatt;
    if (isFirmwareUpdate(gatt.write_service)) findings_.add("/gatt/write_service", "dangerous", kFirmware);
    if (isFirmwareUpdate(gatt.write)) findings_.add("/gatt/write", "dangerous", kFirmware);
  }

  void checkPattern(const std::string& pattern, const std::string& path) {
    try {
      static_cast<void>(std::regex(pattern));
    } catch (const std::regex_error& error) {
      findings_.add(path, "regular_expression", "\"" + pattern + "\" is no regular expression: " + error.what());
    }
  }

  void checkPatterns() {
    checkPattern(profile_.guess, "/guess");
    for (std::size_t index = 0; index < profile_.identify.size(); ++index) {
      checkPattern(profile_.identify[index].pattern, at("", "identify", index) + "/pattern");
      checkPattern(profile_.identify[index].names, at("", "identify", index) + "/names");
    }
    for (std::size_t index = 0; index < profile_.quirks.size(); ++index) {
      checkPattern(profile_.quirks[index].models, at("", "quirks", index) + "/models");
      checkPattern(profile_.quirks[index].names, at("", "quirks", index) + "/names");
    }
  }

  void checkRange(std::size_t address, std::size_t words, const std::string& path) {
    if (address + words <= kRegisters) return;
    findings_.add(path, "register_range", "it ends at register " + std::to_string(address + words - 1) + ", the last one is 65535");
  }

  void checkWords(std::size_t words, std::size_t most, const std::string& path) {
    if (words > most)
      findings_.addOnce(path, "max_words", std::to_string(words) + " words are more than one request may ask for (" + std::to_string(most) + ")");
  }

  void checkIdentify(const IdentifyRead& read, const std::string& path) {
    checkRange(read.address, read.words, path);
    checkWords(read.words, profile_.max_words, path + "/words");
    if (!read.plausible) return;
    const Block asked{.name = {}, .address = read.address, .words = read.words};
    const bool has_limits = std::ranges::any_of(
        profile_.fields, [&](const Field& field) { return field.limits && !isDerived(field.type) && field.type != Type::alarms && isInside(field, asked); });
    if (!has_limits) findings_.add(path, "plausible", "no field with limits lies in these words");
    checkWordRanges(read.when, asked, path + "/when");
    checkWordRanges(read.unless, asked, path + "/unless");
  }

  void checkWordRanges(const std::vector<WordRange>& ranges, const Block& asked, const std::string& path) {
    for (std::size_t index = 0; index < ranges.size(); ++index) {
      const std::string place = path + "/" + std::to_string(index);
      if (!isInside(ranges[index].address, 1, asked)) findings_.add(place + "/address", "plausible", "the word is not read");
      if (ranges[index].lowest > ranges[index].highest) findings_.add(place, "limits", "the lowest value is more than the highest");
    }
  }

  void checkBlocks(const std::vector<Block>& blocks, const std::string& parent) {
    std::set<std::string_view> names;
    for (std::size_t index = 0; index < blocks.size(); ++index) {
      const std::string path = at(parent, "blocks", index);
      if (!names.insert(blocks[index].name).second) findings_.add(path + "/name", "unique_block", "there is another block " + blocks[index].name);
      checkRange(blocks[index].address, blocks[index].words, path);
      if (parent.empty()) checkWords(blocks[index].words, profile_.max_words, path + "/words");
    }
  }

  void checkFields(const std::vector<Field>& fields, const std::vector<std::string>& places) {
    std::set<std::string_view> keys;
    for (std::size_t index = 0; index < fields.size(); ++index) {
      if (!keys.insert(fields[index].key).second) findings_.addOnce(places[index] + "/key", "unique_field", "there is another field " + fields[index].key);
      if (index == 0 || places[index] != places[index - 1]) checkField(fields[index], places[index], profile_.stream.has_value(), findings_);
    }
  }

  // Home Assistant names entities by them.
  void checkNames(const Profile& profile, const std::string& quirk) {
    std::set<std::string_view> names;
    for (std::size_t index = 0; index < profile.fields.size(); ++index) {
      const Field& field = profile.fields[index];
      if (names.insert(field.name).second) continue;
      names_unique_ = false;
      findings_.addOnce(quirk.empty() ? places_.fields[index] + "/name" : quirk, "unique_name", "there is another field named \"" + field.name + "\"");
    }
  }

  void checkPlace(const Profile& profile, const Field& field, const std::string& path) {
    if (isDerived(field.type)) return;
    if (profile_.stream) {
      if (field.address + bytesOf(field.type) > profile_.stream->length) findings_.addOnce(path + "/address", "inside_frame", "the frame ends before");
      return;
    }
    const Block* block = profile.block(field.block);
    if (block == nullptr) {
      findings_.addOnce(path + "/block", "known_block", "there is no block " + field.block);
    } else if (field.type == Type::alarms) {
      for (std::size_t index = 0; index < field.parts.size(); ++index) {
        const AlarmPart& part = field.parts[index];
        if (isTold(profile, part, *block)) continue;
        findings_.add(at(path, "parts", index) + "/address", "inside_block", outside(part.address, part.words, block->name));
      }
    } else if (!isInside(field, *block)) {
      findings_.addOnce(path + "/address", "inside_block", outside(field.address, field.words, block->name));
    }
  }

  // By its own block, or by a longer one that holds that block whole.
  static bool isTold(const Profile& profile, const AlarmPart& part, const Block& own) {
    return std::ranges::any_of(profile.blocks, [&](const Block& block) {
      return isInside(own.address, own.words, block) && isInside(part.address, std::size_t{part.words} * part.repeat, block);
    });
  }

  static std::string outside(std::uint16_t address, std::uint16_t words, const std::string& block) {
    return "register " + std::to_string(address) + (words > 1 ? " and its next" : "") + " is not inside of block " + block;
  }

  void checkHistory(const History& history) {
    checkRange(history.address, history.days, "/history");
    checkWords(history.words, profile_.max_words, "/history/words");
    std::set<std::string_view> keys;
    const Block day{.name = "a day", .address = 0, .words = history.words};
    for (std::size_t index = 0; index < history.fields.size(); ++index) {
      const Field& field = history.fields[index];
      const std::string& path = places_.history[index];
      if (!keys.insert(field.key).second) findings_.addOnce(path + "/key", "unique_field", "there is another field " + field.key);
      checkField(field, path, false, findings_);
      if (field.type == Type::alarms) findings_.add(path + "/type", "history", "a day has no alarms");
      if (!isInside(field, day)) findings_.addOnce(path + "/address", "inside_block", outside(field.address, field.words, day.name));
    }
  }

  void checkQuirk(const Quirk& quirk, std::size_t number) {
    const std::string path = at("", "quirks", number);
    const std::vector<std::string>& places = places_.quirks[number];
    checkBlocks(quirk.blocks, path);
    checkFields(quirk.fields, places);
    for (std::size_t index = 0; index < quirk.without.size(); ++index) {
      const std::string& name = quirk.without[index];
      const bool is_meter = std::ranges::find(profile_.meters, name, &Meter::key) != profile_.meters.end();
      if (!is_meter && profile_.block(name) == nullptr && profile_.field(name) == nullptr) {
        findings_.add(at(path, "without", index), "known_name", "there is no block or field " + name);
      }
    }
    const Profile variant = withQuirk(profile_, quirk);
    if (names_unique_) checkNames(variant, path);
    for (const Field& field : variant.fields) checkPlaceInVariant(variant, field, quirk, number);
    checkVariant(variant, quirk, number);
  }

  void checkPlaceInVariant(const Profile& variant, const Field& field, const Quirk& quirk, std::size_t number) {
    const auto own = std::ranges::find(quirk.fields, field.key, &Field::key);
    if (own != quirk.fields.end()) {
      checkPlace(variant, field, places_.quirks[number][static_cast<std::size_t>(own - quirk.fields.begin())]);
      return;
    }
    // The family's own field stands outside because the quirk moved its block.
    const auto moved = std::ranges::find(quirk.blocks, field.block, &Block::name);
    if (moved == quirk.blocks.end() || isInside(field, *moved)) return;
    const Block* before = profile_.block(field.block);
    if (before != nullptr && !isInside(field, *before)) return;  // told already
    const std::string path = at(at("", "quirks", number), "blocks", static_cast<std::size_t>(moved - quirk.blocks.begin()));
    findings_.add(path, "inside_block", "field " + field.key + " is not inside of it");
  }

  // What the family has right and the quirk breaks: told of the quirk.
  void checkVariant(const Profile& variant, const Quirk& quirk, std::size_t number) {
    const std::string path = at("", "quirks", number);
    for (const Block& block : variant.blocks) {
      const bool is_own = std::ranges::find(quirk.blocks, block.name, &Block::name) != quirk.blocks.end();
      if (is_own || quirk.max_words) checkWords(block.words, variant.max_words, path);
    }
    std::vector<std::string> places(variant.fields.size(), path);
    for (std::size_t index = 0; index < variant.fields.size(); ++index) {
      const auto own = std::ranges::find(quirk.fields, variant.fields[index].key, &Field::key);
      if (own != quirk.fields.end()) places[index] = places_.quirks[number][static_cast<std::size_t>(own - quirk.fields.begin())];
    }
    Findings before;
    checkRelations(profile_, std::vector<std::string>(profile_.fields.size(), path), before);
    Findings after;
    checkRelations(variant, places, after);
    const std::vector<ProfileError> known = before.take();
    for (ProfileError& error : after.take()) {
      const bool is_known = std::ranges::any_of(known, [&](const ProfileError& one) { return one.message == error.message; });
      if (!is_known) findings_.add(error.path.starts_with(path + "/fields/") ? error.path : path, error.rule, error.message);
    }
  }

  const Profile& profile_;
  const Places& places_;
  bool names_unique_ = true;
  Findings findings_;
};

}  // namespace

std::vector<ProfileError> checkProfile(const Built& built) { return Checker(built).run(); }

}  // namespace blupow::profile
