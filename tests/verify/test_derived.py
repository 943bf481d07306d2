"""What CDK makes out of the paths of constructs is no change of its own when a path changes."""

from __future__ import annotations

import pytest

from tapfix.verify.derived import Derived, address, unique_id

OLD, NEW = "Shop/Rule", "Shop-dev/Rule"
PATHS = {"Shop-dev": "Shop", NEW: OLD, f"{NEW}/Resource": f"{OLD}/Resource"}


def test_ids_are_made_as_cdk_makes_them() -> None:
    # As they stand in templates of aws-cdk-lib.
    path = "RekognitionLambdaS3TriggerStack/RekFunction"
    assert unique_id(path) == "RekognitionLambdaS3TriggerStackRekFunction8330C879"
    assert unique_id("s3trigger/lambda_function/Default") == "s3triggerlambdafunction28237173"
    assert unique_id("Shop") == ""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"AllowEventRule{unique_id(OLD)}", f"AllowEventRule{unique_id(NEW)}"),
        (f"from {unique_id(OLD)}:80", f"from {unique_id(NEW)}:80"),
        # One that is made of another
        (f"a{unique_id(OLD)}b{unique_id(OLD)}", f"a{unique_id(NEW)}b{unique_id(NEW)}"),
        ("Shop", "Shop-dev"),
        ("a provider (Shop/Rule)", "a provider (Shop-dev/Rule)"),
        (f"cr-owned:{address(OLD)[-8:]}", f"cr-owned:{address(NEW)[-8:]}"),
        # Too long for a name, it has lost its middle.
        (f"Sh-ule{unique_id(OLD)[-8:]}", f"Sho-le{unique_id(NEW)[-8:]}"),
        ({"a": [unique_id(OLD), 1]}, {"a": [unique_id(NEW), 1]}),
    ],
)
def test_a_text_with_a_path_in_it_follows(old: object, new: object) -> None:
    assert Derived(PATHS).is_same(old, new)
    assert not Derived({}).is_same(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Shop/Rule", "Shop-dev/Rules"),
        ("Shop/Rule", "Shop-prod/Rule"),
        (unique_id(OLD), unique_id("Shop/Other")),
        ("Rule", "Rule-dev"),
        ({"a": unique_id(OLD)}, {"b": unique_id(NEW)}),
        (["x"], ["x", "x"]),
        ("12345678", "87654321"),
        (1, 2),
    ],
)
def test_another_text_does_not(old: object, new: object) -> None:
    assert not Derived(PATHS).is_same(old, new)
