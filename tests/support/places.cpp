#include "places.hpp"

namespace blupow::test {

std::filesystem::path sourceFolder() { return BLUPOW_SOURCE_FOLDER; }
std::filesystem::path buildFolder() { return BLUPOW_BUILD_FOLDER; }

}  // namespace blupow::test
