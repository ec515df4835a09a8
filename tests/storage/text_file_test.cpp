#include "storage/text_file.hpp"

#include <gtest/gtest.h>

#include "runtime/simulated_loop.hpp"
#include "support/temp_folder.hpp"

namespace blupow::storage {
namespace {

TEST(TextFile, KeepsTheLastTextForTheNextLife) {
  const test::TempFolder folder;
  runtime::SimulatedLoop loop;
  TextFile file(loop, folder.path() / "data" / "owed.json");
  EXPECT_EQ(file.load(), "");
  file.save("one");
  file.save("two");
  loop.settle();
  EXPECT_EQ(TextFile(loop, folder.path() / "data" / "owed.json").load(), "two");
}

TEST(TextFile, ATextThatCannotBeWrittenIsNoEnd) {
  const test::TempFolder folder;
  runtime::SimulatedLoop loop;
  TextFile file(loop, "/dev/null/owed.json");
  file.save("lost");
  loop.settle();
  EXPECT_EQ(file.load(), "");
}

}  // namespace
}  // namespace blupow::storage
