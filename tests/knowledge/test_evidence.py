"""How the builder draws evidence from JavaScript, schemas and documentation."""

from __future__ import annotations

from collections.abc import Set

import pytest
from catalogue import javascript, lengths
from catalogue.evidence import Evidence, gather
from catalogue.facts import Facts, of_generated
from catalogue.naming import snake
from catalogue.physical import Name, Resource, name_of
from catalogue.schemas import Schema
from catalogue.scripts import Scripts
from catalogue.structs import Member, Types

CORE = (
    'class Resource extends constructs_1().Construct{static[RTTI]={fqn:"aws-cdk-lib.Resource"};'
    "constructor(scope,id,props={}){super(scope,id);"
    "let physicalName=props.physicalName;this.physicalName=physicalName}}"
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a,b", ["a", "b"]),
        ("f(a,b),[c,d],{e:f,g}", ["f(a,b)", "[c,d]", "{e:f,g}"]),
        ('\'a,b\',"c,\\"d"', ["'a,b'", '"c,\\"d"']),
        ("`a,${f(`b,${c},`)},`,d", ["`a,${f(`b,${c},`)},`", "d"]),
        ("x.replace(/[,)/]/g,b),c", ["x.replace(/[,)/]/g,b)", "c"]),
        ("a/b,c/d", ["a/b", "c/d"]),
        ("", []),
    ],
)
def test_splitting_at_commas(text: str, parts: list[str]) -> None:
    assert javascript.split(text) == parts


def test_expressions_end_where_they_should() -> None:
    assert javascript.expression("a=b?{c:d}:e;f", 2) == "b?{c:d}:e"
    assert javascript.expression("f(a=g(1),b)", 4) == "g(1)"
    assert javascript.expression("f(a=g(1))", 4) == "g(1)"
    assert javascript.expression("a=b", 2) == "b"


def test_entries_of_an_object() -> None:
    named, spread = javascript.entries('a:b?c:d,"e-f":1,g,...h,i(){return 1}')
    assert named == {"a": "b?c:d", "e-f": "1", "g": "g"}
    assert spread == ["h"]


def test_a_bracket_that_is_never_closed() -> None:
    with pytest.raises(ValueError, match="never closed"):
        javascript.closing("{a", 0)


def test_the_physical_name_is_what_the_base_class_gets() -> None:
    found = thing(
        "class Thing extends core_1().Resource{"
        "static[X]={fqn:'lib.x.Thing'};"
        "constructor(scope,id,props){super(scope,id,{physicalName:props.thingName});"
        "const size=props.size??1;"
        "this.made=new(gen_1()).CfnThing(this,'Resource',"
        "{name:this.physicalName,size,kind:props.colour.kind,both:props.colour+props.size})}}"
    )
    assert found.resource == "lib.x.CfnThing"
    assert found.names == {"thingName": "name"}
    assert found.sets == {"thingName": ("name",), "size": ("size",), "colour": ("kind",)}


def test_a_base_class_of_its_own_and_a_spread_are_followed() -> None:
    found = thing(
        "class Hidden extends core_1().Resource{constructor(scope,id,props){super(scope,id);"
        "this.shared={size:props.bulk}}}"
        "class Thing extends Hidden{static[X]={fqn:'lib.x.Thing'};"
        "constructor(scope,id,props){super(scope,id,{...props,bulk:props.size});"
        "new(gen_1()).CfnThing(this,'Resource',{...this.shared,name:props.thingName})}}"
    )
    assert found.sets == {"size": ("size",), "thingName": ("name",)}
    assert found.names == {}


def test_a_made_up_name_stands_in_for_the_argument() -> None:
    assert thing(creating("name:props.thingName||Names.uniqueId(this)")).names == {
        "thingName": "name"
    }
    assert thing(creating("kind:props.thingName||Names.uniqueId(this)")).names == {}


@pytest.mark.parametrize(
    ("statement", "policy"),
    [
        ("r.applyRemovalPolicy(props.removalPolicy)", "RETAIN"),
        ("r.applyRemovalPolicy(props.removalPolicy??core_1().RemovalPolicy.SNAPSHOT)", "SNAPSHOT"),
        (
            "r.applyRemovalPolicy(props.removalPolicy,{default:cdk().RemovalPolicy.DESTROY})",
            "DESTROY",
        ),
        ("props.removalPolicy&&r.applyRemovalPolicy(props.removalPolicy)", "DESTROY"),
        ("r.applyRemovalPolicy(core_1().RemovalPolicy.RETAIN)", None),
    ],
)
def test_removal_policies(statement: str, policy: str | None) -> None:
    assert thing(creating("name:props.thingName", statement)).removal == policy


def test_the_name_tag() -> None:
    tagging = "core_1().Tags.of(this).add(NAME_TAG,props.thingName||this.node.path)"
    found = thing(creating("size:props.size", tagging))
    assert (found.tag, found.tagged_by_id) == ("thingName", True)


def creating(entries: str, statement: str = "0") -> str:
    return (
        "class Thing extends core_1().Resource{static[X]={fqn:'lib.x.Thing'};"
        "constructor(scope,id,props){super(scope,id);"
        f"const r=new(gen_1()).CfnThing(this,'Resource',{{{entries}}});{statement}}}}}"
    )


def thing(script: str) -> Evidence:
    """The evidence of the class ``Thing`` in a made-up library."""
    head = (
        'var core_1=()=>{var tmp=require("../../core");return tmp},'
        ' gen_1=()=>{var tmp=require("./x.generated");return tmp};'
    )
    text = (head + script).replace("'", '"').replace("[X]=", "[RTTI]=")
    generated = 'class CfnThing extends cdk().CfnResource{static[RTTI]={fqn:"lib.x.CfnThing"}}'
    texts = {"x/lib/x": text, "x/lib/x.generated": generated, "core/lib/resource": CORE}
    props = [
        ("thingName", "string"),
        ("size", "number"),
        ("colour", "any"),
        ("removalPolicy", "any"),
    ]
    types = {
        "lib.x.Thing": described("class", "Thing", "x/lib/x", "aws-cdk-lib.Resource"),
        "lib.x.CfnThing": described(
            "class", "CfnThing", "x/lib/x.generated", "aws-cdk-lib.CfnResource"
        ),
        "aws-cdk-lib.CfnResource": described("class", "CfnResource", "core/lib/cfn-resource"),
        "aws-cdk-lib.Resource": described("class", "Resource", "core/lib/resource"),
        "lib.x.ThingProps": {
            "kind": "interface",
            "name": "ThingProps",
            "datatype": True,
            "properties": [{"name": n, "type": {"primitive": kind}} for n, kind in props],
        },
    }
    found = gather("lib.x.Thing", Types(types), Scripts(texts, types))
    assert found is not None
    return found


def described(kind: str, name: str, path: str, base: str | None = None) -> dict[str, object]:
    parameters = [
        {"name": "scope", "type": {"fqn": "constructs.Construct"}},
        {"name": "id", "type": {"primitive": "string"}},
        {"name": "props", "type": {"fqn": "lib.x.ThingProps"}},
    ]
    found: dict[str, object] = {
        "kind": kind,
        "name": name,
        "symbolId": f"{path}:{name}",
        "initializer": {"parameters": parameters},
    }
    return found if base is None else {**found, "base": base}


@pytest.mark.parametrize(
    ("pattern", "length"),
    [
        ("^[a-z]{1,40}$", 40),
        ("^[a-z][a-z0-9-]{0,62}$", 63),
        ("^(?:ab|abc)?$", 3),
        ("^[a-z]+$", None),
        ("[a-z]{1,40}", None),
        ("^[\\p{L}]{1,40}$", None),
    ],
)
def test_lengths_in_patterns(pattern: str, length: int | None) -> None:
    schema = Schema({"properties": {"Name": {"type": "string", "pattern": pattern}}})
    assert schema.max_length("Name") == length


def test_the_smaller_of_length_and_pattern_counts() -> None:
    definition = {"maxLength": 32, "pattern": "^[a-z]{1,40}$"}
    schema = Schema(
        {
            "properties": {"Name": {"$ref": "#/definitions/Name"}},
            "definitions": {"Name": definition},
        }
    )
    assert schema.max_length("Name") == 32
    assert schema.max_length("Other") is None


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("A name must contain from 1 to 40 alphanumeric characters or hyphens.", 40),
        ("This name can have a maximum of 32 characters.", 32),
        ("The name, up to 128 characters long.", 128),
        ("Length must be between 1 and 50.", 50),
        ("Any of the 200 resources.", None),
        ("", None),
    ],
)
def test_lengths_in_words(text: str, length: int | None) -> None:
    assert lengths.in_words(text) == length


def test_lengths_in_checks() -> None:
    script = "if(props.queueName.length>80)throw 1;if(queueName?.length>90)throw 2;x.length>5"
    assert lengths.in_checks(["queueName", "props.queueName"], [script]) == 80
    assert lengths.in_checks(["topicName"], [script]) is None


@pytest.mark.parametrize(
    ("jsii", "python"),
    [
        ("bucketName", "bucket_name"),
        ("dbInstanceIdentifier", "db_instance_identifier"),
        ("enforceSSL", "enforce_ssl"),
        ("ephemeralStorageGiB", "ephemeral_storage_gib"),
        ("maxvCpus", "maxv_cpus"),
        ("applicationLogLevelV2", "application_log_level_v2"),
        ("lambda", "lambda_"),
    ],
)
def test_python_names(jsii: str, python: str) -> None:
    assert snake(jsii) == python


def test_the_name_of_a_resource() -> None:
    assert name_of(resource("AWS::X::SubnetGroup", "CacheSubnetGroupName", "VpcId")) == Name(
        "CacheSubnetGroupName", unique=True, within=None
    )
    assert name_of(
        resource("AWS::X::DBCluster", "SourceDBClusterIdentifier", "DBClusterIdentifier")
    )
    assert name_of(resource("AWS::X::Method", "HttpMethod", "RestApiId")) is None


def test_a_name_below_a_parent() -> None:
    found = name_of(resource("AWS::X::Stage", "StageName", "RestApiId", siblings={"restapi"}))
    assert found == Name("StageName", unique=False, within="RestApiId")


def test_a_domain_name_is_not_the_apps() -> None:
    zone = resource("AWS::X::HostedZone", "Name", docs="Specify a fully qualified domain name.")
    assert name_of(zone) is None


def test_facts_of_a_generated_class() -> None:
    found = resource("AWS::RDS::DBInstance", "DBInstanceIdentifier")
    facts = of_generated(found, name_of(found))
    assert facts == Facts(
        resource="AWS::RDS::DBInstance",
        sets={"db_instance_identifier": "DBInstanceIdentifier"},
        replaces={"db_instance_identifier"},
        name="db_instance_identifier",
        unique=True,
        removal="SNAPSHOT",
    )


def resource(
    type_: str, *properties: str, siblings: Set[str] = frozenset(), docs: str = ""
) -> Resource:
    """A resource type of string properties that identify it and are never changed."""
    pointers = [f"/properties/{name}" for name in properties]
    schema = Schema(
        {
            "properties": {name: {"type": "string"} for name in properties},
            "primaryIdentifier": pointers,
            "createOnlyProperties": pointers,
        }
    )
    members = {
        name: Member(
            snake(name),
            {"name": name, "type": {"primitive": "string"}, "docs": {"summary": docs}},
            "lib.x.Props",
        )
        for name in properties
    }
    return Resource(type_, schema, members, None, frozenset(siblings))
