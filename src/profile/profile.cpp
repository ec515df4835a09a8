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

}  // namespace blupow::profile
