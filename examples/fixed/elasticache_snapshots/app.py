#!/usr/bin/env python3
from aws_cdk import App, Environment

from leaderboard import LeaderboardStack

app = App()
stage = app.node.try_get_context("stage") or "dev"
LeaderboardStack(
  app,
  f"Leaderboard-{stage}",
  stage,
  env=Environment(account="123456789012", region="us-east-1"),
)
app.synth()
