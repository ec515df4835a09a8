// What is in the air: passes advertisements and the radio's condition on, remembers what was heard lately, and keeps discovery running while
// somebody wishes it. Takes the transport's one place for an observer. Loop thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "ble/transport.hpp"
#include "gateway/subscribers.hpp"

namespace blupow::gateway {

class Air final : private ble::TransportObserver {
 public:
  class Ear {
   public:
    virtual ~Ear() = default;
    virtual void radioChanged(const RadioStatus& status) = 0;
    virtual void heard(const ble::Advertisement& advertisement) = 0;
  };
  using Listening = Subscribers<Ear>::Subscription;

  // Discovery is wanted while one of these lives. They go before the air.
  class ScanWish {
   public:
    explicit ScanWish(Air& air);
    ~ScanWish();
    ScanWish(const ScanWish&) = delete;
    ScanWish& operator=(const ScanWish&) = delete;

   private:
    Air* air_;
  };

  explicit Air(ble::Transport& transport);
  ~Air() override;
  Air(const Air&) = delete;
  Air& operator=(const Air&) = delete;

  [[nodiscard]] Listening listen(Ear& ear) { return ears_.add(ear); }
  const RadioStatus& radio() const { return transport_.radio(); }

  // The last advertisement of each device heard at this time or later.
  std::vector<ble::Advertisement> heardSince(TimePoint time) const;
  std::optional<ble::Advertisement> lastHeard(const MacAddress& address) const;

 private:
  void radioChanged(const RadioStatus& status) override;
  void heard(const ble::Advertisement& advertisement) override;
  void forgetOld(TimePoint now);

  ble::Transport& transport_;
  Subscribers<Ear> ears_;
  std::map<MacAddress, ble::Advertisement> heard_;
  int wishes_ = 0;
};

}  // namespace blupow::gateway
