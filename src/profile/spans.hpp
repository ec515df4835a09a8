// Which requests bring a set of blocks: as few as the device's word limit allows. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "profile/profile.hpp"

namespace blupow::profile {

// One request: the words that it asks for, and the blocks that its answer brings, by their index.
struct Span {
  std::uint16_t address = 0;
  std::uint16_t words = 0;
  std::vector<std::size_t> blocks;

  bool operator==(const Span&) const = default;
};

// Blocks of one interval class that touch or overlap become one request while that is no longer than max_words; registers that no block names are never
// asked for, because a device may have a hole there. normal and fast are one class. In the order of each span's first block in the list; a block that is
// longer than max_words stands alone.
std::vector<Span> spansOf(std::span<const Block> blocks, std::uint16_t max_words);

// The words of one block out of a span's answer, which holds all of its words.
std::span<const std::uint16_t> wordsOf(const Block& block, const Span& span, std::span<const std::uint16_t> words);

}  // namespace blupow::profile
