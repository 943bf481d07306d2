"""What an app deploys to Lambda: read from its template and its assets, never from its source."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.poller import MOST, Record, Stream
from tests.runs.container import Container
from tests.synthesis import Template

WHOLE = {"aws:cdk:bundling-stacks": ["**"]}
"""The context with which assets are bundled: layers are really built."""


@dataclass(frozen=True)
class Function:
    """A Python function as Lambda gets it.

    ``code`` and ``layers`` are the folders of the synthesised assets; ``variables`` is the
    template's environment, with references unresolved.
    """

    logical_id: str
    runtime: str
    architecture: str
    handler: str
    code: Path
    layers: tuple[Path, ...]
    variables: Mapping[str, Any]
    timeout: int


@dataclass(frozen=True)
class Mapped:
    """An event source mapping: what Lambda's poller knows. ``target`` is the function's id."""

    target: str
    source: Any
    size: int
    report: bool
    retries: int
    bisect: bool
    on_failure: Any

    def stream(self, container: Container) -> Stream:
        """The poller of a stream, set up as the template says, with ``container`` behind it."""

        def invoke(event: dict[str, Any]) -> Any:
            return container.invoke(event).value

        return Stream(
            invoke,
            report=self.report,
            retries=self.retries,
            bisect=self.bisect,
            size=self.size,
        )


@dataclass(frozen=True)
class Deployment:
    """The template and the assembly's folder of an app with one stack."""

    template: Template
    folder: Path

    def resources(self, *types: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Logical ids and properties of the resources of some types."""
        for logical_id, resource in self.template["Resources"].items():
            if resource["Type"] in types:
                yield logical_id, resource.get("Properties", {})

    def functions(self) -> dict[str, Function]:
        """The app's Python functions by logical id."""
        return {
            logical_id: self._function(logical_id, properties)
            for logical_id, properties in self.resources("AWS::Lambda::Function")
            if properties["Runtime"].startswith("python")
        }

    def schema_functions(self) -> list[Function]:
        """The functions that the deploy itself calls, in the template's order."""
        versions = {
            logical_id: properties["FunctionName"]["Ref"]
            for logical_id, properties in self.resources("AWS::Lambda::Version")
        }
        functions = self.functions()
        return [
            functions[versions[properties["HandlerArn"]["Ref"]]]
            for _, properties in self.resources("Custom::Trigger")
        ]

    def mappings(self) -> list[Mapped]:
        """What Lambda polls for the app's functions."""
        return [
            Mapped(
                target=properties["FunctionName"]["Ref"],
                source=properties["EventSourceArn"],
                size=properties.get("BatchSize", 100),
                report="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", []),
                # Without a limit Lambda tries until the record is too old.
                retries=properties.get("MaximumRetryAttempts", MOST),
                bisect=properties.get("BisectBatchOnFunctionError", False),
                on_failure=properties.get("DestinationConfig", {})
                .get("OnFailure", {})
                .get("Destination"),
            )
            for _, properties in self.resources("AWS::Lambda::EventSourceMapping")
        ]

    def _function(self, logical_id: str, properties: Mapping[str, Any]) -> Function:
        layers = [self._layer(layer["Ref"]) for layer in properties.get("Layers", [])]
        return Function(
            logical_id=logical_id,
            runtime=properties["Runtime"],
            architecture=properties.get("Architectures", ["x86_64"])[0],
            handler=properties["Handler"],
            code=self._code(logical_id, properties["Code"]),
            layers=tuple(layers),
            variables=properties.get("Environment", {}).get("Variables", {}),
            timeout=properties.get("Timeout", 3),
        )

    def _layer(self, logical_id: str) -> Path:
        properties = self.template["Resources"][logical_id]["Properties"]
        return self._asset(properties["Content"]["S3Key"])

    def _code(self, logical_id: str, code: Mapping[str, Any]) -> Path:
        if "ZipFile" not in code:
            return self._asset(code["S3Key"])
        folder = self.folder / f"inline.{logical_id}"
        folder.mkdir(exist_ok=True)
        (folder / "index.py").write_text(code["ZipFile"], "utf-8")
        return folder

    def _asset(self, key: str) -> Path:
        for listing in self.folder.glob("*.assets.json"):
            for asset in json.loads(listing.read_text("utf-8"))["files"].values():
                keys = [place["objectKey"] for place in asset["destinations"].values()]
                if key in keys:
                    return self.folder / str(asset["source"]["path"])
        raise LookupError(f"no asset of the assembly is published as {key}")


def dead_letter(record: Record, mapped: Mapped, invocations: int) -> dict[str, Any]:
    """What Lambda puts into the queue for a record of a stream that it gave up."""
    number = record["kinesis"]["sequenceNumber"]
    return {
        "requestContext": {
            "functionArn": mapped.target,
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": invocations,
        },
        "version": "1.0",
        "KinesisBatchInfo": {
            "shardId": "shardId-000000000000",
            "startSequenceNumber": number,
            "endSequenceNumber": number,
            "batchSize": 1,
        },
    }
