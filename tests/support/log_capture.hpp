// What is logged while this lives, kept instead of printed: "info: text". Any thread may log.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace blupow::test {

class LogCapture {
 public:
  LogCapture();
  ~LogCapture();
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  // So far, at info and above, as a user sees them.
  std::vector<std::string> lines() const;
  std::vector<std::string> linesOf(std::string_view text) const;
  std::vector<std::string> all() const;  // at every level

 private:
  class Sink;
  std::shared_ptr<Sink> sink_;
};

}  // namespace blupow::test
