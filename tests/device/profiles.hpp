// Small families made by hand: what a session needs of a profile, without files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "profile/catalogue.hpp"

namespace blupow::device::test {

inline constexpr std::uint8_t kInverterId = 32;

// Blocks live (10 words at 4000, fast), charging (7 at 4327), load (6 at 4408), model (8 at 4311, once), id (1 at 4109, once).
profile::Profile inverter();
// Blocks live (34 words at 256, fast), model (8 at 12, once), version (4 at 20, slow).
profile::Profile controller();
profile::ProfilePtr shared(profile::Profile family);
profile::Catalogue catalogue();

std::vector<std::uint16_t> wordsOf(const std::string& text, std::size_t words);  // text as registers, padded with blanks

}  // namespace blupow::device::test
