from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_logs as logs
from constructs import Construct

from weather.station_logs import StationLogs

STATIONS = ["harbour", "airport"]


class WeatherStack(Stack):
	def __init__(self, scope: Construct, construct_id: str, env_name: str, **kwargs) -> None:
		super().__init__(scope, construct_id, **kwargs)

		for station in STATIONS:
			station_logs = StationLogs(self, station.title(), station, env_name)
			CfnOutput(
				self, f"{station.title()}Log", value=station_logs.readings.log_group_name
			)

		# Forecast changes, kept beyond the stack
		forecasts = logs.LogGroup(
			self, "Forecasts", retention=logs.RetentionDays.ONE_MONTH
		)
		forecasts.apply_removal_policy(RemovalPolicy.DESTROY)

		bus = events.EventBus(self, "Bus", event_bus_name=f"weather-{env_name}")
		CfnOutput(self, "BusName", value=bus.event_bus_name)
		CfnOutput(self, "ForecastLog", value=forecasts.log_group_name)
