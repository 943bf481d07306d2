"""Buckets that stay, or whose objects stop their deletion."""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.proof import KEEPING, Claim, Flaw, Proof, Templates, referred, resources, said


def _flaws(templates: Templates) -> Iterator[Flaw]:
    emptied = {
        (stack, target)
        for stack, _, helper in resources(templates, "Custom::S3AutoDeleteObjects")
        for target in referred(said(helper)["BucketName"])
    }
    for stack, logical_id, bucket in resources(templates, "AWS::S3::Bucket"):
        if bucket.get("DeletionPolicy", "Delete") in KEEPING:
            yield Flaw(stack, logical_id, "DeletionPolicy")
        elif (stack, logical_id) not in emptied:
            yield Flaw(stack, logical_id, "has no Custom::S3AutoDeleteObjects")


_HELPERS = r"Custom::S3AutoDeleteObjects|AWS::(S3::BucketPolicy|IAM::Role|Lambda::Function)"

PROOF = Proof(
    _flaws,
    (
        Claim(r"(DeletionPolicy|UpdateReplacePolicy)|Properties\.Tags.*|DependsOn.*"),
        # What empties the bucket, and the right to do so.
        Claim(r"Properties\.PolicyDocument.*", kinds="AWS::S3::BucketPolicy", own=False),
        # Who is to be told of new objects waits for the policy.
        Claim(r"DependsOn.*", kinds="Custom::S3BucketNotifications", own=False),
        Claim(kinds=_HELPERS, own=False, whole=True),
    ),
)
