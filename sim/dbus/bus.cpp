#include "sim/dbus/bus.hpp"

#include <poll.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdlib>
#include <vector>

#include "sim/dbus/sdbus_version.hpp"
#include "sim/dbus/values.hpp"

namespace blupow::sim {

namespace asio = boost::asio;

struct Bus::Parts : std::enable_shared_from_this<Bus::Parts> {
  Parts(Loop& theLoop, Events theEvents, std::unique_ptr<sdbus::IConnection> theConnection)
      : loop(theLoop),
        events(std::move(theEvents)),
        connection(std::move(theConnection)),
        descriptor(loop.context(), dup(connection->getEventLoopPollData().fd)),
        timer(loop.context()) {}

  // Everything there is to do: handle what came, send what is left, wait for the next of either.
  void pump() {
    if (dead) return;
    sdbus::IConnection::PollData poll{};
    if (!onBus([&] {
          while (library::process(*connection)) {
          }
          poll = connection->getEventLoopPollData();
        })) {
      dead = true;
      descriptor.cancel();
      timer.cancel();
      loop.post([self = weak_from_this()] {
        if (const auto parts = self.lock()) parts->events.lost();
      });
      return;
    }
    wait(poll);
  }

  void wait(const sdbus::IConnection::PollData& poll) {
    descriptor.cancel();
    const auto again = [self = weak_from_this()](const boost::system::error_code& error) {
      if (error) return;
      if (const auto parts = self.lock()) parts->pump();
    };
    if ((poll.events & POLLIN) != 0) descriptor.async_wait(asio::posix::stream_descriptor::wait_read, again);
    if ((poll.events & POLLOUT) != 0) descriptor.async_wait(asio::posix::stream_descriptor::wait_write, again);
    timer.cancel();
    const auto when = library::wakeTime(poll);
    if (!when) return;
    timer.expires_at(*when);
    timer.async_wait(again);
  }

  void schedule() {
    if (scheduled) return;
    scheduled = true;
    loop.post([self = weak_from_this()] {
      const auto parts = self.lock();
      if (!parts) return;
      parts->scheduled = false;
      parts->pump();
    });
  }

  // Handlers of matches must not throw: sdbus-c++ would take the connection down.
  void listen() {
    library::addMatch(*connection, "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',member='NameOwnerChanged'",
                      [this](sdbus::Message& message) {
                        onBus([&] {
                          std::string name;
                          std::string before;
                          std::string after;
                          message >> name >> before >> after;
                          if (name.starts_with(':') && after.empty()) events.client_gone(name);
                        });
                      });
    // Method calls reach us anyway; the match lets us see them all, also those that sd-bus answers by itself (GetManagedObjects).
    library::addMatch(*connection, "type='method_call'", [this](sdbus::Message& message) {
      onBus([&] { events.called(library::textOf(message.getInterfaceName()) + "." + library::textOf(message.getMemberName())); });
    });
  }

  Loop& loop;
  Events events;
  std::unique_ptr<sdbus::IConnection> connection;
  asio::posix::stream_descriptor descriptor;
  asio::steady_timer timer;
  std::vector<std::weak_ptr<Call>> calls;  // not answered yet
  bool dead = false;
  bool scheduled = false;
};

Bus::Bus(std::shared_ptr<Parts> parts) : parts_(std::move(parts)) {}

Bus::~Bus() {
  for (const auto& call : parts_->calls) {
    if (const auto open = call.lock()) open->forget();
  }
}

std::unique_ptr<Bus> Bus::connect(Loop& loop, const std::string& address, Events events) {
  // By the environment: sdbus-c++ 1.2 leaks a connection to a given address that cannot be opened.
  setenv("DBUS_SYSTEM_BUS_ADDRESS", address.c_str(), 1);
  std::shared_ptr<Parts> parts;
  if (!onBus([&] {
        parts = std::make_shared<Parts>(loop, std::move(events), sdbus::createSystemBusConnection());
        parts->listen();
      })) {
    return nullptr;
  }
  parts->pump();
  return std::unique_ptr<Bus>(new Bus(std::move(parts)));
}

bool Bus::own(const std::string& name) {
  const bool done = onBus([&] { library::requestName(*parts_->connection, name); });
  sent();
  return done;
}

void Bus::offerObjectManager(const std::string& path) {
  onBus([&] { library::addObjectManager(*parts_->connection, path); });
}

void Bus::sent() { parts_->schedule(); }

void Bus::call(const CallPtr& call, const std::function<void(const CallPtr&)>& handler) {
  std::erase_if(parts_->calls, [](const auto& known) { return known.expired(); });
  parts_->calls.push_back(call);
  if (!parts_->events.gate(call, handler)) handler(call);
}

sdbus::IConnection& Bus::connection() { return *parts_->connection; }

Loop& Bus::loop() { return parts_->loop; }

}  // namespace blupow::sim
