#include "profile/json/check.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "profile/variant.hpp"

namespace blupow::profile {

namespace {

constexpr std::size_t kRegisters = 65536;

std::string at(const std::string& parent, std::string_view list, std::size_t index) { return parent + "/" + std::string(list) + "/" + std::to_string(index); }

bool isNumber(Type type) { return type != Type::ascii && type != Type::enumeration && type != Type::bits && type != Type::version && type != Type::hex; }
bool hasWords(Type type) { return type == Type::enumeration || type == Type::bits; }
bool takesMask(Type type) { return type == Type::u16 || type == Type::u32 || hasWords(type); }

std::size_t mostWords(Type type) {
  if (type == Type::ascii || type == Type::hex) return 125;
  return type == Type::u32 || type == Type::version || hasWords(type) ? 2 : 1;
}

std::size_t leastWords(Type type) { return type == Type::u32 || type == Type::version ? 2 : 1; }

bool isInside(const Field& field, const Block& block) { return field.address >= block.address && field.address + field.words <= block.address + block.words; }

class Checker {
 public:
  explicit Checker(const Profile& profile) : profile_(profile) {}

  std::vector<ProfileError> run() {
    checkPatterns();
    checkBlocks(profile_.blocks, "");
    checkFields(profile_.fields, "");
    checkNames(profile_, "");
    for (std::size_t index = 0; index < profile_.fields.size(); ++index) checkPlace(profile_, profile_.fields[index], at("", "fields", index));
    for (std::size_t index = 0; index < profile_.identify.size(); ++index) {
      const IdentifyRead& read = profile_.identify[index];
      checkRange(read.address, read.words, at("", "identify", index));
    }
    for (std::size_t index = 0; index < profile_.quirks.size(); ++index) checkQuirk(profile_.quirks[index], at("", "quirks", index));
    return std::move(errors_);
  }

 private:
  void add(std::string path, std::string rule, std::string message) {
    errors_.push_back({.file = {}, .path = std::move(path), .rule = std::move(rule), .message = std::move(message)});
  }

  void checkPattern(const std::string& pattern, const std::string& path) {
    try {
      const std::regex expression(pattern);
    } catch (const std::regex_error& error) {
      add(path, "regular_expression", "\"" + pattern + "\" is no regular expression: " + error.what());
    }
  }

  void checkPatterns() {
    checkPattern(profile_.guess, "/guess");
    for (std::size_t index = 0; index < profile_.identify.size(); ++index)
      checkPattern(profile_.identify[index].pattern, at("", "identify", index) + "/pattern");
    for (std::size_t index = 0; index < profile_.quirks.size(); ++index) {
      checkPattern(profile_.quirks[index].models, at("", "quirks", index) + "/models");
      checkPattern(profile_.quirks[index].names, at("", "quirks", index) + "/names");
    }
  }

  void checkRange(std::size_t address, std::size_t words, const std::string& path) {
    if (address + words > kRegisters) add(path, "register_range", "it ends at register " + std::to_string(address + words - 1) + ", the last one is 65535");
  }

  void checkBlocks(const std::vector<Block>& blocks, const std::string& parent) {
    std::set<std::string_view> names;
    for (std::size_t index = 0; index < blocks.size(); ++index) {
      const std::string path = at(parent, "blocks", index);
      if (!names.insert(blocks[index].name).second) add(path + "/name", "unique_block", "there is another block " + blocks[index].name);
      checkRange(blocks[index].address, blocks[index].words, path);
    }
  }

  void checkFields(const std::vector<Field>& fields, const std::string& parent) {
    std::set<std::string_view> keys;
    for (std::size_t index = 0; index < fields.size(); ++index) {
      const std::string path = at(parent, "fields", index);
      if (!keys.insert(fields[index].key).second) add(path + "/key", "unique_field", "there is another field " + fields[index].key);
      checkWidth(fields[index], path);
      checkValues(fields[index], path);
      checkNumber(fields[index], path);
    }
  }

  void checkWidth(const Field& field, const std::string& path) {
    if (field.words < leastWords(field.type) || field.words > mostWords(field.type)) {
      add(path + "/words", "width", "the type does not fit into " + std::to_string(field.words) + " words");
    }
    const std::uint32_t widest = field.words == 1 ? 0xFFFFU : 0xFFFFFFFFU;
    if (field.absent && (field.type == Type::ascii || field.words > 2)) add(path + "/absent", "absent", "a text of more than two words cannot be compared");
    if (field.absent > widest) add(path + "/absent", "absent", "it is more than the field can hold");
    if (field.mask > widest) add(path + "/mask", "mask", "it is more than the field can hold");
    if ((field.mask != 0 || field.shift != 0) && !takesMask(field.type)) add(path, "mask", "mask and shift are for u16, u32, enumeration and bits");
    if (field.mask == 0 && field.shift != 0) add(path + "/shift", "mask", "a shift needs a mask");
  }

  void checkValues(const Field& field, const std::string& path) {
    if (hasWords(field.type) == field.values.empty()) {
      add(path + "/values", "values", field.values.empty() ? "an enumeration and bits need values" : "values are for an enumeration and for bits");
    }
    if (field.type == Type::bits && !field.values.empty() && field.values.back().code >= 16U * field.words) {
      add(path + "/values/" + std::to_string(field.values.back().code), "values", "the field has no such bit");
    }
  }

  void checkNumber(const Field& field, const std::string& path) {
    if (field.scale == 0) add(path + "/scale", "scale", "a scale of 0 leaves nothing");
    if (!isNumber(field.type) && (field.scale != 1 || field.offset != 0 || field.decimals != 0)) {
      add(path, "scale", "scale, offset and decimals are for numbers");
    }
    if (!field.limits) return;
    if (!isNumber(field.type)) add(path + "/limits", "limits", "limits are for numbers");
    if (field.limits->lowest > field.limits->highest) add(path + "/limits", "limits", "the lowest value is more than the highest");
  }

  // Home Assistant names entities by them.
  void checkNames(const Profile& profile, const std::string& quirk) {
    std::set<std::string_view> names;
    for (std::size_t index = 0; index < profile.fields.size(); ++index) {
      const Field& field = profile.fields[index];
      if (names.insert(field.name).second) continue;
      names_unique_ = false;
      add(quirk.empty() ? at("", "fields", index) + "/name" : quirk, "unique_name", "there is another field named \"" + field.name + "\"");
    }
  }

  void checkPlace(const Profile& profile, const Field& field, const std::string& path) {
    const Block* block = profile.block(field.block);
    if (block == nullptr) {
      add(path + "/block", "known_block", "there is no block " + field.block);
    } else if (!isInside(field, *block)) {
      add(path + "/address", "inside_block",
          "register " + std::to_string(field.address) + (field.words > 1 ? " and its next" : "") + " is not inside of block " + block->name);
    }
  }

  void checkQuirk(const Quirk& quirk, const std::string& path) {
    checkBlocks(quirk.blocks, path);
    checkFields(quirk.fields, path);
    for (std::size_t index = 0; index < quirk.without.size(); ++index) {
      const std::string& name = quirk.without[index];
      if (profile_.block(name) == nullptr && profile_.field(name) == nullptr) {
        add(at(path, "without", index), "known_name", "there is no block or field " + name);
      }
    }
    const Profile variant = withQuirk(profile_, quirk);
    if (names_unique_) checkNames(variant, path);
    for (const Field& field : variant.fields) {
      const auto own = std::ranges::find(quirk.fields, field.key, &Field::key);
      if (own != quirk.fields.end()) {
        checkPlace(variant, field, at(path, "fields", static_cast<std::size_t>(own - quirk.fields.begin())));
        continue;
      }
      // The family's own field stands outside because the quirk moved its block.
      const auto moved = std::ranges::find(quirk.blocks, field.block, &Block::name);
      if (moved == quirk.blocks.end() || isInside(field, *moved)) continue;
      add(at(path, "blocks", static_cast<std::size_t>(moved - quirk.blocks.begin())), "inside_block", "field " + field.key + " is not inside of it");
    }
  }

  const Profile& profile_;
  bool names_unique_ = true;
  std::vector<ProfileError> errors_;
};

}  // namespace

std::vector<ProfileError> checkProfile(const Profile& profile) { return Checker(profile).run(); }

}  // namespace blupow::profile
