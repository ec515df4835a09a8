"""What Home Assistant must know of the two simulated devices and of the gateway, written out.

The inverter says what cyrils/renogy-bt's README shows of a real RIV1230RCH-SPS; the controller says the captured words of a
RNG-CTRL-RVR40 (IAmTheMitchell/renogy-ble). The simulator answers these and nothing else when it is told to be static.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entity:
    key: str
    name: str
    shown: str | None  # None: differs from run to run
    device_class: str | None = None
    unit: str | None = None
    state_class: str | None = None
    category: str | None = None
    platform: str = "sensor"


def measured(key: str, name: str, device_class: str | None, unit: str, number: str) -> Entity:
    return Entity(key, name, f"{number} {unit}", device_class, unit, "measurement")


def counted(key: str, name: str, device_class: str | None, unit: str | None, number: str) -> Entity:
    return Entity(key, name, f"{number} {unit}" if unit else number, device_class, unit, "total_increasing")


def told(key: str, name: str, shown: str | None) -> Entity:
    return Entity(key, name, shown, category="diagnostic")


def worded(key: str, name: str, shown: str) -> Entity:
    return Entity(key, name, shown, "enum")


INVERTER_ENTITIES = [
    told("model", "Inverter Model", "RIV1230RCH-SPS"),
    told("device_id", "Device ID", "32"),
    measured("input_voltage", "AC Input Voltage", "voltage", "V", "124.9"),
    measured("input_current", "AC Input Current", "current", "A", "2.20"),
    measured("input_frequency", "AC Input Frequency", "frequency", "Hz", "59.97"),
    measured("output_voltage", "AC Output Voltage", "voltage", "V", "124.9"),
    measured("output_current", "AC Output Current", "current", "A", "1.19"),
    measured("output_frequency", "AC Output Frequency", "frequency", "Hz", "59.97"),
    measured("load_active_power", "AC Load Power", "power", "W", "108"),
    measured("load_apparent_power", "AC Apparent Power", "apparent_power", "VA", "150"),
    measured("load_current", "Load Current", "current", "A", "1.2"),
    measured("load_percentage", "Load Percentage", None, "%", "5"),
    measured("line_charging_current", "Line Charging Current", "current", "A", "0.0"),
    measured("battery_voltage", "Battery Voltage", "voltage", "V", "14.4"),
    measured("battery_percentage", "Battery SOC", "battery", "%", "100"),
    measured("charging_current", "Battery Charging Current", "current", "A", "0.7"),
    worded("charging_status", "Charging Status", "deactivated"),
    measured("charging_power", "Charging Power", "power", "W", "10"),
    measured("solar_voltage", "Solar Input Voltage", "voltage", "V", "0.0"),
    measured("solar_current", "Solar Input Current", "current", "A", "0.0"),
    measured("solar_power", "Solar Input Power", "power", "W", "0"),
    measured("temperature", "Inverter Temperature", "temperature", "°C", "30.0"),
]

CONTROLLER_ENTITIES = [
    measured("battery_soc", "Battery SOC", "battery", "%", "100"),
    measured("battery_voltage", "Battery Voltage", "voltage", "V", "14.4"),
    measured("battery_current", "Battery Current", "current", "A", "0.04"),
    measured("battery_temperature", "Battery Temperature", "temperature", "°C", "25"),
    measured("controller_temperature", "Controller Temperature", "temperature", "°C", "14"),
    worded("battery_type", "Battery Type", "lithium"),
    measured("solar_voltage", "Solar Voltage", "voltage", "V", "23.2"),
    measured("solar_current", "Solar Current", "current", "A", "0.04"),
    measured("solar_power", "Solar Power", "power", "W", "1"),
    Entity("load_status", "Load Status", "off", platform="binary_sensor"),
    measured("load_voltage", "Load Voltage", "voltage", "V", "0.0"),
    measured("load_current", "Load Current", "current", "A", "0.00"),
    measured("load_power", "Load Power", "power", "W", "0"),
    measured("load_brightness", "Load Brightness", None, "%", "0"),
    worded("charging_status", "Charging Status", "boost"),
    measured("battery_min_voltage_today", "Battery Minimum Voltage Today", "voltage", "V", "14.3"),
    measured("battery_max_voltage_today", "Battery Maximum Voltage Today", "voltage", "V", "14.5"),
    measured("max_charging_current_today", "Maximum Charging Current Today", "current", "A", "0.17"),
    measured("max_discharging_current_today", "Maximum Discharging Current Today", "current", "A", "0.00"),
    measured("max_charging_power_today", "Maximum Charging Power Today", "power", "W", "1"),
    measured("max_discharging_power_today", "Maximum Discharging Power Today", "power", "W", "0"),
    counted("charging_amp_hours_today", "Charging Amp Hours Today", None, "Ah", "0"),
    counted("discharging_amp_hours_today", "Discharging Amp Hours Today", None, "Ah", "0"),
    counted("power_generation_today", "Power Generation Today", "energy", "kWh", "0.000"),
    counted("power_generation_total", "Power Generation Total", "energy", "kWh", "65.936"),
    counted("power_consumption_today", "Power Consumption Today", "energy", "kWh", "0.000"),
    counted("power_consumption_total", "Power Consumption Total", "energy", "kWh", "0.000"),
    counted("total_operating_days", "Total Operating Days", None, None, "555"),
    counted("battery_overdischarge_count", "Battery Overdischarge Count", None, None, "1"),
    counted("battery_full_charge_count", "Battery Full Charge Count", None, None, "0"),
    counted("total_charging_amp_hours", "Total Charging Amp Hours", None, "Ah", "4988"),
    counted("total_discharging_amp_hours", "Total Discharging Amp Hours", None, "Ah", "0"),
    told("faults", "Faults", "none"),
    told("model", "Controller Model", "RNG-CTRL-RVR40"),
    told("device_id", "Device ID", "16"),
    told("serial_number", "Serial Number", "1501FFFF"),
    told("software_version", "Software Version", "V3.2.1"),
    told("hardware_version", "Hardware Version", "V1.2.3"),
    Entity("system_voltage", "System Voltage", "24 V", "voltage", "V", category="diagnostic"),
    Entity("rated_charge_current", "Rated Charge Current", "40 A", "current", "A", category="diagnostic"),
]

GATEWAY_ENTITIES = [
    told("version", "Version", None),
    Entity("started_at", "Started", None, "timestamp", category="diagnostic"),
    told("adapter", "Adapter", None),
    Entity("devices", "Devices", None, state_class="measurement", category="diagnostic"),
    Entity("polls_ok", "Polls OK", None, state_class="total_increasing", category="diagnostic"),
    Entity("polls_failed", "Polls failed", None, state_class="total_increasing", category="diagnostic"),
    Entity("last_success", "Last success", None, "timestamp", category="diagnostic"),
    Entity("poll_time", "Poll time", None, "duration", "s", "measurement", "diagnostic"),
]
