"""The codemods: one flaw a module, each exporting ``RULE``."""

# A CDK project may run with PYTHONPATH=. and the top-level link `codemods` in reach: a second
# import under that name would make a second set of rule objects that compare unequal.
if __name__ != "tapfix.codemods":
    raise ImportError("import tapfix.codemods; the top-level name 'codemods' is only a link to it")
