#include "sim/dbus/object.hpp"

#include <algorithm>
#include <utility>

#include "sim/dbus/sdbus_version.hpp"
#include "sim/dbus/values.hpp"

namespace blupow::sim {

namespace {

constexpr const char* kProperties = "org.freedesktop.DBus.Properties";

class BusCall final : public Call {
 public:
  BusCall(Bus& bus, sdbus::MethodCall call, const std::string& signature) : bus_(bus), call_(std::move(call)) {
    sender = library::textOf(call_->getSender());
    path = library::textOf(call_->getPath());
    member = library::textOf(call_->getMemberName());
    read(signature);
  }

  void answer() override {
    send([](const sdbus::MethodCall& call) { return call.createReply(); });
  }
  void answer(const Value& value) override {
    send([&](const sdbus::MethodCall& call) {
      auto reply = call.createReply();
      append(reply, value);
      return reply;
    });
  }
  void refuse(const Refusal& refusal) override {
    send([&](const sdbus::MethodCall& call) { return call.createErrorReply(library::errorOf(refusal.name, refusal.text)); });
  }
  // A message must not outlive its connection.
  void forget() override { call_.reset(); }

 private:
  void read(const std::string& signature) {
    for (std::size_t at = 0; at < signature.size();) {
      if (signature.compare(at, 2, "ay") == 0) {
        *call_ >> bytes;
        at += 2;
      } else if (signature[at] == 'o') {
        sdbus::ObjectPath object;
        *call_ >> object;
        text = object;
        ++at;
      } else if (signature[at] == 's') {
        std::string ignored;
        *call_ >> ignored;
        ++at;
      } else {
        std::map<std::string, sdbus::Variant> entries;
        *call_ >> entries;
        for (const auto& [key, entry] : entries) {
          if (const auto value = valueOf(entry)) options.emplace(key, *value);
        }
        at += std::string_view("a{sv}").size();
      }
    }
  }

  template <typename Make>
  void send(Make make) {
    if (!call_) return;
    const auto call = std::exchange(call_, std::nullopt);
    if (call->doesntExpectReply()) return;
    onBus([&] { make(*call).send(); });
    bus_.sent();
  }

  Bus& bus_;
  std::optional<sdbus::MethodCall> call_;  // until it is answered
};

}  // namespace

struct Object::Parts : std::enable_shared_from_this<Object::Parts> {
  Parts(Bus& theBus, std::string thePath, std::string theInterface)
      : bus(theBus), path(std::move(thePath)), interface(std::move(theInterface)), table(bus.connection(), path, interface) {}

  void registerProperty(library::Table& on, const std::string& name, const Setter& setter) {
    const auto read = [this, name](sdbus::PropertyGetReply& reply) { append(reply, values.at(name)); };
    on.property(name, signatureOf(values.at(name)), read, setter ? writer(name, setter) : library::Setter());
  }

  library::Setter writer(const std::string& name, const Setter& setter) {
    return [this, name, setter](sdbus::PropertySetCall& call) {
      Value value = values.at(name);
      std::visit(
          [&](auto& held) {
            if constexpr (std::is_same_v<decltype(held), bool&> || std::is_same_v<decltype(held), std::uint32_t&> ||
                          std::is_same_v<decltype(held), std::string&>) {
              call >> held;
            }
          },
          value);
      if (const auto refused = setter(value)) throw library::errorOf(refused->name, refused->text);
    };
  }

  // sd-bus knows no property that is absent. But an interface may be registered in pieces: each optional property is a piece of its own.
  void appear(const std::string& name) {
    auto piece = std::make_unique<library::Table>(bus.connection(), path, interface);
    registerProperty(*piece, name, {});
    piece->publish();
    optional[name] = std::move(piece);
  }

  void changedLater(const std::string& name) {
    if (std::ranges::find(changed, name) == changed.end()) changed.push_back(name);
    if (changed.size() > 1) return;
    bus.loop().post([self = weak_from_this()] {
      if (const auto parts = self.lock()) parts->tellChanges();
    });
  }

  void tellChanges() {
    if (changed.empty()) return;
    std::map<std::string, sdbus::Variant> present;
    std::vector<std::string> gone;
    for (const std::string& name : changed) {
      const auto value = values.find(name);
      if (value == values.end()) {
        gone.push_back(name);
      } else {
        present.emplace(name, variantOf(value->second));
      }
    }
    changed.clear();
    onBus([&] {
      auto signal = library::newSignal(table.object(), kProperties, "PropertiesChanged");
      signal << interface << present << gone;
      table.object().emitSignal(signal);
    });
    bus.sent();
  }

  Bus& bus;
  std::string path;
  std::string interface;
  library::Table table;
  std::map<std::string, std::unique_ptr<library::Table>> optional;
  std::map<std::string, Value> values;
  std::vector<std::string> changed;
};

Object::Object(Bus& bus, std::string path, std::string interface) : parts_(std::make_shared<Parts>(bus, std::move(path), std::move(interface))) {}

Object::~Object() = default;

void Object::method(const std::string& name, const std::string& in, const std::string& out, Handler handler) {
  parts_->table.method(name, in, out, [&bus = parts_->bus, in, handler = std::move(handler)](sdbus::MethodCall call) {
    bus.call(std::make_shared<BusCall>(bus, std::move(call), in), handler);
  });
}

void Object::property(const std::string& name, Value value, const Setter& setter) {
  parts_->values.insert_or_assign(name, std::move(value));
  parts_->registerProperty(parts_->table, name, setter);
}

void Object::publish() {
  onBus([&] { parts_->table.publish(); });
}

const std::string& Object::path() const { return parts_->path; }

const Value* Object::get(const std::string& name) const {
  const auto value = parts_->values.find(name);
  return value == parts_->values.end() ? nullptr : &value->second;
}

void Object::set(const std::string& name, Value value, bool always) {
  const auto known = parts_->values.find(name);
  if (known != parts_->values.end() && known->second == value && !always) return;
  const bool fresh = known == parts_->values.end();
  parts_->values.insert_or_assign(name, std::move(value));
  if (fresh) onBus([&] { parts_->appear(name); });
  parts_->changedLater(name);
}

void Object::drop(const std::string& name) {
  if (parts_->optional.erase(name) == 0) return;
  parts_->values.erase(name);
  parts_->changedLater(name);
}

void Object::setNow(const std::string& name, Value value) {
  parts_->tellChanges();
  set(name, std::move(value), true);
  parts_->tellChanges();
}

void Object::tellAdded() {
  parts_->changed.clear();  // all of it is in the signal
  onBus([&] { parts_->table.object().emitInterfacesAddedSignal(); });
  parts_->bus.sent();
}

void Object::tellRemoved() {
  onBus([&] { parts_->table.object().emitInterfacesRemovedSignal(); });
  parts_->bus.sent();
}

}  // namespace blupow::sim
