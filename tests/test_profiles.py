"""The two profiles on the complete example, with the real rules."""

from __future__ import annotations

import ast
from pathlib import Path

from tapfix.api import Options, run
from tapfix.api.result import Mode, Result, Status
from tapfix.edits import Impact
from tapfix.registry import builtin_rules
from tapfix.rule import Profile

CATALOG = Path(__file__).parent.parent / "examples/broken/product_catalog"
STACK = str(CATALOG / "lib/tap_stack.py")
# Everything destroyable is the intent of the other profile.
EPHEMERAL_ONLY = {"TAP002", "TAP003", "TAP004", "TAP005", "TAP006", "TAP007", "TAP021"}


def on_catalog(profile: Profile | None, allow_replace: bool = False) -> Result:
    options = Options(Mode.DRY_RUN, profile=profile, allow_replace=allow_replace)
    result = run([str(CATALOG)], options)
    assert not result.problems
    return result


def codes(result: Result) -> set[str]:
    return {one.rule.code for one in result.findings}


def arguments(source: bytes) -> dict[str, dict[str | None, str]]:
    """The keyword arguments of each call that has a construct's id, by that id."""
    return {
        ast.unparse(call.args[1]): {
            keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords
        }
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and len(call.args) > 1 and ast.unparse(call.args[0]) == "self"
    }


def test_production_switches_off_what_makes_data_destroyable() -> None:
    off = {rule.code for rule in builtin_rules() if Profile.PRODUCTION not in rule.profiles}
    assert off == EPHEMERAL_ONLY
    assert not codes(on_catalog(Profile.PRODUCTION, allow_replace=True)) & EPHEMERAL_ONLY
    # Without a word about it the other profile holds.
    usual = on_catalog(None)
    assert usual.profiles == ("ephemeral",)
    assert codes(usual) & EPHEMERAL_ONLY == EPHEMERAL_ONLY


def test_production_changes_no_id() -> None:
    result = on_catalog(Profile.PRODUCTION, allow_replace=True)
    before, after = result.changes[STACK]
    assert before is not None and after is not None
    assert arguments(before).keys() <= arguments(after).keys()
    app_file = result.changes[str(CATALOG / "app.py")][1]
    assert app_file is not None
    assert 'TapStack(app, "TapStack", ' in app_file.decode()
    # The other profile gives an id that people read as the name the suffix, and the stack's own.
    after = on_catalog(Profile.EPHEMERAL).changes[STACK][1]
    assert after is not None
    assert arguments(before).keys() - arguments(after).keys() == {"'ProductCatalogVPC'"}
    assert "f'ProductCatalogVPC-{environment_suffix}'" in arguments(after)


def test_production_holds_back_what_replaces_data_until_it_is_allowed() -> None:
    held = on_catalog(Profile.PRODUCTION)
    allowed = on_catalog(Profile.PRODUCTION, allow_replace=True)
    waiting = [one for one in held.findings if one.status is Status.HELD_BACK]
    assert {one.rule.code for one in waiting} == {"TAP001", "TAP018"}
    for one in waiting:
        assert one.finding.fix is not None and one.finding.fix.stateful
        assert one.reason is not None and "--allow-replace" in one.reason
    assert held.exit_code == 1
    assert not [one for one in allowed.findings if one.status is Status.HELD_BACK]
    before, now = held.changes[STACK]
    then = allowed.changes[STACK][1]
    assert before is not None and now is not None and then is not None
    names = {
        "'InventoryArchive'": "bucket_name",
        "'InventoryStream'": "stream_name",
        "'DatabaseSecret'": "secret_name",
        "'ProductDatabase'": "instance_identifier",
        "'RedisCluster'": "cluster_name",
    }
    old, new, late = arguments(before), arguments(now), arguments(then)
    for construct, name in names.items():
        assert new[construct][name] == old[construct][name], construct
        assert late[construct][name].endswith("-{environment_suffix}'"), construct
    assert "storage_encrypted" not in new["'ProductDatabase'"]
    assert late["'ProductDatabase'"]["storage_encrypted"] == "True"
    # What holds no data is replaced all the same.
    role = new["'ProcessorRole'"]["role_name"]
    assert role == "f'inventory-processor-role-{environment_suffix}'"
    assert Impact.DATA_DIES_AT_NEXT_DEPLOY not in held.impacts
