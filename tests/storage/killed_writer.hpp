// The programs that save for ever (writer.cpp, meter_writer.cpp) as their tests end them: at any moment.
#pragma once

#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "support/process.hpp"

namespace blupow::storage {

// Kills it and gives the last number that it said was stored.
inline long killed(test::Process& writer) {
  writer.signal(SIGKILL);
  EXPECT_EQ(writer.wait(), 128 + SIGKILL);
  writer.waitForEndOfOutput();
  const std::string output = writer.output();
  const auto end = output.rfind('\n');
  const auto begin = output.rfind("stored ", end) + std::string("stored ").size();
  return std::stol(output.substr(begin, end - begin));
}

}  // namespace blupow::storage
