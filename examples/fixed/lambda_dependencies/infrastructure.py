#!/usr/bin/env python3
"""Recipes of the week: a single small stack."""

import os
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_lambda, aws_s3

from lib.layers.bundling import python_layer_code

HERE = Path(__file__).parent
SUFFIX = os.environ.get("ENVIRONMENT_SUFFIX", "dev")

app = cdk.App()
stack = cdk.Stack(app, f"Recipes-{SUFFIX}")

recipes = aws_s3.Bucket(
    stack,
    "Recipes",
    bucket_name=f"recipes-of-the-week-{SUFFIX}",
    encryption=aws_s3.BucketEncryption.S3_MANAGED,
    lifecycle_rules=[aws_s3.LifecycleRule(expiration=cdk.Duration.days(400))],
    removal_policy=cdk.RemovalPolicy.DESTROY,
    auto_delete_objects=True,
)

dependencies_layer = aws_lambda.LayerVersion(
    stack,
    "DependenciesLayer",
    code=python_layer_code(
        "dependencies", aws_lambda.Runtime.PYTHON_3_12, aws_lambda.Architecture.ARM_64
    ),
    compatible_runtimes=[aws_lambda.Runtime.PYTHON_3_12],
    compatible_architectures=[aws_lambda.Architecture.ARM_64],
)

shopping_list = aws_lambda.Function(
    stack,
    "ShoppingList",
    function_name=f"shopping-list-{SUFFIX}",
    runtime=aws_lambda.Runtime.PYTHON_3_12,
    architecture=aws_lambda.Architecture.ARM_64,
    handler="shopping_list.handler",
    code=aws_lambda.Code.from_asset(str(HERE / "functions")),
    environment={"RECIPES": recipes.bucket_name},
    layers=[dependencies_layer],
)
recipes.grant_read(shopping_list)

cdk.CfnOutput(stack, "RecipesBucket", value=recipes.bucket_name)
cdk.CfnOutput(stack, "ShoppingListArn", value=shopping_list.function_arn)

app.synth()
