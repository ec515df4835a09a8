// A program started by a test: its output is collected, every wait is bounded, it is ended by its own pid at the latest with the test.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace blupow::test {

inline constexpr std::chrono::milliseconds kBound = std::chrono::seconds(20);

class Process {
 public:
  // Looks the program up in PATH. The environment is the test's own with these changes; an empty value removes the variable.
  explicit Process(std::vector<std::string> command, const std::map<std::string, std::string>& environment = {});
  ~Process();  // kill -9 if it still runs
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  bool running();

  // Exit status, 128 + n when it died of signal n; nothing if it still runs after the bound.
  std::optional<int> wait(std::chrono::milliseconds bound = kBound);
  // SIGTERM, then wait.
  std::optional<int> terminate(std::chrono::milliseconds bound = kBound);

  std::string output() const;  // stdout so far
  std::string errors() const;  // stderr so far
  // Until stdout and stderr together hold the text (from the given position of all() on).
  bool waitForOutput(std::string_view text, std::chrono::milliseconds bound = kBound, std::size_t from = 0);
  std::string all() const;                                            // both in the order in which they came
  void type(std::string_view text) const;                             // to stdin
  void waitForEndOfOutput(std::chrono::milliseconds bound = kBound);  // both streams closed: nothing more can come

 private:
  void collect(int descriptor, std::string& into);

  pid_t pid_ = -1;
  int input_ = -1;
  std::optional<int> status_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string output_;
  std::string errors_;
  std::string all_;
  int open_ = 2;  // streams not at their end
  std::thread readers_[2];
};

// Runs it to its end; the bound passed: status is nothing.
struct Outcome {
  std::optional<int> status;
  std::string output;
  std::string errors;
};
Outcome runToEnd(std::vector<std::string> command, const std::map<std::string, std::string>& environment = {}, std::chrono::milliseconds bound = kBound);

}  // namespace blupow::test
