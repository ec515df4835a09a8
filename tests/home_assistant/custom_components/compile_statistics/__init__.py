"""An integration of Home Assistant Core for tests: its service `run` has the statistics of the present five minutes compiled by Core's own task.

Core itself does so when they are over: a test would wait for up to five minutes. Runs inside Core.
"""

from datetime import timedelta

from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.statistics import get_start_time
from homeassistant.components.recorder.tasks import StatisticsTask
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers.typing import ConfigType

DOMAIN = "compile_statistics"


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    async def run(_call: ServiceCall) -> None:
        present = get_start_time() + timedelta(minutes=5)  # it names the five minutes before
        get_instance(hass).queue_task(StatisticsTask(present, False))

    hass.services.async_register(DOMAIN, "run", run)
    return True
