from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct


class StationLogs(Construct):
	"""Readings and faults of one weather station."""

	def __init__(self, scope: Construct, id: str, station: str, env_name: str) -> None:
		super().__init__(scope, id)

		self.readings = logs.LogGroup(
			self,
			"Readings",
			log_group_name=f"/weather/{env_name}/{station}/readings",
			retention=logs.RetentionDays.SIX_MONTHS,
			removal_policy=RemovalPolicy.DESTROY,
		)
		self.faults = logs.LogGroup(
			self,
			"Faults",
			log_group_name=f"/weather/{env_name}/{station}/faults",
			retention=logs.RetentionDays.ONE_YEAR,
			removal_policy=RemovalPolicy.DESTROY,
		)
		logs.MetricFilter(
			self,
			"FaultCount",
			log_group=self.faults,
			metric_namespace=f"Weather/{env_name}",
			metric_name=f"{station}-faults",
			filter_pattern=logs.FilterPattern.any_term("ERROR", "OFFLINE"),
		)
