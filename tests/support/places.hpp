// Where this build lies on the machine it was made on.
#pragma once

#include <filesystem>

namespace blupow::test {

std::filesystem::path sourceFolder();  // the checkout
std::filesystem::path buildFolder();   // holds blupow and blupow-sim

}  // namespace blupow::test
