#include "profile/profile.hpp"

#include <algorithm>

namespace blupow::profile {

const Block* Profile::block(std::string_view block_name) const {
  const auto found = std::ranges::find(blocks, block_name, &Block::name);
  return found == blocks.end() ? nullptr : &*found;
}

const Field* Profile::field(std::string_view key) const {
  const auto found = std::ranges::find(fields, key, &Field::key);
  return found == fields.end() ? nullptr : &*found;
}

bool IdentifyRead::fits(std::span<const std::uint16_t> answer) const {
  const auto holds = [&](const WordRange& range) {
    if (range.address < address || range.address >= address + answer.size()) return false;
    const std::uint16_t word = answer[range.address - address];
    return (word >= range.lowest && word <= range.highest) != range.outside;
  };
  return std::ranges::all_of(when, holds) && (unless.empty() || !std::ranges::all_of(unless, holds));
}

bool Profile::tells(const Field& field, const std::set<std::string, std::less<>>& answered) const {
  if (!isDerived(field.type)) return field.block.empty() || answered.contains(field.block);
  const auto is_told = [&](const std::string& key) {
    const Field* input = this->field(key);
    return input != nullptr && tells(*input, answered);
  };
  return field.type == Type::first ? std::ranges::any_of(field.inputs, is_told) : std::ranges::all_of(field.inputs, is_told);
}

bool isDerived(Type type) { return type == Type::product || type == Type::ratio || type == Type::first; }

std::size_t bytesOf(Type type) {
  if (type == Type::u32 || type == Type::s32) return 4;
  return type == Type::u24 || type == Type::s24 ? 3 : 2;
}

}  // namespace blupow::profile
