#include "ble/bluez/sdbus_bus.hpp"

#include <poll.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "ble/bluez/descriptor_watch.hpp"
#include "ble/bluez/sdbus_version.hpp"
#include "ble/bluez/wire.hpp"
#include "runtime/asio_loop.hpp"

namespace blupow::ble::bluez {

namespace {

using namespace std::chrono_literals;

constexpr auto kFirstRetry = 200ms;
constexpr auto kLastRetry = 5s;
// dbus-daemon allows a connection 128 calls under way and answers the 129th with LimitsExceeded.
constexpr std::size_t kMostCalls = 100;
// Messages handled in one go; the loop's other work comes in between.
constexpr int kMostMessages = 64;

constexpr auto* kBluez = "org.bluez";
constexpr auto* kObjectManager = "org.freedesktop.DBus.ObjectManager";

constexpr auto* kMatchAdded = "type='signal',sender='org.bluez',interface='org.freedesktop.DBus.ObjectManager',member='InterfacesAdded'";
constexpr auto* kMatchRemoved = "type='signal',sender='org.bluez',interface='org.freedesktop.DBus.ObjectManager',member='InterfacesRemoved'";
constexpr auto* kMatchChanged =
    "type='signal',sender='org.bluez',interface='org.freedesktop.DBus.Properties',member='PropertiesChanged',path_namespace='/org/bluez'";
constexpr auto* kMatchOwner = "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='org.bluez'";

BusError errorOf(const sdbus::Error& error) { return {error.getName(), error.getMessage()}; }
BusError lost() { return {"org.freedesktop.DBus.Error.Disconnected", "the connection to the bus is gone"}; }

}  // namespace

// What comes out of sdbus-c++'s callbacks is put into `events` and carried out after process() has returned: so no exception passes
// through the library (one out of a match handler kills the connection), nothing destroys a proxy inside its own callback, and order is kept.
struct SdbusBus::Parts : std::enable_shared_from_this<Parts> {
  using Event = std::move_only_function<void()>;

  struct Request {
    Call call;
    std::move_only_function<void(sdbus::MethodReply*, const BusError*)> finish;  // one of the two is null; makes events, calls nobody
  };
  struct Pending {
    std::unique_ptr<sdbus::IProxy> proxy;  // destroying it cancels the call without a word
    Request request;
    bool answered = false;
  };

  explicit Parts(runtime::AsioLoop& on) : loop(on) {}

  void connect();
  void subscribe();
  void match(const char* rule, void (Parts::*handler)(sdbus::Message&));
  void onAdded(sdbus::Message& message);
  void onRemoved(sdbus::Message& message);
  void onChanged(sdbus::Message& message);
  void onOwner(sdbus::Message& message);

  void ask(Request request);
  void send(Request request);
  void onReply(std::uint64_t id, sdbus::MethodReply* reply, const BusError* error);
  void sendWaiting();

  void schedulePump();
  void pump();
  void carryOut();
  void arm();
  void drop(const BusError& error);
  void close();

  runtime::AsioLoop& loop;
  BusListener* listener = nullptr;
  std::unique_ptr<sdbus::IConnection> connection;
  std::vector<sdbus::Slot> slots;  // destroyed before the connection
  std::unique_ptr<DescriptorWatch> watch;
  runtime::Timer timeout;  // sd-bus's own
  runtime::Timer retry;
  Duration retryIn = kFirstRetry;
  bool pumpPosted = false;
  bool carryingOut = false;
  std::deque<Event> events;
  std::map<std::uint64_t, Pending> pending;
  std::deque<Request> waiting;
  std::uint64_t lastId = 0;
};

// Opening takes 0.1 to 1 ms (Hello), each AddMatch 0.04 ms: the only synchronous talk, with the bus driver.
void SdbusBus::Parts::connect() {
  try {
    connection = sdbus::createSystemBusConnection();
    subscribe();
    watch = std::make_unique<DescriptorWatch>(loop, connection->getEventLoopPollData().fd, [this] { pump(); });
  } catch (const sdbus::Error& error) {
    drop(errorOf(error));
    return;
  }
  retryIn = kFirstRetry;
  events.emplace_back([this] { listener->busUp(); });
  schedulePump();
}

void SdbusBus::Parts::subscribe() {
  match(kMatchOwner, &Parts::onOwner);
  match(kMatchAdded, &Parts::onAdded);
  match(kMatchRemoved, &Parts::onRemoved);
  match(kMatchChanged, &Parts::onChanged);
}

void SdbusBus::Parts::match(const char* rule, void (Parts::*handler)(sdbus::Message&)) {
  slots.push_back(library::addMatch(*connection, rule, [this, handler](sdbus::Message& message) {
    try {
      (this->*handler)(message);
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): a signal of another shape than BlueZ's is nobody's business here
    }
  }));
}

void SdbusBus::Parts::onAdded(sdbus::Message& message) {
  auto path = wire::readPath(message);
  events.emplace_back([this, path = std::move(path), all = wire::readInterfaces(message)] { listener->interfacesAdded(path, all); });
}

void SdbusBus::Parts::onRemoved(sdbus::Message& message) {
  auto path = wire::readPath(message);
  events.emplace_back([this, path = std::move(path), all = wire::readTexts(message)] { listener->interfacesRemoved(path, all); });
}

void SdbusBus::Parts::onChanged(sdbus::Message& message) {
  auto interface = wire::readText(message);
  events.emplace_back([this, path = library::pathOf(message), interface = std::move(interface), changed = wire::readProperties(message)] {
    listener->propertiesChanged(path, interface, changed);
  });
}

void SdbusBus::Parts::onOwner(sdbus::Message& message) {
  wire::readText(message);  // the name
  wire::readText(message);  // the old owner
  events.emplace_back([this, present = !wire::readText(message).empty()] { listener->daemonChanged(present); });
}

void SdbusBus::Parts::ask(Request request) {
  if (pending.size() >= kMostCalls) {
    waiting.push_back(std::move(request));
  } else {
    send(std::move(request));
  }
}

// After the death of the bus the library throws from every call: that is an answer like another.
void SdbusBus::Parts::send(Request request) {
  const auto id = ++lastId;
  auto error = lost();
  try {
    if (connection) {
      auto proxy = library::proxyFor(*connection, kBluez, request.call.path);
      auto message = library::newCall(*proxy, std::string(request.call.interface), std::string(request.call.method));
      for (const auto& argument : request.call.arguments) wire::append(message, argument);
      const auto limit = std::min(request.call.timeout, kCallTimeout);
      library::send(
          *proxy, message,
          [this, id](sdbus::MethodReply& reply, const sdbus::Error* failed) {
            const auto why = failed ? errorOf(*failed) : BusError();
            onReply(id, &reply, failed ? &why : nullptr);
          },
          std::chrono::duration_cast<std::chrono::microseconds>(limit));
      pending.emplace(id, Pending{std::move(proxy), std::move(request)});
      schedulePump();
      return;
    }
  } catch (const sdbus::Error& thrown) {
    error = errorOf(thrown);
  }
  request.finish(nullptr, &error);
  schedulePump();
}

void SdbusBus::Parts::onReply(std::uint64_t id, sdbus::MethodReply* reply, const BusError* error) {
  const auto found = pending.find(id);
  if (found == pending.end() || found->second.answered) return;
  found->second.answered = true;
  found->second.request.finish(error ? nullptr : reply, error);
  events.emplace_back([this, id] {
    pending.erase(id);
    sendWaiting();
  });
}

void SdbusBus::Parts::sendWaiting() {
  while (!waiting.empty() && pending.size() < kMostCalls) {
    auto next = std::move(waiting.front());
    waiting.pop_front();
    send(std::move(next));
  }
}

// After every call made outside of the library's callbacks: the reply would come without it, its timeout would not, since the timer is not re-armed.
// Most calls are made by events; then arm() follows anyway.
void SdbusBus::Parts::schedulePump() {
  if (pumpPosted || carryingOut) return;
  pumpPosted = true;
  loop.post("bus", [weak = weak_from_this()] {
    if (const auto self = weak.lock()) {
      self->pumpPosted = false;
      self->pump();
    }
  });
}

void SdbusBus::Parts::pump() {
  const auto self = shared_from_this();  // an event may end in stop()
  if (connection) {
    try {
      int messages = 0;
      while (messages < kMostMessages && library::process(*connection)) ++messages;
      if (messages == kMostMessages) schedulePump();
    } catch (const std::exception& error) {
      const auto* known = dynamic_cast<const sdbus::Error*>(&error);
      drop(known ? errorOf(*known) : BusError{"org.freedesktop.DBus.Error.Failed", error.what()});
    }
  }
  carryOut();
  arm();
}

void SdbusBus::Parts::carryOut() {
  carryingOut = true;
  while (!events.empty() && listener) {
    auto event = std::move(events.front());
    events.pop_front();
    event();
  }
  carryingOut = false;
}

void SdbusBus::Parts::arm() {
  if (!connection || !watch) return;
  try {
    const auto data = connection->getEventLoopPollData();
    watch->arm((data.events & POLLIN) != 0, (data.events & POLLOUT) != 0);
    timeout.cancel();
    if (const auto when = library::wakeTime(data)) timeout = loop.at(*when, "bus timeout", [this] { schedulePump(); });
  } catch (const sdbus::Error& error) {
    drop(errorOf(error));
    schedulePump();
  }
}

// Every call under way is answered, then the listener hears of it; the next try comes after the back-off.
void SdbusBus::Parts::drop(const BusError& error) {
  auto orphans = std::exchange(pending, {});
  auto unsent = std::exchange(waiting, {});
  for (auto& [id, orphan] : orphans) {
    if (!orphan.answered) orphan.request.finish(nullptr, &error);
  }
  for (auto& request : unsent) request.finish(nullptr, &error);
  orphans.clear();  // the proxies go before their connection
  close();
  events.emplace_back([this, error] { listener->busDown(error); });
  retry = loop.at(loop.now() + retryIn, "bus retry", [this] { connect(); });
  retryIn = std::min<Duration>(retryIn * 2, kLastRetry);
  schedulePump();
}

void SdbusBus::Parts::close() {
  timeout.cancel();
  watch.reset();
  slots.clear();
  connection.reset();
}

SdbusBus::SdbusBus(runtime::AsioLoop& loop) : parts_(std::make_shared<Parts>(loop)) {}

SdbusBus::~SdbusBus() { stop(); }

void SdbusBus::start(BusListener& listener) {
  parts_->listener = &listener;
  parts_->connect();
}

void SdbusBus::stop() {
  parts_->listener = nullptr;
  parts_->retry.cancel();
  parts_->events.clear();
  parts_->waiting.clear();
  parts_->pending.clear();
  parts_->close();
}

void SdbusBus::call(Call call, Answer<void> answer) {
  parts_->ask({std::move(call), [parts = parts_.get(), answer = std::move(answer)](sdbus::MethodReply*, const BusError* error) mutable {
                 auto reply = error ? Reply<void>(std::unexpect, *error) : Reply<void>();
                 parts->events.emplace_back([answer = std::move(answer), reply = std::move(reply)]() mutable { answer(std::move(reply)); });
               }});
}

void SdbusBus::managedObjects(Answer<Objects> answer) {
  auto read = [](sdbus::MethodReply* message, const BusError* error) -> Reply<Objects> {
    if (error) return std::unexpected(*error);
    try {
      return wire::readObjects(*message);
    } catch (const sdbus::Error& failed) {
      return std::unexpected(errorOf(failed));
    }
  };
  parts_->ask({{.path = "/", .interface = kObjectManager, .method = "GetManagedObjects"},
               [parts = parts_.get(), read, answer = std::move(answer)](sdbus::MethodReply* message, const BusError* error) mutable {
                 parts->events.emplace_back([answer = std::move(answer), reply = read(message, error)]() mutable { answer(std::move(reply)); });
               }});
}

}  // namespace blupow::ble::bluez
