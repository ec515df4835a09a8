// One Modbus device behind a module: its registers, and for live ones the model that moves them. Pure.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "sim/renogy/registers.hpp"
#include "sim/scene.hpp"

namespace blupow::sim {

// Moves the words of a live unit.
class Model {
 public:
  virtual ~Model() = default;
  virtual void advance(double seconds, Registers& registers) = 0;  // simulated seconds since the last call
};

class Unit {
 public:
  Unit(const UnitScene& scene, const Scene& world);

  std::uint8_t id() const { return scene_.id; }
  const UnitScene& scene() const { return scene_; }
  Registers& registers() { return registers_; }
  const std::map<std::uint16_t, std::uint64_t>& reads() const { return reads_; }  // how often, by first register
  void forgetReads() { reads_.clear(); }

  void advance(double seconds);

  // As a hub does when it counts its devices anew.
  void reassign(std::uint8_t id);
  void silence(bool on) { scene_.silent = on; }
  bool hears(const Request& request) const;             // asked by its id, or as 0xFF where it takes that
  std::uint8_t speaksAs(const Request& request) const;  // the id in its answer
  bool dangerous(const Request& request) const;

  // Nothing when this unit does not feel asked, or never answers this. ignored: a write is answered as if it were done.
  std::optional<Bytes> answer(const Request& request, bool ignored = false);

 private:
  Bytes execute(const Request& request, std::uint8_t as, bool ignored);

  UnitScene scene_;
  Registers registers_;
  std::unique_ptr<Model> model_;
  std::map<std::uint16_t, std::uint64_t> reads_;
};

}  // namespace blupow::sim
