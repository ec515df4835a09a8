// The real loop, on Boost.Asio. run() holds the calling thread; everything the loop runs, runs there. A task that throws ends the program: it is a bug.
#pragma once

#include <memory>

#include "runtime/loop.hpp"

namespace boost::asio {
class io_context;
}

namespace blupow::runtime {

class AsioLoop final : public Loop {
 public:
  AsioLoop();
  ~AsioLoop() override;
  AsioLoop(const AsioLoop&) = delete;
  AsioLoop& operator=(const AsioLoop&) = delete;

  TimePoint now() const override;
  WallTime wallNow() const override;
  void post(std::string_view name, Task task) override;
  [[nodiscard]] Timer at(TimePoint when, std::string_view name, Task task) override;
  void work(std::string_view name, Task job, Task done) override;

  // Until stop(). Tasks still queued at stop are not run. stop() from any thread.
  void run();
  void stop();

  // Calls the task on the loop for each SIGTERM or SIGINT, with the signal's number.
  void onSignal(std::move_only_function<void(int)> task);

  // For the rooms that wait on descriptors (ble/bluez, web).
  boost::asio::io_context& context();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace blupow::runtime
