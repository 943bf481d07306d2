"""tapfix finds twenty-one common flaws in AWS CDK Python apps and mends their source."""

__version__ = "0.1.0"
