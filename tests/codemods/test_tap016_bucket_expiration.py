"""TAP016 beyond its examples: what S3 refuses, and buckets that are not for data."""

from __future__ import annotations

from pathlib import Path

import pytest

from tapfix.codemods.examples.shapes import stack
from tapfix.codemods.tap016_bucket_expiration import RULE
from tapfix.edits import Finding, Impact
from tapfix.rule import Example, Profile, Source
from tapfix.testing import Result, run_example, tree
from tests.synthesis import synthesise

IMPORTS = "from aws_cdk import aws_s3 as s3"


def run(source: Source, **settings: object) -> Result:
    names = {name.replace("_", "-"): value for name, value in settings.items()}
    return run_example(RULE, Example("", source, settings=names))


def bucket(arguments: str, after: str = "", imports: str = IMPORTS) -> str:
    return stack(f"bucket = s3.Bucket(self, 'Bucket', {arguments})\n{after}", imports)


def only(source: Source, **settings: object) -> Finding:
    (finding,) = run(source, **settings).first
    return finding


def rules_of(result: Result, folder: Path) -> list[dict[str, object]]:
    """The lifecycle rules that the app synthesises to."""
    for path, text in result.files.items():
        (folder / path).write_text(text, encoding="utf-8")
    (folder / "cdk.json").write_text('{"app": "python3 app.py"}', encoding="utf-8")
    assembly = synthesise(folder)
    assert assembly.error is None
    (template,) = assembly.templates.values()
    (made,) = (r for r in template["Resources"].values() if r["Type"] == "AWS::S3::Bucket")
    rules: list[dict[str, object]] = made["Properties"]["LifecycleConfiguration"]["Rules"]
    return rules


def moved(after: str) -> str:
    return (
        "lifecycle_rules=[s3.LifecycleRule(transitions=[s3.Transition("
        f"storage_class=s3.StorageClass.GLACIER, {after})])]"
    )


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ("transition_after=Duration.days(1095)", "after 1095 days"),
        ("transition_after=Duration.days(1095 + 1)", "not in the source"),
        ("transition_date=datetime(2027, 1, 1)", "not in the source"),
    ],
)
def test_an_expiration_that_s3_refuses_is_not_written(after: str, words: str) -> None:
    finding = only(bucket(moved(after)))
    assert finding.fix is None
    assert words in str(finding.reason)


def test_an_expiration_a_day_later_than_the_transition_is_written() -> None:
    assert only(bucket(moved("transition_after=Duration.days(1094)"))).fix is not None
    assert only(bucket(moved("transition_after=Duration.hours(24)"))).fix is not None


def test_a_transition_of_a_part_of_the_bucket_counts_too() -> None:
    rules = (
        "lifecycle_rules=[s3.LifecycleRule(prefix='a/', transitions=[s3.Transition("
        "storage_class=s3.StorageClass.GLACIER, transition_after=Duration.days(2000))])]"
    )
    assert "after 2000 days" in str(only(bucket(rules)).reason)


def test_a_rule_that_is_off_moves_nothing() -> None:
    rules = moved("transition_after=Duration.days(2000)").replace("Rule(", "Rule(enabled=False, ")
    assert only(bucket(rules)).fix is not None


def test_old_versions_must_not_expire_before_they_move() -> None:
    rules = (
        "versioned=True, lifecycle_rules=[s3.LifecycleRule(noncurrent_version_transitions=["
        "s3.NoncurrentVersionTransition(storage_class=s3.StorageClass.GLACIER,"
        " transition_after=Duration.days(90))])]"
    )
    assert only(bucket(rules)).fix is not None
    assert "after 90 days" in str(only(bucket(rules), noncurrent_days=30).reason)


@pytest.mark.parametrize(
    ("arguments", "is_versioned"),
    [
        ("versioned=self.node.try_get_context('versioned')", True),
        ("object_lock_enabled=True", True),
        ("versioned=False", False),
        ("versioned=None", False),
    ],
)
def test_old_versions_expire_where_there_may_be_some(arguments: str, is_versioned: bool) -> None:
    text = run(bucket(arguments)).files["app.py"]
    assert ("noncurrent_version_expiration" in text) is is_versioned


def test_days_are_settings() -> None:
    text = run(bucket("versioned=True"), expiration_days=400, noncurrent_days=30).files["app.py"]
    assert " expiration=Duration.days(400)" in text
    assert "noncurrent_version_expiration=Duration.days(30)" in text


def test_a_dict_rule_of_an_l1_bucket_comes_out_in_the_template(tmp_path: Path) -> None:
    source = stack(
        "s3.CfnBucket(self, 'B', versioning_configuration={'status': 'Enabled'},"
        " lifecycle_configuration={'rules': [{'status': 'Enabled', 'id': 'all'}]})\n",
        IMPORTS,
    )
    assert rules_of(run(source), tmp_path) == [
        {
            "ExpirationInDays": 1095,
            "Id": "all",
            "NoncurrentVersionExpiration": {"NoncurrentDays": 1095},
            "Status": "Enabled",
        }
    ]


def test_a_rule_of_two_buckets_is_not_changed_for_both() -> None:
    rule = "rule = s3.LifecycleRule(abort_incomplete_multipart_upload_after=Duration.days(1))\n"
    made = "".join(f"s3.Bucket(self, '{i}', lifecycle_rules=[rule])\n" for i in "AB")
    text = run(stack(rule + made, IMPORTS)).files["app.py"]
    assert text.count("lifecycle_rules=[rule, s3.LifecycleRule(expiration=") == 2


def test_a_rule_that_only_this_bucket_has_is_changed_where_it_is_made() -> None:
    rule = "rule = s3.LifecycleRule(abort_incomplete_multipart_upload_after=Duration.days(1))\n"
    text = run(stack(rule + "s3.Bucket(self, 'A', lifecycle_rules=[rule])\n", IMPORTS)).files
    assert "expiration=Duration.days(1095)" in text["app.py"].partition("s3.Bucket(")[0]


@pytest.mark.parametrize(
    "prefix", ["prefix='logs/'", "tag_filters={'a': 'b'}", "object_size_less_than=9"]
)
def test_a_rule_for_some_objects_does_not_cover_the_bucket(prefix: str) -> None:
    rule = f"s3.LifecycleRule({prefix}, noncurrent_version_expiration=Duration.days(1))"
    text = run(bucket(f"lifecycle_rules=[{rule}]")).files["app.py"]
    assert text.count("s3.LifecycleRule(") == 2


def test_an_empty_prefix_covers_the_bucket() -> None:
    rule = "s3.LifecycleRule(prefix='', abort_incomplete_multipart_upload_after=Duration.days(1))"
    text = run(bucket(f"lifecycle_rules=[{rule}]")).files["app.py"]
    assert text.count("s3.LifecycleRule(") == 1


PIPELINE = """\
from aws_cdk import Stack, aws_codepipeline_actions as actions, aws_codepipeline as codepipeline


class Delivery(Stack):
    def __init__(self, scope, id, shared):
        super().__init__(scope, id)
        actions.S3SourceAction(
            action_name="Source",
            bucket=shared["bucket"],
            bucket_key="source.zip",
            output=codepipeline.Artifact(),
        )
"""


def test_a_bucket_that_may_be_a_pipeline_s_source_is_left_alone() -> None:
    files = {
        "app.py": bucket(
            "versioned=True",
            "shared = {}\nshared['bucket'] = bucket\nDelivery(self, 'Delivery', shared)\n",
            f"{IMPORTS}\nfrom delivery import Delivery",
        ),
        "delivery.py": PIPELINE,
    }
    assert not run(files).first
    # Without the pipeline the same bucket is one for data.
    assert run(tree(files["app.py"])).first


def test_an_l1_pipeline_s_artefacts_are_noted() -> None:
    pipeline = (
        "codepipeline.CfnPipeline(self, 'P', role_arn='arn', stages=[], artifact_store="
        "codepipeline.CfnPipeline.ArtifactStoreProperty(type='S3', location=bucket.bucket_name))\n"
    )
    imports = f"{IMPORTS}\nfrom aws_cdk import aws_codepipeline as codepipeline"
    finding = only(bucket("enforce_ssl=True", pipeline, imports))
    assert finding.note
    assert finding.fix is None


@pytest.mark.parametrize(
    "use",
    [
        "cloudfront.S3OriginConfig(s3_bucket_source=bucket)",
        "self.export_value(bucket.bucket_regional_domain_name)",
        "bucket.grant_public_access()",
    ],
)
def test_what_is_served_has_no_age(use: str) -> None:
    imports = f"{IMPORTS}\nfrom aws_cdk import aws_cloudfront as cloudfront"
    assert not run(bucket("enforce_ssl=True", f"{use}\n", imports)).first


def test_the_log_bucket_of_a_distribution_is_one_for_data() -> None:
    use = "cloudfront.Distribution(self, 'D', log_bucket=bucket)\n"
    imports = f"{IMPORTS}\nfrom aws_cdk import aws_cloudfront as cloudfront"
    assert run(bucket("enforce_ssl=True", use, imports)).first


def test_impact_and_profiles() -> None:
    finding = only(bucket("enforce_ssl=True"))
    assert finding.fix is not None
    assert finding.fix.impact is Impact.DATA_EXPIRES
    assert not finding.fix.stateful
    assert RULE.profiles == set(Profile)
