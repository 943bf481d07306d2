"""Mappings that try a record of a stream for ever or lose it, queues without end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tapfix.proof import Claim, Flaw, Proof, Template, Templates, referred, resources, said


def _flaws(templates: Templates) -> Iterator[Flaw]:
    for stack, logical_id, mapping in resources(templates, "AWS::Lambda::EventSourceMapping"):
        own = said(mapping)
        if "StartingPosition" in own:
            lacking = _lacking(own)
            if lacking is not None:
                yield Flaw(stack, logical_id, f"lacks {lacking}")
        elif not _is_ended(templates[stack], own):
            yield Flaw(stack, logical_id, "its queue lacks RedrivePolicy")


def _lacking(mapping: Mapping[str, Any]) -> str | None:
    """What a mapping of a stream does not say about records that fail."""
    for name in ("MaximumRetryAttempts", "MaximumRecordAgeInSeconds"):
        if mapping.get(name, -1) < 0:
            return name
    if "OnFailure" not in mapping.get("DestinationConfig", {}):
        return "DestinationConfig.OnFailure"
    # A batch of one record cannot be split.
    is_split = mapping.get("BisectBatchOnFunctionError") is True or mapping.get("BatchSize") == 1
    return None if is_split else "BisectBatchOnFunctionError"


def _is_ended(template: Template, mapping: Mapping[str, Any]) -> bool:
    """Whether the queues that a mapping reads give up on messages; those elsewhere are not seen."""
    made = template.get("Resources", {})
    queues = [made[name] for name in referred(mapping["EventSourceArn"]) if name in made]
    return all("RedrivePolicy" in said(queue) for queue in queues)


_SAID = (
    r"Properties\.(MaximumRetryAttempts|BisectBatchOnFunctionError|MaximumRecordAgeInSeconds"
    r"|DestinationConfig|FunctionResponseTypes).*|DependsOn.*"
)

PROOF = Proof(
    _flaws,
    (
        Claim(_SAID),
        Claim(r"Properties\.RedrivePolicy.*", kinds="AWS::SQS::Queue", own=False),
        # The function's role may send to the new queue, and the function waits for its policy.
        Claim(r"Properties\.PolicyDocument.*", kinds="AWS::IAM::Policy", own=False),
        Claim(r"DependsOn.*", kinds="AWS::Lambda::.*", own=False),
        Claim(kinds="AWS::SQS::Queue|AWS::IAM::Policy", own=False, whole=True),
    ),
)
