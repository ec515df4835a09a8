"""What Home Assistant must know of the two simulated devices and of the gateway, written out.

The inverter says what cyrils/renogy-bt's README shows of a real RIV1230RCH-SPS; the controller says the captured words of a
RNG-CTRL-RVR40 (IAmTheMitchell/renogy-ble). The simulator answers these and nothing else when it is told to be static.
"""

import re
from dataclasses import dataclass

_DAY = r"\d{4}-\d\d-\d\d"
_TIME = _DAY + r"T\d\d:\d\d:\d\d\+00:00"


@dataclass(frozen=True)
class Entity:
    key: str
    name: str
    shown: str | None  # a regular expression if `varies`; None: no matter what
    device_class: str | None = None
    unit: str | None = None
    state_class: str | None = None
    category: str | None = None
    platform: str = "sensor"
    enabled: bool = True  # else there is no state until the user enables it
    varies: bool = False
    object: str = ""  # what its id ends in, where that is not the key

    def fits(self, text: str | None) -> bool:
        """Whether this is what a person should read."""
        if self.shown is None:
            return True
        return text is not None and re.fullmatch(self.shown if self.varies else re.escape(self.shown), text) is not None


def measured(key: str, name: str, device_class: str | None, unit: str, number: str) -> Entity:
    return Entity(key, name, f"{number} {unit}", device_class, unit, "measurement")


def rated(key: str, name: str, device_class: str, unit: str, number: str) -> Entity:
    return Entity(key, name, f"{number} {unit}", device_class, unit, "measurement", "diagnostic")


def counted(key: str, name: str, device_class: str | None, unit: str | None, number: str) -> Entity:
    return Entity(key, name, f"{number} {unit}" if unit else number, device_class, unit, "total_increasing")


def metered(key: str, name: str) -> Entity:
    """Counted by BluPow."""
    return Entity(key, name, r"\d+\.\d{4} kWh", "energy", "kWh", "total_increasing", varies=True)


def told(key: str, name: str, shown: str | None) -> Entity:
    return Entity(key, name, shown, category="diagnostic")


def unasked(key: str, name: str) -> Entity:
    """There for who enables it, and without a state until then."""
    return Entity(key, name, None, category="diagnostic", enabled=False)


def worded(key: str, name: str, shown: str) -> Entity:
    return Entity(key, name, shown, "enum")


INVERTER_READINGS = [
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

CONTROLLER_READINGS = [
    told("model", "Model", "RNG-CTRL-RVR40"),
    told("device_id", "Device ID", "16"),
    told("serial_number", "Serial Number", "1501FFFF"),
    told("software_version", "Software Version", "V3.2.1"),
    told("hardware_version", "Hardware Version", "V1.2.3"),
    rated("system_voltage", "System Voltage", "voltage", "V", "24"),
    rated("rated_charge_current", "Rated Charge Current", "current", "A", "40"),
    unasked("rated_discharge_current", "Rated Discharge Current"),
    unasked("product_type", "Product Type"),
    measured("battery_soc", "Battery SOC", "battery", "%", "100"),
    measured("battery_voltage", "Battery Voltage", "voltage", "V", "14.4"),
    measured("battery_current", "Battery Current", "current", "A", "0.04"),
    measured("controller_temperature", "Controller Temperature", "temperature", "°C", "14"),
    measured("battery_temperature", "Battery Temperature", "temperature", "°C", "25"),
    measured("load_voltage", "Load Voltage", "voltage", "V", "0.0"),
    measured("load_current", "Load Current", "current", "A", "0.00"),
    measured("load_power", "Load Power", "power", "W", "0"),
    measured("solar_voltage", "Solar Voltage", "voltage", "V", "23.2"),
    measured("solar_current", "Solar Current", "current", "A", "0.04"),
    measured("solar_power", "Solar Power", "power", "W", "1"),
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
    Entity("total_operating_days", "Total Operating Days", "555 d", None, "d", "total_increasing", "diagnostic"),
    Entity("battery_overdischarge_count", "Battery Over-discharge Count", "1", state_class="total_increasing", category="diagnostic"),
    Entity("battery_full_charge_count", "Battery Full Charge Count", "0", state_class="total_increasing", category="diagnostic"),
    counted("total_charging_amp_hours", "Total Charging Amp Hours", None, "Ah", "4988"),
    counted("total_discharging_amp_hours", "Total Discharging Amp Hours", None, "Ah", "0"),
    Entity("load_status", "Load", "off", platform="switch", object="load"),
    unasked("load_brightness", "Load Brightness"),
    worded("charging_status", "Charging Status", "boost"),
    told("faults", "Faults", "none"),
    Entity("battery_type", "Battery Type", "lithium", "enum", category="diagnostic"),
]

# Settings as they are shown while they may not be changed.
INVERTER_SETTINGS = [
    rated("max_charging_current", "Maximum Charging Current", "current", "A", "60.0"),
    rated("undervoltage_warning", "Under-voltage Warning", "voltage", "V", "11.0"),
    rated("overvoltage_threshold", "Over-voltage Threshold", "voltage", "V", "15.5"),
    rated("input_current_limit", "AC Input Current Limit", "current", "A", "30.0"),
]

CONTROLLER_SETTINGS = [
    unasked("nominal_battery_capacity", "Nominal Battery Capacity"),
    rated("overvoltage_threshold", "Over-voltage Threshold", "voltage", "V", "16.0"),
    rated("charging_limit_voltage", "Charging Limit Voltage", "voltage", "V", "15.5"),
    rated("equalizing_voltage", "Equalizing Voltage", "voltage", "V", "14.8"),
    rated("boost_voltage", "Boost Voltage", "voltage", "V", "14.6"),
    rated("float_voltage", "Float Voltage", "voltage", "V", "13.8"),
    rated("boost_return_voltage", "Boost Return Voltage", "voltage", "V", "13.2"),
    rated("overdischarge_return_voltage", "Over-discharge Return Voltage", "voltage", "V", "12.6"),
    rated("undervoltage_warning", "Under-voltage Warning", "voltage", "V", "12.0"),
    rated("overdischarge_voltage", "Over-discharge Voltage", "voltage", "V", "11.1"),
    rated("discharge_limit_voltage", "Discharge Limit Voltage", "voltage", "V", "10.6"),
    unasked("end_of_charge_soc", "End of Charge SOC"),
    unasked("end_of_discharge_soc", "End of Discharge SOC"),
    rated("overdischarge_delay", "Over-discharge Delay", "duration", "s", "5"),
    rated("equalizing_time", "Equalizing Time", "duration", "min", "120"),
    rated("boost_time", "Boost Time", "duration", "min", "120"),
    rated("equalizing_interval", "Equalizing Interval", "duration", "d", "28"),
    unasked("temperature_compensation", "Temperature Compensation"),
    Entity("load_mode", "Load Mode", "manual", "enum", category="diagnostic"),
]

INVERTER_METERS = [
    metered("solar_energy", "Solar Energy"),
    metered("charging_energy", "Charging Energy"),
    metered("load_energy", "Load Energy"),
]

# Of every link, and readable while its device is away.
LINK_ENTITIES = [
    Entity("connection_reason", "Connection Reason", "connected", "enum", category="diagnostic"),
    unasked("rssi", "Signal Strength"),
    unasked("success_rate", "Poll Success Rate"),
    unasked("poll_duration", "Poll Duration"),
    Entity("reconnects", "Reconnects", r"\d+", state_class="total_increasing", category="diagnostic", varies=True),
    # The link is told of once a minute at most.
    Entity("last_success", "Last Success", f"unknown|{_TIME}", "timestamp", category="diagnostic", varies=True),
    Entity("bluetooth_connection", "Bluetooth Connection", "on", category="config", platform="switch"),
    Entity("refresh", "Refresh", rf"unknown|{_DAY}T.*", category="diagnostic", platform="button", varies=True),  # when it was pressed
]

INVERTER_ENTITIES = [*INVERTER_READINGS, *INVERTER_SETTINGS, *INVERTER_METERS, *LINK_ENTITIES]
CONTROLLER_ENTITIES = [*CONTROLLER_READINGS, *CONTROLLER_SETTINGS, *LINK_ENTITIES]

GATEWAY_ENTITIES = [
    told("version", "Version", None),
    Entity("started_at", "Started At", _TIME, "timestamp", category="diagnostic", varies=True),
    told("adapter", "Bluetooth Adapter", "hci0"),
    Entity("devices", "Devices", "2", state_class="measurement", category="diagnostic"),
    Entity("polls_ok", "Successful Polls", r"[1-9]\d*", state_class="total_increasing", category="diagnostic", varies=True),
    Entity("polls_failed", "Failed Polls", "0", state_class="total_increasing", category="diagnostic"),
    Entity("last_success", "Last Success", _TIME, "timestamp", category="diagnostic", varies=True),
    Entity("poll_time", "Poll Time", r"\d\.\d\d s", "duration", "s", "measurement", "diagnostic", varies=True),
]
