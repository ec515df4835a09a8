#include "profile/spans.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace blupow::profile {

namespace {

// What is read at the same times may be read together.
Interval classOf(const Block& block) { return block.interval == Interval::fast ? Interval::normal : block.interval; }

std::size_t endOf(const Block& block) { return std::size_t{block.address} + block.words; }

// Blocks of one class in the order of their addresses. Greedy from the lowest address is the fewest: a span that ends earlier never helps a later one.
std::vector<Span> merged(std::span<const Block> blocks, const std::vector<std::size_t>& order, std::size_t max_words) {
  std::vector<Span> spans;
  std::size_t end = 0;
  for (const std::size_t index : order) {
    const Block& block = blocks[index];
    const std::size_t new_end = std::max(end, endOf(block));
    if (!spans.empty() && block.address <= end && new_end - spans.back().address <= max_words) {
      spans.back().blocks.push_back(index);
      spans.back().words = static_cast<std::uint16_t>(new_end - spans.back().address);
      end = new_end;
    } else {
      spans.push_back({.address = block.address, .words = block.words, .blocks = {index}});
      end = endOf(block);
    }
  }
  return spans;
}

}  // namespace

std::vector<Span> spansOf(std::span<const Block> blocks, std::uint16_t max_words) {
  std::map<Interval, std::vector<std::size_t>> classes;
  for (std::size_t index = 0; index < blocks.size(); ++index) classes[classOf(blocks[index])].push_back(index);

  std::vector<Span> spans;
  for (auto& [interval, order] : classes) {
    std::ranges::sort(order, {}, [&](std::size_t index) { return std::pair(blocks[index].address, index); });
    for (Span& span : merged(blocks, order, max_words)) {
      std::ranges::sort(span.blocks);
      spans.push_back(std::move(span));
    }
  }
  std::ranges::sort(spans, {}, [](const Span& span) { return span.blocks.front(); });
  return spans;
}

std::span<const std::uint16_t> wordsOf(const Block& block, const Span& span, std::span<const std::uint16_t> words) {
  return words.subspan(static_cast<std::size_t>(block.address - span.address), block.words);
}

}  // namespace blupow::profile
