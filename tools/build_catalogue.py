"""Builds the catalogue (first version; being completed)."""

import gzip
import json
import re
import tarfile
from collections import defaultdict
from importlib import metadata
from pathlib import Path

OUT = Path(__file__).parent.parent / "tapfix" / "knowledge" / "data"
LIB = "aws-cdk-lib"


def assembly():
    (tgz,) = [f for f in metadata.files(LIB) if f.name.endswith(".jsii.tgz")]
    with tarfile.open(tgz.locate()) as tar:
        return json.loads(gzip.decompress(tar.extractfile("package/.jsii.gz").read()))


def snake(name):
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return name.lower()


A = assembly()
T = A["types"]
MODS = {}
for fqn, s in A["submodules"].items():
    module = s.get("targets", {}).get("python", {}).get("module") or fqn.replace(LIB, "aws_cdk")
    MODS[fqn] = module.removeprefix("aws_cdk.")


def pyname(fqn):
    """(module, local)"""
    if not fqn.startswith(LIB):
        return ("", fqn)
    best = ""
    for k in (fqn.rsplit(".", i)[0] for i in range(1, fqn.count(".") + 1)):
        if k in MODS:
            return MODS[k], fqn[len(k) + 1:]
    return "aws_cdk", fqn[len(LIB) + 1:]


def full(fqn):
    m, l = pyname(fqn)
    if not m:
        return fqn
    return l if m == "aws_cdk" else f"{m}.{l}"


def typ(t, module):
    if "primitive" in t:
        return {"string": "str", "boolean": "bool", "number": "number", "any": "any", "json": "any", "date": "date"}[t["primitive"]]
    if "collection" in t:
        c = t["collection"]
        return ("list" if c["kind"] == "array" else "map") + "[" + typ(c["elementtype"], module) + "]"
    if "union" in t:
        return "|".join(typ(x, module) for x in t["union"]["types"])
    if "intersection" in t:
        return "&".join(typ(x, module) for x in t["intersection"]["types"])
    m, l = pyname(t["fqn"])
    if not m:
        return l
    return f".{l}" if m == module else f"{m}.{l}"


def members(fqn):
    stack = [fqn]
    seen = {fqn}
    out = {}
    while stack:
        t = T.get(stack.pop(0))
        if not t:
            continue
        for i in t.get("interfaces", ()):
            if i not in seen:
                seen.add(i)
                stack.append(i)
        for p in t.get("properties", ()):
            out.setdefault(snake(p["name"]), p)
    return dict(sorted(out.items(), key=lambda kv: bool(kv[1].get("optional"))))


def chain(fqn):
    while fqn:
        yield fqn
        fqn = T.get(fqn, {}).get("base")


shelves = defaultdict(lambda: dict(structs={}, defaults={}, classes={}, enums={}, others=[]))
props = defaultdict(list)
args = defaultdict(list)
for fqn, t in T.items():
    module, local = pyname(fqn)
    if module.startswith("interfaces"):
        continue
    sh = shelves[module]
    if t["kind"] == "enum":
        sh["enums"][local] = " ".join(m["name"] for m in t["members"])
    elif t.get("datatype"):
        line = []
        for n, p in members(fqn).items():
            k = typ(p["type"], module)
            if k.startswith("aws_cdk.IResolvable|"):
                k = "$" + k.removeprefix("aws_cdk.IResolvable|")
            line.append(n + ("" if p.get("optional") else "!") + ("~" if p.get("docs", {}).get("deprecated") else "") + ":" + k)
            d = p.get("docs", {}).get("default")
            if d and re.search("removal|encrypt|retention|protection|_name$", n):
                sh["defaults"].setdefault(local, {})[n] = d.lstrip("- ").split("\n")[0].split(". ")[0]
        sh["structs"][local] = " ".join(line)
    elif t["kind"] == "class":
        consts = [p["name"] for p in t.get("properties", ()) if p.get("static")]
        if consts:
            sh["enums"][local] = " ".join(consts)
        line = {}
        c = list(chain(fqn))
        if "constructs.Construct" not in c:
            line["construct"] = False
        if t.get("base") and t["base"].startswith(LIB):
            line["base"] = full(t["base"])
        if "aws-cdk-lib.CfnResource" in c[1:]:
            line["level"] = 1
        cfn = t.get("docs", {}).get("custom", {}).get("cloudformationResource")
        if cfn:
            line["resource"] = cfn
        init = next((T[x]["initializer"] for x in c if "initializer" in T.get(x, {})), None)
        ps = (init or {}).get("parameters", [])
        st = ps[-1]["type"].get("fqn") if ps else None
        if st and T.get(st, {}).get("datatype"):
            line["props"] = full(st)
            ps = ps[:-1]
            props[full(st)].append(full(fqn))
            for n in members(st):
                args[n].append(full(fqn))
        pos = " ".join(snake(p["name"]) for p in ps)
        if pos != "scope id":
            line["positional"] = pos
        sh["classes"][local] = line
    elif "." not in local:
        sh["others"].append(local)


def dump(stem, data):
    rows = []
    for k, v in data.items():
        if isinstance(v, dict):
            inner = ",\n".join(json.dumps(a) + ": " + json.dumps(b, ensure_ascii=False) for a, b in sorted(v.items()))
            rows.append(json.dumps(k) + ": {\n" + inner + "\n}" if inner else json.dumps(k) + ": {}")
        else:
            rows.append(json.dumps(k) + ": " + json.dumps(v, ensure_ascii=False))
    (OUT / f"{stem}.json").write_text("{\n" + ",\n".join(rows) + "\n}\n")


for m, sh in shelves.items():
    sh["others"] = " ".join(sorted(sh["others"]))
    dump(m, sh)
dump("props", {k: " ".join(sorted(v)) for k, v in sorted(props.items())})
dump("arguments", {k: " ".join(sorted(v)) for k, v in sorted(args.items())})
dump("index", {"versions": {"aws-cdk-lib": metadata.version("aws-cdk-lib"), "cfn-lint": metadata.version("cfn-lint")}, "modules": " ".join(sorted(shelves))})
