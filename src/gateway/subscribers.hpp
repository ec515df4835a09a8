// A list of who wants to be told. The subscription is RAII; coming and going during a round is allowed: who leaves hears nothing more, who comes
// hears the next round. Loop thread.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace blupow::gateway {

template <typename Member>
class Subscribers {
  struct List {
    std::vector<Member*> members;  // null: has left during a round
    int rounds = 0;                // under way, one inside the other
  };

 public:
  class Subscription {
   public:
    Subscription() = default;
    Subscription(std::weak_ptr<List> list, Member* member) : list_(std::move(list)), member_(member) {}
    ~Subscription() { end(); }
    Subscription(Subscription&& other) noexcept : list_(std::move(other.list_)), member_(std::exchange(other.member_, nullptr)) {}
    Subscription& operator=(Subscription&& other) noexcept {
      if (this == &other) return *this;
      end();
      list_ = std::move(other.list_);
      member_ = std::exchange(other.member_, nullptr);
      return *this;
    }
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;

   private:
    void end() {
      if (const auto list = list_.lock(); list && member_ != nullptr) {
        std::ranges::replace(list->members, member_, nullptr);
        if (list->rounds == 0) std::erase(list->members, nullptr);
      }
      member_ = nullptr;
    }

    std::weak_ptr<List> list_;
    Member* member_ = nullptr;
  };

  [[nodiscard]] Subscription add(Member& member) {
    list_->members.push_back(&member);
    return {list_, &member};
  }

  template <typename Call>
  void tell(Call call) const {
    const auto list = list_;  // outlives the round, whatever a member does
    const std::size_t count = list->members.size();
    ++list->rounds;
    for (std::size_t index = 0; index < count; ++index) {
      if (list->members[index] != nullptr) call(*list->members[index]);
    }
    if (--list->rounds == 0) std::erase(list->members, nullptr);
  }

 private:
  std::shared_ptr<List> list_ = std::make_shared<List>();
};

}  // namespace blupow::gateway
