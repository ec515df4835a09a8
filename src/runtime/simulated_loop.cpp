#include "runtime/simulated_loop.hpp"

namespace blupow::runtime {

// Timers by due time, then by the order in which they were armed.
struct SimulatedLoop::Queue {
  using Key = std::pair<TimePoint, std::uint64_t>;
  std::map<Key, Task> timers;
  std::uint64_t count = 0;
};

namespace {

constexpr TimePoint kStart = TimePoint(std::chrono::hours(1));  // not zero: a forgotten initialisation shows

template <typename Queue>
class ArmedTimer final : public Timer::Handle {
 public:
  ArmedTimer(std::weak_ptr<Queue> queue, typename Queue::Key key) : queue_(std::move(queue)), key_(key) {}
  ~ArmedTimer() override {
    if (const auto queue = queue_.lock()) queue->timers.erase(key_);
  }
  ArmedTimer(const ArmedTimer&) = delete;
  ArmedTimer& operator=(const ArmedTimer&) = delete;

 private:
  std::weak_ptr<Queue> queue_;
  typename Queue::Key key_;
};

}  // namespace

SimulatedLoop::SimulatedLoop(WallTime start) : now_(kStart), start_(start), queue_(std::make_shared<Queue>()) {}

WallTime SimulatedLoop::wallNow() const { return start_ + std::chrono::duration_cast<std::chrono::milliseconds>(now_ - kStart); }

void SimulatedLoop::post(std::string_view /*name*/, Task task) { tasks_.push_back(std::move(task)); }

Timer SimulatedLoop::at(TimePoint when, std::string_view /*name*/, Task task) {
  const Queue::Key key{when, queue_->count++};
  queue_->timers.emplace(key, std::move(task));
  return Timer(std::make_unique<ArmedTimer<Queue>>(queue_, key));
}

void SimulatedLoop::work(std::string_view name, Task job, Task done) {
  post(name, [this, name, job = std::move(job), done = std::move(done)]() mutable {
    job();
    post(name, std::move(done));
  });
}

void SimulatedLoop::settle() {
  for (;;) {
    if (!tasks_.empty()) {
      Task task = std::move(tasks_.front());
      tasks_.pop_front();
      task();
      continue;
    }
    const auto first = queue_->timers.begin();
    if (first == queue_->timers.end() || first->first.first > now_) return;
    Task task = std::move(first->second);
    queue_->timers.erase(first);
    task();
  }
}

void SimulatedLoop::advance(Duration by) {
  const TimePoint end = now_ + by;
  settle();
  while (!queue_->timers.empty() && queue_->timers.begin()->first.first <= end) {
    now_ = std::max(now_, queue_->timers.begin()->first.first);
    settle();
  }
  now_ = end;
}

}  // namespace blupow::runtime
